"""kopf's thread: what it sees is handed over in order, and its end is noticed."""

import asyncio
import threading
from typing import Any

import kopf
import pytest

from optipath_operator.reconcile import handlers
from optipath_operator.reconcile.handlers import Sighting


def nobody(sighting: Sighting) -> None:
    raise AssertionError("nothing was to be seen")


async def test_the_error_of_which_kopf_died_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(**_: Any) -> None:
        raise RuntimeError("watch stream broken")

    monkeypatch.setattr(kopf, "operator", dies)
    async with handlers.watching(nobody) as ended:
        with pytest.raises(RuntimeError, match="watch stream broken"):
            await ended


async def test_a_kopf_that_just_stops_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def stops(**_: Any) -> None:
        return

    monkeypatch.setattr(kopf, "operator", stops)
    async with handlers.watching(nobody) as ended:
        await ended


async def test_it_is_told_to_stop_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []

    async def waits(stop_flag: threading.Event, **_: Any) -> None:
        ended.append(await asyncio.to_thread(stop_flag.wait, 10))

    monkeypatch.setattr(kopf, "operator", waits)
    async with handlers.watching(nobody):
        pass
    assert ended == [True]


async def test_what_it_sees_arrives_in_order_and_in_our_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, bool, bool]] = []
    ours, complete = threading.current_thread(), asyncio.Event()

    def seen(sighting: Sighting) -> None:
        assert threading.current_thread() is ours
        told.append((sighting.manifest["number"], sighting.gone, sighting.listed))
        if len(told) == 1000:
            complete.set()

    async def tells(registry: kopf.OperatorRegistry, stop_flag: threading.Event, **_: Any) -> None:
        note: Any = next(iter(registry._watching.get_all_handlers())).fn
        for number in range(1000):
            kind = (None, "MODIFIED", "DELETED")[number % 3]
            await note(event={"type": kind, "object": {"number": number}})
        await asyncio.to_thread(stop_flag.wait, 10)

    monkeypatch.setattr(kopf, "operator", tells)
    async with handlers.watching(seen):
        await complete.wait()
    assert told == [(number, number % 3 == 2, number % 3 == 0) for number in range(1000)]


def test_kopf_stores_nothing_on_objects_and_never_gives_up() -> None:
    settings = handlers._settings()
    assert settings.persistence.diffbase_storage.build(body=kopf.Body({"spec": {"a": 1}})) == {}
    pauses = iter(settings.networking.error_backoffs)  # type: ignore[arg-type]  # it may be a number
    assert [next(pauses) for _ in range(100)][-1] == 10.0
    assert not settings.posting.enabled
