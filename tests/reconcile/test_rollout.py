"""The rollout: the newest digest only, once a pod, a turn for each namespace, so many a second."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optipath_operator.cluster.client import Json, Unreachable
from optipath_operator.reconcile.rollout import Rollout
from support.apiserver import refused
from support.timers import Timers, settle


class Pods:
    """Router pods that remember when they were told of what."""

    def __init__(self, timers: Timers, per_second: float = 10.0) -> None:
        self.timers, self.version = timers, 100
        self.told: list[tuple[str, str]] = []
        self.times: list[float] = []
        self.errors: list[Exception] = []
        self.gone: set[str] = set()
        self.namespaces_wait = False
        self.rollout = Rollout(
            self._annotate,
            per_second=per_second,
            busy=lambda: self.namespaces_wait,
            now=timers,
            sleep=timers.sleep,
        )
        self.takes = 0.0
        """Seconds for one to be told."""

    def add(self, namespace: str, *names: str, told: str | None = None) -> None:
        for name in names:
            self.rollout.took(self.seen(namespace, name, told))

    def seen(self, namespace: str, name: str, told: str | None, version: int | None = None) -> Json:
        self.version += 1
        annotations = {"optipath.io/config-hash": told} if told else {}
        metadata = {"name": name, "namespace": namespace, "resourceVersion": str(version or self.version)}
        return {"metadata": metadata | {"annotations": annotations}}

    async def _annotate(self, namespace: str, pod: str, digest: str) -> int | None:
        if self.errors:
            raise self.errors.pop(0)
        if self.takes:
            await self.timers.sleep(self.takes)
        if pod in self.gone:
            return None
        self.told.append((f"{namespace}/{pod}", digest))
        self.times.append(self.timers.now)
        self.version += 1
        return self.version


@asynccontextmanager
async def rolling(pods: Pods) -> AsyncIterator[None]:
    task = asyncio.create_task(pods.rollout.run())
    await settle()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def pods(timers: Timers) -> Pods:
    return Pods(timers)


async def test_a_change_is_told_to_every_pod_once(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x", "y")
    pods.add("b", "z")
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(10)
        pods.rollout.changed("a", "new")
        pods.rollout.seen("a", "new")
        await timers.advance(10)
    assert sorted(pods.told) == [("a/x", "new"), ("a/y", "new")]


async def test_only_the_newest_digest_is_told(pods: Pods, timers: Timers) -> None:
    pods.add("a", *map(str, range(100)))
    async with rolling(pods):
        for digest in ("one", "two", "three"):
            pods.rollout.changed("a", digest)
        await timers.advance(60)
    assert set(pods.told) == {(f"a/{number}", "three") for number in range(100)}
    assert len(pods.told) == 100


async def test_one_that_goes_back_to_what_it_has_is_not_told(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x", told="old")
    pods.rollout.changed("a", "new")
    pods.rollout.changed("a", "old")
    async with rolling(pods):
        await timers.advance(5)
    assert pods.told == []


async def test_a_restart_tells_nobody_who_is_up_to_date_or_was_never_told(pods: Pods, timers: Timers) -> None:
    pods.add("a", "fresh", told="now")
    pods.add("a", "never")
    pods.add("a", "stale", told="before")
    async with rolling(pods):
        pods.rollout.seen("a", "now")
        await timers.advance(5)
    assert pods.told == [("a/stale", "now")]


async def test_late_news_of_a_pod_do_not_have_it_told_again(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x", told="old")
    before = pods.seen("a", "x", "old")
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(1)
        pods.rollout.took(before)
        pods.rollout.seen("a", "new")
        await timers.advance(1)
    assert pods.told == [("a/x", "new")]


@pytest.mark.case("O15")
async def test_ten_thousand_pods_are_told_at_the_rate_and_small_namespaces_do_not_wait_for_them(
    timers: Timers,
) -> None:
    pods = Pods(timers, per_second=100)
    pods.add("large", *map(str, range(10_000)))
    pods.add("small", "one", "two")
    async with rolling(pods):
        pods.rollout.changed("large", "new")
        await timers.advance(1)
        pods.rollout.changed("small", "new")
        began = timers.now
        await timers.advance(1)
        small = [at for (name, _), at in zip(pods.told, pods.times, strict=True) if name.startswith("small")]
        assert len(small) == 2
        assert max(small) - began <= 0.5
    per_second = Counter(int(at) for at in pods.times)
    assert max(per_second.values()) <= 108


async def test_a_change_in_hundreds_of_namespaces_is_told_to_a_pod_of_each_before_a_second_of_any(
    timers: Timers,
) -> None:
    pods = Pods(timers, per_second=40)
    names = [f"ns-{number}" for number in range(300)]
    for name in names:
        pods.add(name, *map(str, range(10)))
    async with rolling(pods):
        for part in range(0, 300, 20):
            for name in names[part : part + 20]:
                pods.rollout.changed(name, "new")
            await timers.advance(0.25)
        await timers.advance(10)
    first = {name.split("/")[0] for name, _ in pods.told[:300]}
    assert first == set(names)


async def test_one_that_changes_all_the_time_keeps_nobody_waiting(timers: Timers) -> None:
    pods = Pods(timers, per_second=10)
    pods.add("restless", "x")
    pods.add("calm", *map(str, range(40)))
    async with rolling(pods):
        pods.rollout.changed("calm", "new")
        for number in range(100):
            pods.rollout.changed("restless", f"number {number}")
            await timers.advance(0.1)
    assert {name for name, _ in pods.told} == {f"calm/{number}" for number in range(40)} | {"restless/x"}


async def test_an_api_server_that_takes_its_time_slows_the_telling_only_beyond_its_own_pace(timers: Timers) -> None:
    pods = Pods(timers, per_second=20)
    pods.add("a", *map(str, range(300)))
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        pods.takes = 0.15
        await timers.advance(5)
        assert 90 <= len(pods.told) <= 104
        pods.takes = 0.4
        before = len(pods.told)
        await timers.advance(5)
    assert 40 <= len(pods.told) - before <= 56


async def test_pods_are_told_ten_times_more_slowly_while_namespaces_wait(timers: Timers) -> None:
    pods = Pods(timers, per_second=20)
    pods.add("a", *map(str, range(200)))
    pods.namespaces_wait = True
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(20)
        slow = len(pods.told)
        pods.namespaces_wait = False
        await timers.advance(10)
    assert 36 <= slow <= 44
    assert len(pods.told) == 200


async def test_a_pod_that_is_gone_is_passed_over(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x", "y")
    pods.gone.add("x")
    pods.rollout.changed("a", "new")
    pods.rollout.lost("a", "y", 999)
    async with rolling(pods):
        await timers.advance(5)
    assert pods.told == []


async def test_one_that_cannot_be_reached_is_told_later(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x")
    pods.errors.append(Unreachable("429"))
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(5)
    assert pods.told == [("a/x", "new")]


async def test_one_that_is_refused_keeps_no_other_waiting(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x", "y")
    pods.errors.append(refused(403))
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(5)
    assert pods.told == [("a/y", "new")]


async def test_it_can_be_turned_off(timers: Timers) -> None:
    pods = Pods(timers, per_second=0)
    pods.add("a", "x")
    async with rolling(pods):
        pods.rollout.changed("a", "new")
        await timers.advance(60)
    assert pods.told == []


async def test_what_waits_is_left_to_the_next_leader(pods: Pods, timers: Timers) -> None:
    pods.add("a", "x")
    pods.rollout.changed("a", "new")
    pods.rollout.clear()
    async with rolling(pods):
        await timers.advance(5)
    assert pods.told == []
    assert len(pods.rollout) == 0
