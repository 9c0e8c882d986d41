"""The event loop's lag, by a clock that the test moves."""

import pytest

from optipath_router.telemetry.lag import watch_lag
from support.clock import Clock


@pytest.mark.case("F09")
async def test_the_lag_is_how_much_later_than_it_should_a_beat_comes() -> None:
    clock, late = Clock(), [0.0, 0.25, 0.0, 2.0]
    seen: list[float] = []

    class Ended(Exception):
        pass

    async def sleep(seconds: float) -> None:
        if not late:
            raise Ended
        clock.advance(seconds + late.pop(0))

    with pytest.raises(Ended):
        await watch_lag(seen.append, now=clock, sleep=sleep)
    assert seen == pytest.approx([0.0, 0.25, 0.0, 2.0])
