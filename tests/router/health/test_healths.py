"""The health of targets as whole: from how attempts end to what deciding sees."""

import pytest

from optipath_router.call.health import Healths
from optipath_router.call.health.sample import SAMPLES, Sample
from optipath_router.credentials import Key, Keys
from optipath_router.decide import Obstacle
from optipath_router.decide.decision import Reason
from optipath_router.errors import Outcome
from optipath_snapshot import Provider, Target
from support.builders import provider, target
from support.clock import Clock

SMALL, LARGE, TWIN = target("acme/small"), target("acme/large"), target("bell/small")
ONE, TWO = Key("one", "secret-1"), Key("two", "secret-2")
NO_KEY = (None,)


class Router:
    """What tells healths of its attempts."""

    def __init__(self, *providers: Provider) -> None:
        self.clock = Clock()
        self.keys: Keys = {}
        self.healths = Healths(self.clock, lambda: 0.0, lambda: self.keys)
        self.healths.limits(providers or (provider("acme"), provider("bell")))
        self.healths.keep([SMALL, LARGE, TWIN])

    def attempt(
        self,
        outcome: Outcome = Outcome.OK,
        times: int = 1,
        *,
        at: Target = SMALL,
        key: Key | None = None,
        seconds: float | None = None,
        wait: float | None = None,
        waited: float = 1.0,
    ) -> None:
        """Attempts, one after the other."""
        for _ in range(times):
            probe = self.healths.begin(at)
            self.end(outcome, at=at, key=key, probe=probe, seconds=seconds, wait=wait, waited=waited)

    def end(
        self,
        outcome: Outcome,
        *,
        at: Target = SMALL,
        key: Key | None = None,
        probe: bool = False,
        seconds: float | None = None,
        wait: float | None = None,
        waited: float = 1.0,
    ) -> None:
        """The end of an attempt that had begun."""
        self.healths.end(
            at, key, outcome, probe=probe, seconds=waited, first_content_seconds=seconds, wait_seconds=wait
        )

    def reasons(self) -> dict[str, Reason]:
        """The view's obstacles."""
        return {name: found.reason for name, found in self.healths.view().obstacles.items()}


def reason(obstacle: Obstacle | None) -> Reason | None:
    return None if obstacle is None else obstacle.reason


COUNTS = {
    Sample.SUCCESS: {Outcome.OK},
    Sample.BUSY: {Outcome.BUSY},
    Sample.FAILURE: {
        Outcome.UNREACHABLE,
        Outcome.TIMEOUT,
        Outcome.SERVER_ERROR,
        Outcome.OVERLOADED,
        Outcome.UNAVAILABLE,
        Outcome.BROKEN,
        Outcome.CUT,
    },
}


@pytest.mark.case("U06", "U07", "U08")
def test_the_contract_says_what_counts_and_nothing_else_does() -> None:
    assert {sample: {each for each in Outcome if SAMPLES.get(each) is sample} for sample in Sample} == COUNTS


@pytest.mark.case("U11")
@pytest.mark.parametrize("outcome", sorted(COUNTS[Sample.FAILURE]))
def test_five_failures_open_the_breaker_and_after_a_rest_one_probe_closes_it(outcome: Outcome) -> None:
    router = Router()
    router.attempt(outcome, 4)
    assert router.reasons() == {}
    router.attempt(outcome)
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}
    router.clock.advance(30)
    assert router.reasons() == {}
    assert router.healths.begin(SMALL), "it is a probe"
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}
    assert reason(router.healths.obstacle(SMALL, NO_KEY)) is Reason.BREAKER_OPEN
    router.end(Outcome.OK, probe=True, seconds=0.1)
    assert router.reasons() == {}


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - set(SAMPLES) - {Outcome.AUTH, Outcome.QUOTA}))
def test_what_does_not_count_changes_nothing(outcome: Outcome) -> None:
    router = Router()
    router.attempt(Outcome.SERVER_ERROR, 4)
    router.attempt(outcome, 50)
    assert router.reasons() == {}
    router.attempt(Outcome.SERVER_ERROR)
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}


def test_a_caller_that_leaves_gives_the_probe_back() -> None:
    router = Router()
    router.attempt(Outcome.TIMEOUT, 5)
    router.clock.advance(30)
    router.end(Outcome.ABANDONED, probe=router.healths.begin(SMALL))
    assert router.healths.obstacle(SMALL, NO_KEY) is None


@pytest.mark.case("U11")
@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.OK, Outcome.BUSY, Outcome.ABANDONED])
def test_attempts_from_before_the_breaker_opened_are_not_the_probe(outcome: Outcome) -> None:
    router = Router()
    for _ in range(6):
        assert not router.healths.begin(SMALL)
    for _ in range(5):
        router.end(Outcome.SERVER_ERROR)
    router.clock.advance(31)
    probe = router.healths.begin(SMALL)
    router.end(outcome)
    router.clock.advance(2)
    assert reason(router.healths.obstacle(SMALL, NO_KEY)) is Reason.BREAKER_OPEN, "one probe at a time"
    router.healths.answered(SMALL, probe=False)
    assert reason(router.healths.obstacle(SMALL, NO_KEY)) is Reason.BREAKER_OPEN
    router.end(Outcome.OK, probe=probe)
    assert router.healths.obstacle(SMALL, NO_KEY) is None


def test_a_probe_whose_answer_begins_need_not_end_for_others_to_be_let_in() -> None:
    router = Router()
    router.attempt(Outcome.TIMEOUT, 5)
    router.clock.advance(30)
    router.healths.answered(SMALL, probe=router.healths.begin(SMALL))
    assert router.healths.obstacle(SMALL, NO_KEY) is None


@pytest.mark.case("U01")
def test_a_target_that_asks_for_patience_is_left_alone_until_then() -> None:
    router = Router()
    router.attempt(Outcome.BUSY, wait=3.0)
    found = router.healths.view().obstacles[SMALL.name]
    assert (found.reason, found.until) == (Reason.COOLING_DOWN, router.clock() + 3)
    router.clock.advance(3)
    assert router.reasons() == {}


@pytest.mark.case("U03")
def test_a_spent_key_is_not_used_and_the_next_one_is() -> None:
    router = Router(provider("acme", keys=("one", "two")))
    router.keys = {"one": ONE, "two": TWO}
    router.attempt(Outcome.QUOTA, key=ONE)
    assert router.healths.usable_keys(SMALL, (ONE, TWO)) == (TWO,)
    assert router.reasons() == {}
    router.attempt(Outcome.QUOTA, key=TWO)
    assert router.healths.usable_keys(LARGE, (ONE, TWO)) == ()
    assert router.reasons() == {SMALL.name: Reason.COOLING_DOWN, LARGE.name: Reason.COOLING_DOWN}
    router.clock.advance(60)
    assert router.reasons() == {}


@pytest.mark.case("F04", "U06")
def test_a_refused_key_sets_its_models_aside_until_it_is_rotated() -> None:
    router = Router(provider("acme", keys=("one",)))
    router.keys = {"one": ONE}
    router.attempt(Outcome.AUTH, key=ONE)
    assert router.reasons() == {SMALL.name: Reason.KEY_REFUSED, LARGE.name: Reason.KEY_REFUSED}
    router.keys = {"one": Key("one", "secret-new")}
    assert router.reasons() == {}


def test_a_provider_is_asked_for_no_more_than_it_may_do_at_once() -> None:
    router = Router(provider("acme", max_concurrent=2), provider("bell"))
    router.healths.begin(SMALL)
    assert router.reasons() == {}
    router.healths.begin(LARGE)
    assert router.reasons() == {SMALL.name: Reason.CONCURRENCY, LARGE.name: Reason.CONCURRENCY}
    router.end(Outcome.ABANDONED)
    assert router.reasons() == {}


def test_limits_that_change_hold_at_once() -> None:
    router = Router()
    router.healths.begin(SMALL)
    router.healths.limits([provider("acme", max_concurrent=1)])
    assert reason(router.healths.obstacle(LARGE, NO_KEY)) is Reason.CONCURRENCY
    router.healths.limits([provider("acme")])
    assert router.reasons() == {}


def test_what_was_asked_for_is_told_before_what_is_only_suspected() -> None:
    router = Router()
    router.attempt(Outcome.OVERLOADED, 5, wait=10.0)
    assert router.reasons() == {SMALL.name: Reason.COOLING_DOWN}
    router.clock.advance(10)
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}


@pytest.mark.row("A04")
def test_the_slow_one_of_two_that_serve_a_model_is_left_out_for_a_while() -> None:
    router = Router()
    for _ in range(20):
        router.attempt(at=TWIN, seconds=0.1)
        router.attempt(at=SMALL, seconds=3.0)
        router.attempt(at=LARGE, seconds=9.0)  # nobody else serves it
    assert router.reasons() == {SMALL.name: Reason.EJECTED}
    assert "3.0 s" in router.healths.view().obstacles[SMALL.name].detail
    router.clock.advance(30)
    assert router.reasons() == {}


@pytest.mark.row("A04")
def test_one_that_always_loses_to_its_hedge_is_left_out_after_some_ten_answers() -> None:
    router = Router()
    lost = 0
    while not router.reasons():
        router.attempt(Outcome.LOST, at=SMALL, waited=5.1)
        router.attempt(at=TWIN, seconds=0.1)
        lost += 1
    assert router.reasons() == {SMALL.name: Reason.EJECTED}
    assert lost <= 11


def test_a_hedge_that_was_not_needed_does_not_make_its_target_a_fast_one() -> None:
    router = Router()
    for _ in range(20):
        router.attempt(at=SMALL, seconds=5.5)
        router.attempt(Outcome.LOST, at=TWIN, waited=0.5)
    assert router.reasons() == {}
    router.attempt(times=20, at=TWIN, seconds=0.4)
    router.attempt(Outcome.LOST, 50, at=TWIN, waited=0.01)
    assert router.healths.hedge_delay(TWIN, 0.95) == 0.4


def test_a_hedge_waits_longer_for_a_target_that_has_become_slow() -> None:
    router = Router()
    router.attempt(times=20, seconds=0.2)
    router.attempt(Outcome.LOST, 10, waited=0.9)
    assert router.healths.hedge_delay(SMALL, 0.95) == 0.9


def test_a_hedge_waits_as_long_as_most_answers_took() -> None:
    router = Router()
    for tenths in range(100):
        router.attempt(seconds=tenths / 10)
    assert router.healths.hedge_delay(SMALL, 0.95) == 9.5
    assert router.healths.hedge_delay(LARGE, 0.95) is None


def test_a_view_is_the_same_until_something_changes() -> None:
    router = Router()
    router.attempt(Outcome.SERVER_ERROR, 4)
    router.attempt(at=LARGE, seconds=0.2)
    before = router.healths.view()
    router.clock.advance(200)
    assert router.healths.view() is before
    router.attempt(Outcome.SERVER_ERROR)
    broken = router.healths.view()
    assert broken.version > before.version
    assert before.obstacles == {}
    router.clock.advance(29)
    assert router.healths.view() is broken
    router.clock.advance(1)
    assert router.healths.view().version > broken.version


def test_turns_are_part_of_the_view() -> None:
    router = Router()
    before = router.healths.view().version
    router.healths.turns.taken("team-a/policy/rule")
    assert router.healths.view().turns == {"team-a/policy/rule": 1}
    assert router.healths.view().version > before


def test_what_is_gone_is_forgotten_and_what_stays_keeps_its_breaker() -> None:
    router = Router()
    router.attempt(Outcome.SERVER_ERROR, 5, at=SMALL)
    router.attempt(Outcome.SERVER_ERROR, 5, at=LARGE)
    router.healths.begin(LARGE)
    router.healths.keep([SMALL])
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}
    router.end(Outcome.OK, at=LARGE)
    assert router.healths.in_flight == 0
    assert router.healths.obstacle(LARGE, NO_KEY) is None


def test_an_attempt_cannot_end_twice() -> None:
    router = Router()
    router.attempt()
    with pytest.raises(RuntimeError, match="acme"):
        router.end(Outcome.OK)


def test_the_retry_budget_counts_what_is_in_flight() -> None:
    router = Router()
    for _ in range(24):
        router.healths.begin(SMALL)
    assert [router.healths.budget.take() for _ in range(5)] == [True] * 4 + [False]
