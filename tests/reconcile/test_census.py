"""The census: nothing is published before all was seen, and what kopf missed is found."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from optipath_operator.cluster.client import Unreachable
from optipath_operator.reconcile.census import Census
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import ResourceRef
from support.apiserver import ApiServer, model_provider, namespace, path_of, refused, routing_policy
from support.timers import Timers, settle


class View:
    """A store and what the census told it."""

    def __init__(self, api: ApiServer, timers: Timers) -> None:
        self.store, self.touched = Store(), list[str | None]()
        self.census = Census(api, self.store, told=self._told, lost=self._lost, now=timers, sleep=timers.sleep)

    def _told(self, manifest: Mapping[str, Any]) -> None:
        self.touched.append(self.store.take(manifest, gone=False))

    def _lost(self, ref: ResourceRef, uid: str) -> None:
        self.touched.append(self.store.lose(ref, uid))


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


async def test_the_gate_opens_when_everything_has_been_told(api: ApiServer, view: View, timers: Timers) -> None:
    api.largest_page = 2
    there = fill(api)
    gate = asyncio.create_task(view.census.all_seen())
    for found in there:
        assert not await opened(gate, timers)
        view.store.take(found, gone=False)
    assert await opened(gate, timers)


async def test_an_empty_cluster_is_seen_at_once(view: View, timers: Timers) -> None:
    gate = asyncio.create_task(view.census.all_seen())
    assert await opened(gate, timers)


async def test_what_is_new_does_not_stand_for_what_is_missing(api: ApiServer, view: View, timers: Timers) -> None:
    there = fill(api)
    gate = asyncio.create_task(view.census.all_seen())
    await settle()
    late = [api.put(path_of("RoutingPolicy", f"late{n}"), routing_policy(f"late{n}")) for n in range(20)]
    for found in (*there[:-1], *late):
        view.store.take(found, gone=False)
    assert not await opened(gate, timers, 5)
    view.store.take(there[-1], gone=False)
    assert await opened(gate, timers)


async def test_what_is_deleted_meanwhile_is_not_waited_for(api: ApiServer, view: View, timers: Timers) -> None:
    there = fill(api)
    gate = asyncio.create_task(view.census.all_seen())
    await settle()
    api.remove(path_of("RoutingPolicy", "p4"))
    for found in there[:-1]:
        view.store.take(found, gone=False)
    assert not await opened(gate, timers, 5)
    assert await opened(gate, timers, 10)


async def test_a_slow_kopf_is_waited_for_however_long_it_takes(api: ApiServer, view: View, timers: Timers) -> None:
    there = fill(api)
    gate = asyncio.create_task(view.census.all_seen())
    assert not await opened(gate, timers, 200)
    for found in there:
        view.store.take(found, gone=False)
    assert await opened(gate, timers, 20)


async def test_a_list_that_fails_is_made_again(api: ApiServer, view: View, timers: Timers) -> None:
    fill(api)
    api.fail("get", "routingpolicies", refused(403), refused(401))
    gate = asyncio.create_task(view.census.all_seen())
    assert not await opened(gate, timers, 10)
    for found in api.objects.values():
        view.store.take(found, gone=False)
    assert await opened(gate, timers)


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
    view.census.soon()
    await timers.advance(6)
    assert view.touched == ["team-a"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
