"""The beat, by a clock that the test moves."""

import asyncio
from collections.abc import Callable

import pytest

from optipath_router.telemetry.beat import PERIOD_SECONDS, Beat
from support.clock import Clock
from support.timers import Timers, settle


@pytest.mark.case("F09")
async def test_the_lag_is_how_much_later_than_it_should_a_beat_comes() -> None:
    clock, lags = Clock(), list[float]()
    strikes: list[Callable[[], None]] = []
    beat = Beat(lags.append, now=clock, later=lambda _, strike: strikes.append(strike))
    for standing_still in (0.0, 0.25):
        waiting = asyncio.create_task(beat.sleep())
        await settle()
        clock.advance(PERIOD_SECONDS + standing_still)
        strikes.pop()()
        await waiting
    assert lags == pytest.approx([0.0, 0.25])


async def test_all_are_woken_by_the_same_beat_and_one_who_has_left_is_missed_by_nobody() -> None:
    time, lags = Timers(), list[float]()
    beat = Beat(lags.append, now=time, later=time.later)
    early, leaving = asyncio.create_task(beat.sleep()), asyncio.create_task(beat.sleep())
    await time.advance(PERIOD_SECONDS / 2)
    late = asyncio.create_task(beat.sleep())
    await time.advance(0)
    leaving.cancel()
    await time.advance(PERIOD_SECONDS)
    assert (early.done(), late.done(), leaving.cancelled(), len(lags)) == (True, True, True, 1)
