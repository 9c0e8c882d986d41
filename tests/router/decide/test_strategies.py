"""The ways to rank."""

from collections import Counter
from random import Random

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide import Health, decide, make_plan
from optipath_router.decide.plan import Plan
from optipath_router.decide.turns import Turns
from optipath_snapshot import Ordered, RoundRobin, Strategy, Weighted
from support.builders import route, snapshot, target

ANY = Features("auto", 10)


def plan_with(strategy: Strategy, *targets: str | tuple[str, int]) -> Plan:
    return make_plan(snapshot(route(*targets, strategy=strategy)), "sha256:0", {})


def ranked(plan: Plan, *, draw: int = 0, turn: int = 0) -> list[str]:
    decision = decide(ANY, plan, Health(0, {"team-a/policy/rule": turn}), draw)
    return [each.name for each in decision.ranking]


def draws(count: int) -> list[int]:
    chance = Random(20261121)
    return [chance.getrandbits(64) for _ in range(count)]


@pytest.mark.row("A05")
def test_another_strategy_alone_sends_the_same_request_elsewhere() -> None:
    targets = ("acme/small", 0), ("bell/large", 1)
    assert ranked(plan_with(Ordered(), *targets))[0] == "acme/small"
    assert ranked(plan_with(Weighted(), *targets))[0] == "bell/large"
    assert ranked(plan_with(RoundRobin(), *targets), turn=1)[0] == "bell/large"


def test_ordered_is_as_written() -> None:
    plan = plan_with(Ordered(), "cora/c", "acme/a", "bell/b")
    assert {tuple(ranked(plan, draw=draw, turn=draw)) for draw in range(50)} == {("cora/c", "acme/a", "bell/b")}


def test_weights_are_shares() -> None:
    plan = plan_with(Weighted(), ("acme/a", 3), ("bell/b", 1))
    first = Counter(ranked(plan, draw=draw)[0] for draw in draws(1000))
    assert 710 <= first["acme/a"] <= 790
    assert first.total() == 1000


def test_the_rest_of_a_weighted_draw_is_a_weighted_draw() -> None:
    plan = plan_with(Weighted(), ("acme/a", 2), ("bell/b", 6), ("cora/c", 2))
    after_b = Counter(
        second for draw in draws(3000) for first, second, _ in [ranked(plan, draw=draw)] if first[0] == "b"
    )
    assert 0.45 <= after_b["acme/a"] / after_b.total() <= 0.55


def test_large_weights_are_shares_too() -> None:
    plan = plan_with(Weighted(), ("acme/a", 1_000_000), ("bell/b", 1_000_000))
    first = Counter(ranked(plan, draw=draw)[0] for draw in draws(1000))
    assert 460 <= first["acme/a"] <= 540


def test_draws_that_follow_one_another_spread_as_well() -> None:
    plan = plan_with(Weighted(), ("acme/a", 1), ("bell/b", 1))
    first = Counter(ranked(plan, draw=draw)[0] for draw in range(1000))
    assert 440 <= first["acme/a"] <= 560


def test_weight_0_comes_last_and_by_name() -> None:
    plan = plan_with(Weighted(), ("cora/c", 0), ("bell/b", 1), ("acme/a", 0))
    assert {tuple(ranked(plan, draw=draw)) for draw in draws(50)} == {("bell/b", "acme/a", "cora/c")}


def test_one_that_is_left_out_does_not_change_the_order_of_the_others() -> None:
    weights = ("acme/a", 1), ("bell/b", 2), ("cora/c", 3)
    whole = make_plan(snapshot(route(*weights, strategy=Weighted())), "sha256:0", {})
    parts = [target("acme/a"), target("bell/b", context_window=1), target("cora/c")]
    partly = make_plan(snapshot(route(*weights, strategy=Weighted()), targets=parts), "sha256:0", {})
    for draw in draws(100):
        assert ranked(partly, draw=draw) == [name for name in ranked(whole, draw=draw) if name != "bell/b"]


def test_round_robin_gives_each_its_turn() -> None:
    plan, turns = plan_with(RoundRobin(), "acme/a", "bell/b", "cora/c"), Turns()
    first = []
    for _ in range(12):
        decision = decide(ANY, plan, Health(turns.version, turns.counts), 0)
        first.append(decision.ranking[0].name)
        turns.taken(decision.route)
    assert first == ["acme/a", "bell/b", "cora/c"] * 4


def test_after_the_one_whose_turn_it_is_come_the_next_ones() -> None:
    assert ranked(plan_with(RoundRobin(), "acme/a", "bell/b", "cora/c"), turn=1) == ["bell/b", "cora/c", "acme/a"]


@pytest.mark.parametrize("strategy", [Ordered(), Weighted(), RoundRobin()], ids=lambda strategy: strategy.kind)
def test_every_strategy_ranks_nothing_and_one(strategy: Strategy) -> None:
    assert ranked(plan_with(strategy), turn=7) == []
    assert ranked(plan_with(strategy, "acme/a"), turn=7, draw=7) == ["acme/a"]


def test_turns_are_counted_a_route_and_forgotten_with_it() -> None:
    turns = Turns()
    for route_id in ("a", "b", "a"):
        turns.taken(route_id)
    assert turns.counts == {"a": 2, "b": 1}
    turns.keep(["b"])
    assert turns.counts == {"b": 1}


def test_each_turn_is_another_version_of_the_view() -> None:
    turns = Turns()
    before = turns.version
    turns.taken("a")
    assert turns.version > before
