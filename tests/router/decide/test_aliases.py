"""Names that may be asked for without any policy."""

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.aliases import ALIASES
from optipath_router.decide.decision import Basis, Reason
from optipath_snapshot import Balanced, Capability, Snapshot, Target
from support.builders import route, snapshot, target
from support.ranking import names, priced, quality

CHEAP = target("acme/cheap", pricing=priced("0.1", "0.4"), quality=quality("0.55"))
MIDDLE = target("bell/middle", pricing=priced("1", "4"), quality=quality("0.75"))
DEAR = target("cora/dear", pricing=priced("10", "40"), quality=quality("0.9"))


def asked(model: str, made: Snapshot, **seen: object) -> Decision:
    features = Features(model, 1000, **seen)  # type: ignore[arg-type]  # by name
    return decide(features, make_plan(made, "sha256:0", {}), Health(), 0)


@pytest.mark.row("D01", "B20")
@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_ranks_all_targets_without_a_policy(alias: str) -> None:
    decision = asked(alias, snapshot(targets=[CHEAP, MIDDLE, DEAR]))
    assert decision.basis is Basis.ALIAS
    assert (decision.policy, decision.rule, decision.strategy) == (None, None, ALIASES[alias].kind)
    assert sorted(names(decision)) == ["acme/cheap", "bell/middle", "cora/dear"]
    assert len(decision.scored) == 3


@pytest.mark.row("B20")
def test_over_a_day_of_requests_eco_costs_least_and_premium_most() -> None:
    made = snapshot(targets=[CHEAP, MIDDLE, DEAR])

    def dollars(alias: str, difficulty: float) -> float:
        cost = asked(alias, made, difficulty=difficulty).scored[0].part("cost")
        assert cost is not None
        return cost.value or 0.0

    spent = {alias: sum(dollars(alias, tenths / 10) for tenths in range(11)) for alias in ALIASES}
    assert spent["eco"] < spent["balanced"] <= spent["auto"] < spent["premium"]


@pytest.mark.row("D23")
def test_auto_sends_what_is_easy_to_a_cheap_model_and_what_is_demanding_to_a_better_one() -> None:
    made = snapshot(targets=[CHEAP, MIDDLE, DEAR])
    assert names(asked("auto", made, difficulty=0.05))[0] == "acme/cheap"
    assert names(asked("auto", made, difficulty=0.6))[0] != "acme/cheap"


def test_whoever_cannot_serve_the_request_is_left_out_of_an_alias_too() -> None:
    blind = target("acme/blind", lacks=("Vision",))
    decision = asked("eco", snapshot(targets=[blind, DEAR]), needs=frozenset({Capability.VISION}))
    assert names(decision) == ["cora/dear"]
    assert [(left.target, left.reason) for left in decision.left_out] == [("acme/blind", Reason.CAPABILITY)]


def test_a_rule_and_a_declared_model_go_before_an_alias() -> None:
    called_so = target("acme/auto")
    assert asked("auto", snapshot(route("acme/a", models=["auto"]))).basis is Basis.RULE
    assert asked("auto", snapshot(targets=[called_so, DEAR])).basis is Basis.MODEL


def test_without_any_target_an_alias_is_nothing() -> None:
    made = snapshot()
    assert asked("auto", made).basis is Basis.NOTHING
    assert make_plan(made, "sha256:0", {}).names == ()


def test_weights_of_aliases_are_shares() -> None:
    for strategy in ALIASES.values():
        if isinstance(strategy, Balanced):
            assert strategy.cost + strategy.latency + strategy.quality + strategy.reliability == 1


def test_features_are_wanted_only_where_they_are_of_use() -> None:
    targets: list[Target] = [CHEAP, DEAR]
    plain = make_plan(snapshot(route("acme/cheap", models=["plain"]), targets=targets), "sha256:0", {})
    assert plain.wanted(Features("plain", 1)) == plain.wanted(Features("cheap", 1)) == frozenset()
    assert plain.wanted(Features("eco", 1)) == {"tasks", "conversation"}
    assert plain.wanted(Features("auto", 1)) > plain.wanted(Features("eco", 1))
