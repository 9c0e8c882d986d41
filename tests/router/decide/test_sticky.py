"""Draws that stick to a session or a conversation."""

from collections import Counter

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, Obstacle, decide, make_plan
from optipath_router.decide.decision import Reason
from optipath_snapshot import Snapshot, StickyConversation, StickyHeader, Weighted
from support.builders import route, snapshot

SESSION = Weighted(sticky=StickyHeader(name="x-session"))
PAIRS = ("acme/a", 3), ("bell/b", 1)


def decided(made: Snapshot, *, draw: int, health: Health | None = None, **seen: object) -> Decision:
    features = Features("auto", 10, **seen)  # type: ignore[arg-type]  # by name
    return decide(features, make_plan(made, "sha256:0", {}), health or Health(), draw)


def served(made: Snapshot, *, draw: int, **seen: object) -> str:
    return decided(made, draw=draw, **seen).ranking[0].name  # type: ignore[arg-type]  # by name


def first(made: Snapshot, session: str | None, *, draw: int = 0, health: Health | None = None) -> str:
    headers = {} if session is None else {"x-session": session}
    return decided(made, draw=draw, health=health, headers=headers).ranking[0].name


@pytest.mark.row("A12")
def test_sessions_are_shared_out_by_weight() -> None:
    made = snapshot(route(*PAIRS, strategy=SESSION))
    shares = Counter(first(made, f"session-{number}") for number in range(1000))
    assert 710 <= shares["acme/a"] <= 790


def test_a_session_stays_whatever_the_draw() -> None:
    made = snapshot(route(*PAIRS, strategy=SESSION))
    for number in range(20):
        assert len({first(made, f"session-{number}", draw=draw) for draw in range(20)}) == 1


def test_without_the_header_each_request_is_drawn_for() -> None:
    made = snapshot(route(*PAIRS, strategy=SESSION))
    assert {first(made, None, draw=draw) for draw in range(100)} == {"acme/a", "bell/b"}
    assert {first(made, "", draw=draw) for draw in range(100)} == {"acme/a", "bell/b"}


def test_only_sessions_of_the_one_that_is_ill_move_and_they_come_back() -> None:
    made = snapshot(route("acme/a", "bell/b", "cora/c", strategy=SESSION))
    ill = Health(1, {}, {"acme/a": Obstacle(Reason.BREAKER_OPEN, "ill", None)})
    for number in range(50):
        well, then = first(made, f"session-{number}"), first(made, f"session-{number}", health=ill)
        assert then == well if well != "acme/a" else then != "acme/a"


def test_another_rule_draws_for_itself() -> None:
    one, other = (snapshot(route("acme/a", "bell/b", strategy=SESSION, rule=rule)) for rule in ("one", "other"))
    differing = [number for number in range(100) if first(one, f"s-{number}") != first(other, f"s-{number}")]
    assert 25 <= len(differing) <= 75


def test_turns_of_a_conversation_stay_together() -> None:
    made = snapshot(route("acme/a", "bell/b", strategy=Weighted(sticky=StickyConversation())))
    for conversation in ("one", "two", "three"):
        assert len({served(made, draw=draw, conversation=conversation) for draw in range(20)}) == 1
    assert len({served(made, draw=draw) for draw in range(100)}) == 2


def test_what_is_recorded_is_the_draw_that_the_session_came_to_and_not_the_session() -> None:
    made = snapshot(route(*PAIRS, strategy=SESSION))
    decision = decided(made, draw=5, headers={"x-session": "alice@example.com"})
    assert decision.draw != 5
    assert "alice" not in repr(decision)
