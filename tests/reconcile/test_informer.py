"""An informer: what is there, what changes, and what has gone while nobody looked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optipath_operator.cluster.client import Gone, Json, Unreachable
from optipath_operator.cluster.informer import Informer
from support.apiserver import ApiServer, refused
from support.timers import Timers, settle

PATH = "/api/v1/pods"


class Told:
    """What a listener was told."""

    def __init__(self) -> None:
        self.there: dict[str, str] = {}
        self.said: list[str] = []

    def took(self, found: Json) -> None:
        self.said.append(f"+{found['metadata']['name']}")
        self.there[found["metadata"]["name"]] = found["metadata"]["resourceVersion"]

    def lost(self, namespace: str, name: str, version: int) -> None:
        self.said.append(f"-{name}")
        self.there.pop(name, None)


def pod(api: ApiServer, name: str) -> Json:
    return api.put(f"/api/v1/namespaces/team-a/pods/{name}", {"metadata": {"labels": {"a": "b"}}})


@asynccontextmanager
async def informed(api: ApiServer, timers: Timers) -> AsyncIterator[tuple[Informer, Told]]:
    told = Told()
    informer = Informer(api, PATH, told, selector="a=b", now=timers, sleep=timers.sleep)
    task = asyncio.create_task(informer.run())
    await settle()
    try:
        yield informer, told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def lists(api: ApiServer) -> int:
    return sum(each.verb == "get" for each in api.requests)


async def test_everything_is_told_page_by_page_and_then_it_watches(api: ApiServer, timers: Timers) -> None:
    api.largest_page = 2
    for number in range(5):
        pod(api, f"p{number}")
    async with informed(api, timers) as (informer, told):
        assert set(told.there) == {"p0", "p1", "p2", "p3", "p4"}
        assert informer.listed.is_set()
        assert lists(api) == 3
        watch = api.requests[-1]
        assert watch.verb == "watch"
        assert watch.body["resourceVersion"] == "105"
        assert watch.body["allowWatchBookmarks"] == "true"


async def test_a_table_is_listed_and_watched_with_the_cells_of_its_columns(api: ApiServer, timers: Timers) -> None:
    told = Cells()
    informer = Informer(api, PATH, told, selector="a=b", fields="c!=d", table=True, now=timers, sleep=timers.sleep)
    api.tables[PATH] = table("5", ("one", "10.0.0.1"), ("two", "<none>"))
    task = asyncio.create_task(informer.run())
    await settle()
    listed, watched = api.requests
    assert "as=Table;" in listed.body["accept"]
    assert "as=Table;" in watched.body["accept"]
    assert (watched.body["fieldSelector"], watched.body["resourceVersion"]) == ("c!=d", "5")
    assert told.there == {"one": "10.0.0.1", "two": "<none>"}
    bookmark = table("7", ("", "<none>"), defines=False)
    for kind, event in (
        ("MODIFIED", table("6", ("two", "10.0.0.2"), defines=False)),
        ("BOOKMARK", bookmark),
        ("DELETED", table("8", ("one", "10.0.0.1"), defines=False)),
    ):
        api.watches[PATH].put_nowait({"type": kind, "object": event})
    await settle()
    assert told.there == {"two": "10.0.0.2"}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def table(version: str, *rows: tuple[str, str], defines: bool = True) -> Json:
    """A table of pods as the API server prints it; in a watch the first event alone defines its columns."""
    columns = {"columnDefinitions": [{"name": "Name"}, {"name": "IP"}]} if defines else {}
    made = [
        {"cells": [name, ip], "object": {"metadata": {"name": name, "namespace": "team-a", "resourceVersion": version}}}
        for name, ip in rows
    ]
    return {"kind": "Table", "metadata": {"resourceVersion": version}, "rows": made, **columns}


class Cells:
    """What a listener was told of the IP column."""

    def __init__(self) -> None:
        self.there: dict[str, str] = {}

    def took(self, found: Json) -> None:
        self.there[found["metadata"]["name"]] = found["cells"]["IP"]

    def lost(self, namespace: str, name: str, version: int) -> None:
        self.there.pop(name)


async def test_only_what_has_the_label_is_told(api: ApiServer, timers: Timers) -> None:
    api.put("/api/v1/namespaces/team-a/pods/other", {})
    pod(api, "ours")
    async with informed(api, timers) as (_, told):
        assert told.said == ["+ours"]


async def test_changes_are_told_as_they_come(api: ApiServer, timers: Timers) -> None:
    async with informed(api, timers) as (_, told):
        events = api.watches[PATH]
        events.put_nowait({"type": "ADDED", "object": pod(api, "a")})
        events.put_nowait({"type": "MODIFIED", "object": pod(api, "a")})
        events.put_nowait({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "200"}}})
        events.put_nowait({"type": "DELETED", "object": api.remove("/api/v1/namespaces/team-a/pods/a")})
        await settle()
        assert told.said == ["+a", "+a", "-a"]


async def test_a_watch_that_ends_goes_on_where_it_was(api: ApiServer, timers: Timers) -> None:
    async with informed(api, timers):
        events = api.watches[PATH]
        events.put_nowait({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "777"}}})
        events.put_nowait(None)
        await timers.advance(1)
        assert api.requests[-1].body["resourceVersion"] == "777"
        assert lists(api) == 1


async def test_watches_that_end_at_once_are_no_storm(api: ApiServer, timers: Timers) -> None:
    async with informed(api, timers):
        for _ in range(100):
            api.watches[PATH].put_nowait(None)
        await timers.advance(2)
        assert sum(each.verb == "watch" for each in api.requests) <= 12


async def test_a_watch_that_falls_silent_is_begun_again(
    api: ApiServer, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optipath_operator.cluster.informer._SILENT_SECONDS", 0)
    async with informed(api, timers):
        await timers.advance(1)
        assert sum(each.verb == "watch" for each in api.requests) > 1
        assert lists(api) == 1


@pytest.mark.case("O04")
async def test_what_was_deleted_while_the_watch_was_too_old_is_seen_to_be_gone(api: ApiServer, timers: Timers) -> None:
    for name in ("a", "b", "c"):
        pod(api, name)
    async with informed(api, timers) as (_, told):
        api.remove("/api/v1/namespaces/team-a/pods/a")
        api.remove("/api/v1/namespaces/team-a/pods/b")
        api.watches[PATH].put_nowait(Gone(410, "too old"))
        await timers.advance(2)
        assert set(told.there) == {"c"}


async def test_what_half_a_list_told_of_is_not_forgotten(api: ApiServer, timers: Timers) -> None:
    api.largest_page = 1
    pod(api, "a")
    pod(api, "b")
    told = Told()
    informer = Informer(api, PATH, told, selector="a=b", now=timers, sleep=timers.sleep)
    get, calls = api.get, 0

    async def breaks(path: str, accept: str = "", **query: str) -> Json:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise refused(500)
        return await get(path, accept, **query)

    api.get = breaks  # type: ignore[method-assign]  # the second page only
    task = asyncio.create_task(informer.run())
    await settle()
    assert told.said == ["+a"]
    assert not informer.listed.is_set()
    api.remove("/api/v1/namespaces/team-a/pods/a")
    await timers.advance(2)
    assert set(told.there) == {"b"}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_refusal_is_tried_again_ever_more_seldom(api: ApiServer, timers: Timers) -> None:
    api.fail("watch", PATH, *(refused(403) for _ in range(100)))
    async with informed(api, timers):
        await timers.advance(60)
        assert 5 <= lists(api) <= 12


@pytest.mark.case("O06")
async def test_during_an_outage_it_asks_nothing(api: ApiServer, timers: Timers) -> None:
    pod(api, "a")
    async with informed(api, timers) as (_, told):
        outage = asyncio.create_task(api.outage.run(api.answers, sleep=timers.sleep))
        api.fail("*", "/version", *(Unreachable("away") for _ in range(10)))
        api.watches[PATH].put_nowait(Unreachable("away"))
        api.outage.began("away")
        before = len(api.requests)
        await timers.advance(60)
        asked = api.requests[before:]
        assert {each.path for each in asked} == {"/version"}
        assert len(asked) <= 8
        api.remove("/api/v1/namespaces/team-a/pods/a")
        await timers.advance(60)
        assert told.there == {}
        outage.cancel()
        await asyncio.gather(outage, return_exceptions=True)


async def test_everything_is_listed_anew_every_ten_minutes(api: ApiServer, timers: Timers) -> None:
    async with informed(api, timers):
        assert int(api.requests[-1].body["timeoutSeconds"]) == 600
        await timers.advance(600)
        api.watches[PATH].put_nowait(None)
        await timers.advance(1)
        assert lists(api) == 2
