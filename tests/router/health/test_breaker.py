"""When a breaker opens, how long it rests, and what closes it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.call.health.breaker import Breaker, BreakerSettings, State, closed

SETTINGS = BreakerSettings()


def told(timeline: str, *, draw: float = 0.0) -> tuple[Breaker, float]:
    """The breaker after a timeline, and the moment then.

    A number lets seconds pass; `f` is a call that fails, `s` one that goes well, `b` one that is told to wait,
    `n` one that says nothing. `(` only begins a call, and a capital letter is how the latest of these ends; with `'`
    behind it, how the earliest does.
    """
    breaker, now = closed(SETTINGS), 1000.0
    under_way: list[bool] = []
    for each in timeline.split():
        if each[0].isdigit():
            now += float(each)
            continue
        if not each.isupper():
            under_way.append(breaker.rests_until is not None)
            breaker = breaker.begun()
        if each == "(":
            continue
        probe = under_way.pop(0 if each.endswith("'") else -1)
        match each[0].lower():
            case "f":
                breaker = breaker.after_failure(now, draw, probe=probe)
            case "s":
                breaker = breaker.after_success(now, probe=probe)
            case "b":
                breaker = breaker.after_busy(now, draw, probe=probe)
            case "n":
                breaker = breaker.given_back(probe=probe)
    return breaker, now


F5 = "f f f f f"

TIMELINES = {
    "closed at first": ("", State.CLOSED),
    "stays closed below the threshold": ("f f f f", State.CLOSED),
    "opens at the threshold": (F5, State.OPEN),
    "a success forgets earlier failures": ("f f f f s f f f f", State.CLOSED),
    "what says nothing forgets no failures": ("f f f f n f", State.OPEN),
    "failures far apart are in a row as well": ("f 100 f 100 f 100 f 100 f", State.OPEN),
    "rests half a minute": (f"{F5} 29.9", State.OPEN),
    "admits a probe after it": (f"{F5} 30", State.HALF_OPEN),
    "a good probe closes it": (f"{F5} 30 s", State.CLOSED),
    "a bad probe opens it again": (f"{F5} 30 f", State.OPEN),
    "for twice as long": (f"{F5} 30 f 59.9", State.OPEN),
    "and no longer": (f"{F5} 30 f 60", State.HALF_OPEN),
    "a probe that is told to wait leaves it half open": (f"{F5} 30 b", State.HALF_OPEN),
    "a probe that is given back leaves it half open": (f"{F5} 30 n", State.HALF_OPEN),
    "once closed it counts from nothing": (f"{F5} 30 s f f f f", State.CLOSED),
    "and rests as long as the first time": (f"{F5} 30 f 60 s {F5} 30", State.HALF_OPEN),
    "a call that began before it opened does not close it": (f"( {F5} 10 S", State.OPEN),
    "nor makes it rest longer": (f"( {F5} 30 F", State.HALF_OPEN),
    "nor does its failure end the probe that is under way": (f"( {F5} 30 ( F' S", State.CLOSED),
    "nor its success": (f"( {F5} 30 ( S' F", State.OPEN),
    "one that was made for want of a better target closes it": (f"{F5} 10 s", State.CLOSED),
    "and does not make it rest longer": (f"{F5} 10 f f f 20", State.HALF_OPEN),
    "ten answers, five of them good": ("s s s s s b b b b b", State.CLOSED),
    "ten answers, four of them good": ("s s s s b b b b b b", State.OPEN),
    "nine answers say nothing of a rate": ("b b b b b b b b b", State.CLOSED),
    "being told to wait is not failing": ("f b f b f b f b", State.CLOSED),
    "and does not forget failures": ("f b f b f b f b f", State.OPEN),
    "answers long ago are no part of a rate": ("b b b b b b b b b 10 b", State.CLOSED),
    "an earlier rate is forgotten with a success": ("s s s s f b f b f f 30 s f", State.CLOSED),
}


@pytest.mark.parametrize(("timeline", "state"), TIMELINES.values(), ids=TIMELINES)
def test_timelines(timeline: str, state: State) -> None:
    breaker, now = told(timeline)
    assert breaker.state(now) is state


def test_one_probe_at_a_time() -> None:
    breaker, now = told(f"{F5} 30")
    assert breaker.admits(now)
    probing = breaker.begun()
    assert not probing.admits(now)
    assert probing.given_back(probe=True).admits(now)


@pytest.mark.parametrize("end", "FSBN")
def test_no_end_of_a_call_from_before_lets_a_second_probe_in(end: str) -> None:
    breaker, now = told(f"( {F5} 30 ( {end}'")
    assert breaker.state(now) is State.HALF_OPEN
    assert not breaker.admits(now)


@pytest.mark.parametrize(("openings", "seconds"), {1: 30, 2: 60, 9: 270, 10: 300, 11: 300, 20: 300}.items())
def test_rests_grow_up_to_five_minutes(openings: int, seconds: float) -> None:
    breaker, now = told(" ".join([F5, *["300 f"] * (openings - 1)]))
    assert breaker.rests_until == now + seconds


def test_chance_adds_a_tenth_at_most() -> None:
    least, now = told(F5, draw=0.0)
    most, _ = told(F5, draw=1.0)
    assert least.rests_until == now + 30
    assert most.rests_until == pytest.approx(now + 33)


steps = st.one_of(st.sampled_from(["f", "s", "b", "n", "("]), st.integers(0, 40).map(str))


@given(timeline=st.lists(steps, max_size=60).map(" ".join), draw=st.floats(0, 1))
def test_whatever_happens(timeline: str, draw: float) -> None:
    breaker, now = told(timeline, draw=draw)
    last = [each for each in timeline.split() if each in "fsbn"]
    # It opens for no less than a failure, never rests longer than it may, and a success never leaves it open.
    if breaker.rests_until is not None:
        assert {"f", "b"} & set(last)
        assert breaker.rests_until <= now + SETTINGS.longest_rest_seconds * (1 + SETTINGS.jitter)
    if last[-1:] == ["s"]:
        assert breaker.state(now) is State.CLOSED
    # It always comes back by itself, unless a probe is still under way.
    assert breaker.probes or breaker.admits(math.inf)
    assert breaker.probes >= 0
    assert len(breaker.window.counts) <= SETTINGS.window_seconds
