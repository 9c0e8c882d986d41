"""One router: told, asked again for a while, and then what is said of it."""

import pytest

from optipath_operator.channel.router import NEVER, Router, State
from support.clock import Clock

TIMELINES = {
    "nobody has asked": ("", State.UNASKED),
    "it agrees": ("told a", State.AGREES),
    "it still has the old one, and nobody says so yet": ("told s", State.UNASKED),
    "it has it a little later": ("told s s a", State.AGREES),
    "it never has it": ("told s 16 s", State.STALE),
    "it has it after all": ("told s 16 s 30 a", State.AGREES),
    "one lost answer is no news": ("told a 60 x", State.AGREES),
    "nor is one wrong answer": ("told a 60 s", State.AGREES),
    "a router that goes back is stale": ("told a 60 s 16 s", State.STALE),
    "it cannot be reached": ("told x x x x", State.OUT_OF_REACH),
    "it cannot be reached any more": ("told a 60 x x x x", State.OUT_OF_REACH),
    "it can be reached again": ("told x x x x 30 a", State.AGREES),
    "one out of reach is not waited for": ("told x x x x told x", State.OUT_OF_REACH),
    "one out of reach that answers is stale at last": ("told x x x x 30 s", State.STALE),
    "one that only starts is out of nobody's reach": ("unready told x x x x x", State.UNASKED),
    "one that only starts may answer": ("unready told x 60 a", State.AGREES),
}


def after(timeline: str) -> tuple[Router, Clock]:
    """A router that agreed (a), had another configuration (s) or said nothing (x), with seconds between them."""
    clock, router = Clock(), Router("uid", "10.0.0.1", ready=True, labels={})
    for word in timeline.split():
        match word:
            case "unready":
                router.ready = False
            case "told":
                router.await_it(clock(), first=1.0)
            case "a":
                router.agreed()
            case "s":
                router.disagreed(clock())
            case "x":
                router.silent(clock())
            case _:
                clock.advance(float(word))
    return router, clock


@pytest.mark.parametrize(("timeline", "state"), TIMELINES.values(), ids=TIMELINES)
def test_what_is_said_of_it(timeline: str, state: State) -> None:
    assert after(timeline)[0].state is state


def test_somebody_waits_until_it_is_known() -> None:
    timelines = ["told", "told s", "told a", "told s 16 s", "told x x x x told"]
    assert [each for each in timelines if after(each)[0].awaited] == ["told", "told s"]


def test_one_that_agrees_is_not_asked_again_by_itself() -> None:
    assert after("told a")[0].due == NEVER


def test_one_that_does_not_is_asked_again_less_and_less_often() -> None:
    router, clock = after("told s 16")
    pauses = []
    for _ in range(6):
        router.disagreed(clock())
        pauses.append(router.due - clock())
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (30, 300)


def test_one_without_an_address_is_not_asked() -> None:
    router = Router("uid", "", ready=False, labels={})
    router.await_it(0.0, first=1.0)
    assert (router.due, router.awaited) == (NEVER, False)
