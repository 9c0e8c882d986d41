"""Whom a provider's answer sets aside, and for how long."""

import pytest

from optipath_router.call.health.cooldown import Cooldowns
from optipath_router.credentials import Key
from optipath_router.decide.decision import Reason
from optipath_router.errors import Outcome

ONE, TWO = Key("one", "secret-1"), Key("two", "secret-2")

SECONDS: dict[str, tuple[Outcome, float | None, float]] = {
    "what a 429 asks for": (Outcome.BUSY, 7.0, 7.0),
    "a second where it asks for nothing": (Outcome.BUSY, None, 1.0),
    "no time at all": (Outcome.BUSY, 0.0, 0.0),
    "a day is not believed": (Outcome.BUSY, 86400.0, 60.0),
    "an overloaded provider may ask, too": (Outcome.OVERLOADED, 20.0, 20.0),
    "one that does not ask is left to its breaker": (Outcome.OVERLOADED, None, 0.0),
    "a spent account": (Outcome.QUOTA, None, 60.0),
    "a refused key": (Outcome.AUTH, None, 60.0),
    "a fault of the request": (Outcome.REFUSED, 5.0, 0.0),
    "a caller that left": (Outcome.ABANDONED, 5.0, 0.0),
}


@pytest.mark.parametrize(("outcome", "wait", "seconds"), SECONDS.values(), ids=SECONDS)
def test_how_long(outcome: Outcome, wait: float | None, seconds: float) -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, outcome, wait_seconds=wait, now=1000.0)
    if seconds:
        assert cooldowns.running("acme", "small", ONE, 999.9 + seconds)
    assert cooldowns.running("acme", "small", ONE, 1000.0 + seconds) is None


def test_patience_concerns_the_model_and_the_key() -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, Outcome.BUSY, wait_seconds=5.0, now=0.0)
    assert cooldowns.running("acme", "small", ONE, 1.0)
    others = [("acme", "large", ONE), ("acme", "small", TWO), ("acme", "small", None), ("bell", "small", ONE)]
    assert not any(cooldowns.running(*who, 1.0) for who in others)


@pytest.mark.case("U03")
@pytest.mark.parametrize("outcome", [Outcome.QUOTA, Outcome.AUTH])
def test_quarrels_with_a_key_concern_all_models_of_the_provider(outcome: Outcome) -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, outcome, wait_seconds=None, now=0.0)
    assert cooldowns.running("acme", "large", ONE, 1.0)
    assert not any(cooldowns.running(*who, 1.0) for who in [("acme", "small", TWO), ("bell", "small", ONE)])


@pytest.mark.case("F04")
def test_a_rotated_key_is_fresh() -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, Outcome.AUTH, wait_seconds=None, now=0.0)
    assert cooldowns.running("acme", "small", Key("one", "secret-new"), 1.0) is None


def test_the_longer_wait_stands() -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, Outcome.BUSY, wait_seconds=50.0, now=0.0)
    cooldowns.note("acme", "small", ONE, Outcome.BUSY, wait_seconds=1.0, now=0.0)
    found = cooldowns.running("acme", "small", ONE, 40.0)
    assert found is not None
    assert found.until == 50.0


def test_one_key_that_may_be_used_is_enough() -> None:
    cooldowns = Cooldowns()
    cooldowns.note("acme", "small", ONE, Outcome.BUSY, wait_seconds=9.0, now=0.0)
    assert cooldowns.obstacle("acme", "small", (ONE, TWO), 1.0) is None
    cooldowns.note("acme", "small", TWO, Outcome.BUSY, wait_seconds=4.0, now=0.0)
    found = cooldowns.obstacle("acme", "small", (ONE, TWO), 1.0)
    assert found is not None
    assert (found.reason, found.until) == (Reason.COOLING_DOWN, 4.0)


@pytest.mark.case("U06")
def test_keys_that_were_all_refused_are_told_apart_from_patience() -> None:
    cooldowns = Cooldowns()
    for key in (ONE, TWO):
        cooldowns.note("acme", "small", key, Outcome.AUTH, wait_seconds=None, now=0.0)
    found = cooldowns.obstacle("acme", "small", (ONE, TWO), 1.0)
    assert found is not None
    assert found.reason is Reason.KEY_REFUSED


def test_no_keys_at_all_are_no_matter_of_cooling_down() -> None:
    assert Cooldowns().obstacle("acme", "small", (), 0.0) is None


def test_what_is_over_and_what_is_gone_is_forgotten() -> None:
    cooldowns = Cooldowns()
    for number in range(1000):
        cooldowns.note("acme", "small", Key("one", f"secret-{number}"), Outcome.AUTH, wait_seconds=None, now=number)
    assert len(cooldowns._running) <= 61
    cooldowns.keep(frozenset({"bell"}))
    assert cooldowns.next_change(999.0) is None
