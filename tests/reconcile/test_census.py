"""The census: nothing is published before all was seen, and what kopf missed is found."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from optipath_operator.cluster.client import Unreachable
from optipath_operator.reconcile.census import Census, KopfSilent
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import ResourceRef
from support.apiserver import ApiServer, model_provider, namespace, path_of, refused, routing_policy
from support.timers import Timers, settle


class View:
    """A store and what the census told it."""

    def __init__(self, api: ApiServer, timers: Timers) -> None:
        self.store, self.touched = Store("optipath-system"), list[str]()
        self.census = Census(api, self.store, told=self._told, lost=self._lost, now=timers, sleep=timers.sleep)

    def _told(self, manifest: Mapping[str, Any]) -> None:
        self.touched.extend(self.store.take(manifest, gone=False))

    def _lost(self, ref: ResourceRef, uid: str) -> None:
        self.touched.extend(self.store.lose(ref, uid))


@pytest.fixture
def view(api: ApiServer, timers: Timers) -> View:
    return View(api, timers)


def fill(api: ApiServer) -> list[dict[str, Any]]:
    return [
        api.put("/api/v1/namespaces/team-a", namespace()),
        api.put(path_of("ModelProvider", "acme"), model_provider()),
        *(api.put(path_of("RoutingPolicy", f"p{n}"), routing_policy(f"p{n}")) for n in range(5)),
    ]


async def opened(task: asyncio.Task[None], timers: Timers, seconds: float = 1.0) -> bool:
    await timers.advance(seconds)
    return task.done()


async def test_everything_is_read_however_many_pages_it_takes(api: ApiServer, view: View) -> None:
    api.largest_page = 2
    fill(api)
    await view.census.read_all()
    assert {ref.name for ref, _ in view.store.versions()} == {"team-a", "acme", "p0", "p1", "p2", "p3", "p4"}


async def test_a_list_that_fails_is_made_again(api: ApiServer, view: View, timers: Timers) -> None:
    fill(api)
    api.fail("get", "routingpolicies", refused(403), refused(500))
    read = asyncio.create_task(view.census.read_all())
    assert not await opened(read, timers, 3)
    assert await opened(read, timers, 2)
    assert len(view.store.versions()) == 7


async def test_missing_definitions_are_waited_for(api: ApiServer, view: View, timers: Timers) -> None:
    api.serves_our_kinds = False
    served = asyncio.create_task(view.census.served())
    assert not await opened(served, timers, 60)
    api.serves_our_kinds = True
    assert await opened(served, timers, 3)


@pytest.mark.case("O04")
async def test_deletions_that_kopf_missed_are_noticed(api: ApiServer, view: View) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.remove(path_of("RoutingPolicy", "p1"))
    api.remove(path_of("RoutingPolicy", "p3"))
    await view.census.compare()
    assert view.touched == ["team-a", "team-a"]
    assert {ref.name for ref, _ in view.store.versions()} == {"team-a", "acme", "p0", "p2", "p4"}


async def test_a_namespace_that_vanished_is_forgotten(api: ApiServer, view: View) -> None:
    view.store.take(api.put("/api/v1/namespaces/team-a", namespace()), gone=False)
    api.remove("/api/v1/namespaces/team-a")
    await view.census.compare()
    assert view.store.state("team-a") is None


async def test_what_kopf_has_not_told_of_is_read(api: ApiServer, view: View) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.put(path_of("RoutingPolicy", "p2"), routing_policy("p2", generation=2))
    api.put(path_of("RoutingPolicy", "new"), routing_policy("new"))
    await view.census.compare()
    state = view.store.state("team-a")
    assert state is not None
    generations = {ref.name: stored.manifest["metadata"]["generation"] for ref, stored in state.resources.items()}
    assert generations["p2"] == 2
    assert "new" in generations


async def test_a_label_that_kopf_has_not_told_of_is_read_without_the_right_to_get_a_namespace(
    api: ApiServer, view: View
) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.put("/api/v1/namespaces/team-a", namespace(labels={"optipath.io/sla-tier": "gold"}))
    api.fail("get", "namespaces/team-a$", refused(403))
    await view.census.compare()
    assert view.touched == ["team-a"]
    state = view.store.state("team-a")
    assert state is not None
    assert state.labels == {"optipath.io/sla-tier": "gold"}


async def test_one_that_comes_while_it_counts_is_not_taken_for_gone(api: ApiServer, view: View) -> None:
    fill(api)
    get = api.get

    async def meanwhile(path: str, accept: str = "", **query: str) -> dict[str, Any]:
        page = await get(path, accept, **query)
        if path.endswith("routingpolicies"):
            view.store.take(api.put(path_of("RoutingPolicy", "late"), routing_policy("late")), gone=False)
        return page

    api.get = meanwhile  # type: ignore[method-assign]  # right between list and comparison
    await view.census.compare()
    assert "late" in {ref.name for ref, _ in view.store.versions()}


async def test_where_all_is_as_told_nothing_is_read(api: ApiServer, view: View) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.requests.clear()
    await view.census.compare()
    assert len(api.requests) == 3
    assert view.touched == []


async def test_a_comparison_that_fails_changes_nothing(api: ApiServer, view: View) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.fail("get", "namespaces", Unreachable("away"))
    await view.census.compare()
    assert view.touched == []


async def test_it_compares_soon_after_kopf_has_listed_anew(api: ApiServer, view: View, timers: Timers) -> None:
    for found in fill(api):
        view.store.take(found, gone=False)
    api.remove(path_of("RoutingPolicy", "p1"))
    task = asyncio.create_task(view.census.run())
    await settle()
    for _ in range(10):
        view.census.heard(listed=True)
        await timers.advance(2)
        assert view.touched == [], "its list is not yet through"
    await timers.advance(4)
    assert view.touched == ["team-a"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_kopf_that_tells_nothing_of_what_happens_is_noticed(api: ApiServer, view: View, timers: Timers) -> None:
    await view.census.read_all()
    fill(api)
    await view.census.compare()
    await timers.advance(299)
    await view.census.compare()
    await timers.advance(1)
    with pytest.raises(KopfSilent):
        await view.census.compare()


async def test_one_that_is_late_is_not_taken_for_silent(api: ApiServer, view: View, timers: Timers) -> None:
    await view.census.read_all()
    fill(api)
    await view.census.compare()
    view.census.heard(listed=False)
    await timers.advance(1000)
    await view.census.compare()


async def test_nor_is_one_that_had_nothing_to_tell(api: ApiServer, view: View, timers: Timers) -> None:
    waiting = routing_policy("waits")
    waiting["metadata"] |= {"deletionTimestamp": "2026-11-21T00:00:00Z", "finalizers": ["example.com/slow"]}
    fill(api)
    api.put(path_of("RoutingPolicy", "waits"), waiting)
    await view.census.read_all()
    for _ in range(4):
        await timers.advance(200)
        await view.census.compare()
