"""Draining, by a clock that the test moves."""

import pytest

from optipath_router.drain import drained
from support.clock import Clock

TIMELINES = {
    "nobody there": ([0], True, 1),
    "a stream ends": ([1] * 50 + [0], True, 6),
    "a late call starts the quiet anew": ([0] * 9 + [1] + [0], True, 2),
    "a stream without end": ([1], False, 25),
    "late calls without end, none at the end": (([0] * 5 + [1]) * 99 + [0], True, 25),
}


@pytest.mark.case("F06")
@pytest.mark.parametrize(("in_flight", "quiet", "seconds"), TIMELINES.values(), ids=TIMELINES)
async def test_draining_ends_with_a_quiet_second_or_five_seconds_before_the_end(
    *, in_flight: list[int], quiet: bool, seconds: float
) -> None:
    clock = Clock()
    seen = list(in_flight)

    def now_in_flight() -> int:
        return seen.pop(0) if len(seen) > 1 else seen[0]

    started = clock()
    ended = await drained(now_in_flight, lambda: 7, grace_seconds=30, now=clock, sleep=clock.sleep)
    assert clock() - started == pytest.approx(seconds, abs=0.2)
    if seconds < 25:
        assert ended is quiet


async def test_a_call_between_two_looks_starts_the_quiet_anew() -> None:
    clock = Clock()
    started = clock()
    # One call every 270 ms for five seconds, each over before anybody looks.
    ended = await drained(
        lambda: 0, lambda: int(min(clock() - started, 5) / 0.27), grace_seconds=30, now=clock, sleep=clock.sleep
    )
    assert ended
    assert clock() - started == pytest.approx(6, abs=0.4)


async def test_without_time_there_is_no_wait() -> None:
    clock = Clock()
    assert not await drained(lambda: 1, lambda: 1, grace_seconds=5, now=clock, sleep=clock.sleep)
    assert clock() == Clock()()
