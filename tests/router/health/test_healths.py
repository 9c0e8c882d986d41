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
    ) -> None:
        """Attempts, one after the other."""
        for _ in range(times):
            self.healths.begin(at)
            self.healths.end(at, key, outcome, first_content_seconds=seconds, wait_seconds=wait)

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
    router.healths.begin(SMALL)
    assert router.reasons() == {SMALL.name: Reason.BREAKER_OPEN}
    assert reason(router.healths.obstacle(SMALL, NO_KEY)) is Reason.BREAKER_OPEN
    router.healths.end(SMALL, None, Outcome.OK, first_content_seconds=0.1, wait_seconds=None)
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
    router.healths.begin(SMALL)
    router.healths.end(SMALL, None, Outcome.ABANDONED, first_content_seconds=None, wait_seconds=None)
    assert router.healths.obstacle(SMALL, NO_KEY) is None


def test_a_probe_whose_answer_begins_need_not_end_for_others_to_be_let_in() -> None:
    router = Router()
    router.attempt(Outcome.TIMEOUT, 5)
    router.clock.advance(30)
    router.healths.begin(SMALL)
    router.healths.answered(SMALL)
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
    router.healths.end(SMALL, None, Outcome.ABANDONED, first_content_seconds=None, wait_seconds=None)
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


def test_a_hedge_waits_as_long_as_most_answers_took() -> None:
    router = Router()
    for tenths in range(100):
        router.attempt(seconds=tenths / 10)
    assert router.healths.hedge_delay(SMALL, 0.95) == 9.5
    assert router.healths.hedge_delay(LARGE, 0.95) is None


def test_a_view_is_the_same_until_something_changes() -> None:
    router = Router()
    router.attempt(Outcome.SERVER_ERROR, 4)
    before = router.healths.view()
    router.attempt(at=LARGE, seconds=0.2)
    router.clock.advance(1000)
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
    router.healths.end(LARGE, None, Outcome.OK, first_content_seconds=0.1, wait_seconds=None)
    assert router.healths.in_flight == 0
    assert router.healths.obstacle(LARGE, NO_KEY) is None


def test_an_attempt_cannot_end_twice() -> None:
    router = Router()
    router.attempt()
    with pytest.raises(RuntimeError, match="acme"):
        router.healths.end(SMALL, None, Outcome.OK, first_content_seconds=None, wait_seconds=None)


def test_the_retry_budget_counts_what_is_in_flight() -> None:
    router = Router()
    for _ in range(20):
        router.healths.begin(SMALL)
    assert [router.healths.budget.take() for _ in range(5)] == [True] * 4 + [False]
