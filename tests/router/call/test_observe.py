"""What a stream tells of its target: how fast it is, unless its caller was slower."""

from collections.abc import AsyncGenerator

from optipath_router.chat.events import Event
from optipath_router.chat.reply import Streamed
from support.clock import Clock
from support.stage import DONE, SAID, Stage

EVENTS = 100


def paced(clock: Clock, seconds: float) -> Streamed:
    """A target that takes so long for each event."""

    async def events() -> AsyncGenerator[Event]:
        for _ in range(EVENTS):
            clock.now += seconds
            yield SAID
        yield DONE

    return Streamed(200, (), events())


async def measured(target: float, caller: float) -> tuple[int, float]:
    """Answers that the target was measured by after one stream, and the seconds a token that they come to."""
    clock = Clock()
    stage = Stage(paced(clock, target), targets=("a/m",), time=clock)
    reply = await stage()
    assert isinstance(reply.content, Streamed)
    async for _ in reply.content.events:
        clock.now += caller
    found = stage.healths.numbers.measured["a/m"]
    return found.answers, found.token_seconds


async def test_a_caller_who_reads_at_once_shows_how_fast_a_target_is() -> None:
    slow, fast = await measured(target=0.5, caller=0.001), await measured(target=0.0002, caller=0.001)
    assert (slow[0], fast[0]) == (1, 1)
    assert slow[1] > 2 * fast[1]


async def test_one_who_reads_slowly_makes_no_target_look_slow() -> None:
    answers, seconds = await measured(target=0.01, caller=2.0)
    assert answers == 0
    assert seconds < (await measured(target=0.5, caller=0.0))[1]


async def test_a_short_pause_of_a_caller_hides_nothing() -> None:
    clock = Clock()
    stage = Stage(paced(clock, 0.5), targets=("a/m",), time=clock)
    reply = await stage()
    assert isinstance(reply.content, Streamed)
    clock.now += 1.0
    async for _ in reply.content.events:
        pass
    assert stage.healths.numbers.measured["a/m"].answers == 1
