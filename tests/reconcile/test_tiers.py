"""How many namespaces there are of each tier, told so that nobody's label makes a series."""

import pytest

from optipath_operator.reconcile.tiers import by_tier
from support.apiserver import ApiServer, namespace, routing_policy
from support.operator import SYSTEM, Operator, Tenant


@pytest.fixture
def operator(api: ApiServer) -> Operator:
    return Operator(api)


def labelled(operator: Operator, name: str, tier: str | None, *, inject: bool = True) -> None:
    labels = {"optipath.io/inject": "enabled"} if inject else {}
    labels |= {"optipath.io/sla-tier": tier} if tier is not None else {}
    Tenant(operator.api, operator, name).applies(namespace(name, labels=labels))


def test_tiers_that_a_policy_speaks_to_are_told_by_name(operator: Operator) -> None:
    scope = {"mode": "Defaults", "tiers": ["gold", "silver"]}
    Tenant(operator.api, operator, SYSTEM).applies(routing_policy("tiers", scope=scope))
    for name, tier in {"a": "gold", "b": "gold", "c": "made-up", "d": None, "e": ""}.items():
        labelled(operator, name, tier)
    labelled(operator, "without-routers", "gold", inject=False)
    assert by_tier(operator.store) == {"gold": 2, "silver": 0, "other": 1, "none": 3}, "the operator's own has none"


def test_a_thousand_tiers_of_tenants_own_making_are_one(operator: Operator) -> None:
    for number in range(100):
        labelled(operator, f"team-{number}", f"tier-{number}")
    assert by_tier(operator.store) == {"other": 100, "none": 0}


@pytest.mark.parametrize("scope", [{"tiers": "gold"}, {"tiers": [1, {}]}, {"tiers": None}, 7])
def test_a_scope_that_nobody_understands_names_no_tier(scope: object, operator: Operator) -> None:
    Tenant(operator.api, operator, SYSTEM).applies(routing_policy("odd", scope=scope))
    assert by_tier(operator.store) == {"other": 0, "none": 1}
