"""More than a ConfigMap holds is refused, and what was there stays; large resources are no trouble by themselves."""

from typing import Any

import pytest

from e2e.stories.kubectl import apply, condition, get, kubectl, until, wait_for
from e2e.stories.tenant import Tenant

SERVER_SIDE = ("--server-side",)
"""kubectl's own way keeps the whole resource once more in an annotation, which holds 256 KiB."""
RULES, POLICIES = 64, 48
MOST_BYTES = 900 * 1024
LONG = 150
"""Characters of a model's name that makes a resource large."""


@pytest.mark.case("O12")
def test_three_thousand_rules_are_refused_with_a_condition_and_the_last_good_ones_serve_on(
    tenant: Tenant, another: Tenant
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    crowd = [_with_rules(tenant, f"crowd-{number}", names=2) for number in range(POLICIES)]
    apply(*crowd, namespace=tenant.name, how=SERVER_SIDE)
    told = until(lambda: _refused(tenant), within=40, what="a condition says that it is too much")
    assert told["reason"] == "TooLarge"
    assert "bytes" in told["message"]
    # What was good is what there was before it became too much, some of the crowd included.
    before = tenant.config_text() or ""
    assert len(before) <= MOST_BYTES
    tenant.policy("ok-strong")
    # Nobody else notices, and to take enough away is all that it needs.
    another.provider("ok-cheap")
    another.policy("ok-cheap")
    another.programmed()
    assert tenant.config_text() == before
    assert tenant.once()["model"] == "ok-cheap"
    _delete(tenant, "crowd-")
    tenant.until_answered_by("ok-strong")
    wait_for("rp", "chat", tenant.name, "Programmed")


@pytest.mark.case("O12")
def test_a_resource_of_three_hundred_kibibytes_is_served_and_watched_like_any_other(tenant: Tenant) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    large = _with_rules(tenant, "large", names=32)
    apply(large, namespace=tenant.name, how=SERVER_SIDE)
    wait_for("rp", "large", tenant.name, "Programmed")
    stored = get("rp", "large", "-n", tenant.name)
    assert len(str(stored["spec"])) > 300 * 1024
    tenant.app()
    asked = large["spec"]["rules"][-1]["match"]["models"][-1]
    tenant.until_answered_by("ok-cheap", asking_for=asked)
    for rule in large["spec"]["rules"]:
        rule["targets"] = [{"provider": "paper", "model": "ok-strong"}]
    apply(large, namespace=tenant.name, how=SERVER_SIDE)
    tenant.until_answered_by("ok-strong", asking_for=asked)


def _with_rules(tenant: Tenant, name: str, *, names: int) -> dict[str, Any]:
    """A policy with as many rules as one may have, each for so many models with long names."""
    policy = tenant.policy_object("ok-cheap", name=name)
    (rule,) = policy["spec"]["rules"]
    policy["spec"]["rules"] = [
        {**rule, "name": f"rule-{number}", "match": {"models": [_long(name, number, each) for each in range(names)]}}
        for number in range(RULES)
    ]
    return policy


def _long(policy: str, rule: int, name: int) -> str:
    return f"{policy}.{rule}.{name}.".ljust(LONG, "x")


def _delete(tenant: Tenant, prefix: str) -> None:
    names = [each["metadata"]["name"] for each in get("rp", "-n", tenant.name)["items"]]
    kubectl("delete", "rp", "-n", tenant.name, *(name for name in names if name.startswith(prefix)))


def _refused(tenant: Tenant) -> dict[str, Any]:
    told = condition("rp", "crowd-0", tenant.name, "Programmed")
    return told if told.get("status") == "False" else {}
