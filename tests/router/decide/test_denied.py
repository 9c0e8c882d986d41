"""Targets that a policy above the tenant's own denies, and what else such policies say of a decision."""

import pytest

from optipath_router.account.record import decision_json
from optipath_router.chat.features import Features
from optipath_router.decide import Decision, Health, Obstacle, decide, make_plan
from optipath_router.decide.decision import LeftOut, Reason
from optipath_snapshot import LowestCost, PolicyRef, Resilience, Snapshot, Weighted
from support.builders import route, snapshot, target
from support.ranking import priced

TIER = PolicyRef(namespace="optipath-system", name="free", generation=4)
CHEAP, DEAR = target("acme/small", pricing=priced("1", "1")), target("acme/large", pricing=priced("9", "9"))
DENIED = CHEAP.model_copy(update={"denied_by": TIER})
WHY = "policy optipath-system/free@4 does not let this namespace use it"


def decided(of: Snapshot, model: str = "auto", health: Health | None = None) -> Decision:
    return decide(Features(model, 10), make_plan(of, "sha256:0", {}), health or Health(), 0)


@pytest.mark.row("A38")
@pytest.mark.parametrize("strategy", [LowestCost(), Weighted(), None])
def test_a_denied_target_is_ranked_by_no_strategy(strategy: LowestCost | Weighted | None) -> None:
    of = snapshot(route("acme/small", "acme/large", strategy=strategy), targets=(DENIED, DEAR))
    decision = decided(of)
    assert [each.name for each in decision.ranking] == ["acme/large"]
    assert decision.left_out == (LeftOut("acme/small", Reason.NOT_ALLOWED, WHY),)


@pytest.mark.row("A38")
@pytest.mark.parametrize("asked", ["small", "eco"])
def test_neither_its_name_nor_an_alias_leads_to_it(asked: str) -> None:
    decision = decided(snapshot(targets=(DENIED,)), asked)
    assert decision.ranking == ()
    assert [left.reason for left in decision.left_out] == [Reason.NOT_ALLOWED]


@pytest.mark.row("A38")
def test_whoever_ranks_it_it_is_shut_out() -> None:
    plan = make_plan(snapshot(targets=(DENIED, DEAR)), "sha256:0", {})
    assert plan.shut_out(DENIED, Features("small", 10)) == LeftOut("acme/small", Reason.NOT_ALLOWED, WHY)
    assert plan.shut_out(DEAR, Features("large", 10)) is None


def test_it_is_not_asked_nevertheless_where_nobody_is_well() -> None:
    ill = Health(obstacles={"acme/large": Obstacle(Reason.BREAKER_OPEN, "ill", None)})
    decision = decided(snapshot(route("acme/small", "acme/large"), targets=(DENIED, DEAR)), health=ill)
    assert [each.name for each in decision.ranking] == ["acme/large"]
    assert [each.target for each in decision.nevertheless] == ["acme/large"]


def test_another_providers_target_of_the_same_model_still_serves_it() -> None:
    other = target("bell/small")
    decision = decided(snapshot(targets=(DENIED, other)), "small")
    assert [each.name for each in decision.ranking] == ["bell/small"]


def test_what_is_listed_may_be_asked_for() -> None:
    rules = (
        route("acme/small", rule="denied", models=["fast"]),
        route("acme/small", "acme/large", rule="some", models=["any"]),
        route(rule="nobody", models=["off"]),
    )
    names = make_plan(snapshot(*rules, targets=(DENIED, DEAR)), "sha256:0", {}).names
    assert set(names) == {"any", "large", "off", "auto", "eco", "balanced", "premium"}
    assert make_plan(snapshot(targets=(DENIED,)), "sha256:0", {}).names == ()


@pytest.mark.row("A28")
def test_a_decision_says_the_tier_and_which_policy_each_field_is_of() -> None:
    provenance = {"resilience.attempts": "optipath-system/free@4"}
    rule = route("acme/large", models=["chat"], resilience={"attempts": 1}, provenance=provenance)
    of = snapshot(rule, targets=(DEAR,), tier="free")
    told = decision_json(decided(of, "chat"))
    assert (told["tier"], told["provenance"], told["resilience"]["attempts"]) == ("free", provenance, 1)
    by_name = decision_json(decided(of, "large"))
    assert (by_name["tier"], by_name["provenance"]) == ("free", {})


@pytest.mark.row("A28")
def test_a_request_that_no_rule_matches_has_the_patience_of_the_snapshot() -> None:
    patience = Resilience(attempts=1, request_timeout_seconds=20, backoff_base_seconds=0.5)
    of = snapshot(route("acme/large", models=["chat"]), targets=(DEAR,), resilience=patience)
    assert decided(of, "large").resilience == patience
    assert decided(of, "eco").resilience == patience
    assert decided(of, "chat").resilience == Resilience()
