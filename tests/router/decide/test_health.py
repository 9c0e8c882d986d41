"""What deciding makes of how targets do."""

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, Obstacle, decide, make_plan
from optipath_router.decide.decision import Reason
from optipath_snapshot import RoundRobin, Strategy
from support.builders import route, snapshot, target

OPEN = Obstacle(Reason.BREAKER_OPEN, "its breaker is open", 1030.0)
EJECTED = Obstacle(Reason.EJECTED, "it is slow", 1030.0)
COOLING = Obstacle(Reason.COOLING_DOWN, "it asked for patience", 1005.0)
REFUSED = Obstacle(Reason.KEY_REFUSED, "it refused the key", 1060.0)
FULL = Obstacle(Reason.CONCURRENCY, "it is full", None)

A, B, C = "acme/a", "bell/b", "cora/c"


def decided(obstacles: dict[str, Obstacle], strategy: Strategy | None = None, turn: int = 0) -> Decision:
    """A decision among three targets, each of which may have an obstacle, by its model's name."""
    health = Health(
        1, {"team-a/policy/rule": turn}, {name: obstacles[name[-1]] for name in (A, B, C) if name[-1] in obstacles}
    )
    plan = make_plan(snapshot(route(A, B, C, strategy=strategy)), "sha256:0", {})
    return decide(Features("auto", 10), plan, health, 0)


def names(decision: Decision) -> list[str]:
    return [each.name for each in decision.ranking]


WHO: dict[str, tuple[dict[str, Obstacle], list[str]]] = {
    "all well": ({}, [A, B, C]),
    "one open": ({"a": OPEN}, [B, C]),
    "one cooling down": ({"b": COOLING}, [A, C]),
    "one well": ({"a": OPEN, "b": COOLING}, [C]),
    "all open: the best one": ({"a": OPEN, "b": OPEN, "c": OPEN}, [A]),
    "all ejected or open: the best one": ({"a": EJECTED, "b": OPEN, "c": EJECTED}, [A]),
    "a wait is respected where a guess is not": ({"a": COOLING, "b": OPEN, "c": FULL}, [B]),
    "all cooling down": ({"a": COOLING, "b": COOLING, "c": REFUSED}, []),
    "all at work": ({"a": FULL, "b": FULL, "c": COOLING}, []),
}


@pytest.mark.parametrize(("obstacles", "ranking"), WHO.values(), ids=WHO)
def test_who_is_asked(obstacles: dict[str, Obstacle], ranking: list[str]) -> None:
    decision = decided(obstacles)
    assert names(decision) == ranking
    assert {left.target for left in decision.left_out} == {A, B, C} - set(ranking)


def test_the_best_of_those_that_do_badly_is_as_the_strategy_has_it() -> None:
    assert names(decided({"a": OPEN, "b": OPEN, "c": OPEN}, RoundRobin(), turn=1)) == [B]
    assert names(decided({"a": OPEN, "b": COOLING, "c": OPEN}, RoundRobin(), turn=1)) == [C]


def test_who_is_left_out_says_why_and_until_when() -> None:
    left = {left.target: left for left in decided({"a": COOLING, "b": FULL}).left_out}
    assert (left[A].reason, left[A].detail, left[A].until) == (Reason.COOLING_DOWN, COOLING.detail, 1005.0)
    assert (left[B].reason, left[B].until) == (Reason.CONCURRENCY, None)


def test_what_a_target_cannot_do_is_told_before_how_it_does() -> None:
    plan = make_plan(snapshot(route(A, B), targets=[target(A, context_window=1), target(B)]), "sha256:0", {})
    decision = decide(Features("auto", 10), plan, Health(1, {}, {A: OPEN, B: OPEN}), 0)
    assert names(decision) == [B]
    assert [(left.target, left.reason) for left in decision.left_out] == [(A, Reason.CONTEXT_WINDOW)]


def test_health_counts_for_a_model_that_is_asked_for_by_name_as_well() -> None:
    plan = make_plan(snapshot(targets=[target("acme/m"), target("bell/m")]), "sha256:0", {})
    assert names(decide(Features("m", 1), plan, Health(1, {}, {"acme/m": OPEN}), 0)) == ["bell/m"]
    both = Health(1, {}, {"acme/m": OPEN, "bell/m": OPEN})
    assert names(decide(Features("m", 1), plan, both, 0)) == ["acme/m"]


def test_obstacles_of_others_change_nothing() -> None:
    plan = make_plan(snapshot(route(A, B)), "sha256:0", {})
    decision = decide(Features("auto", 10), plan, Health(1, {}, {C: OPEN}), 0)
    assert (names(decision), decision.left_out) == ([A, B], ())
