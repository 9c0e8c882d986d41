"""What is wrong with a resource is said in its status, and what was good of it stays in force."""

import pytest

from e2e.stories.kubectl import apply, condition, kubectl, until
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant


@pytest.mark.usefixtures("older_crd")
@pytest.mark.case("O03")
def test_an_invalid_edit_keeps_the_last_good_form_also_over_a_restart(tenant: Tenant, installed: Release) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    before = tenant.config()

    broken = tenant.policy_object("ok-strong")
    broken["spec"]["rules"][0]["strategy"] = {"ordered": {}, "weighted": {}}
    until(lambda: apply(broken, namespace=tenant.name), within=20, what="the looser CRD is in force")
    told = until(lambda: _refused(tenant), within=20, what="the condition says so")
    assert "spec.rules[0].strategy" in told
    assert "stays in force" in told
    assert tenant.config() == before

    installed.restart()
    tenant.provider("ok-cheap", "ok-strong", "ok-code")  # something else changes around it
    until(lambda: tenant.config() != before, within=30, what="the new operator writes")
    assert tenant.once()["model"] == "ok-cheap"
    assert "spec.rules[0].strategy" in _refused(tenant)


def test_a_deleted_provider_is_gone_at_once_and_the_policy_says_so(tenant: Tenant) -> None:
    tenant.provider("ok-cheap")
    tenant.provider("ok-strong", name="other")
    policy = tenant.policy_object("ok-cheap")
    policy["spec"]["rules"][0]["targets"].append({"provider": "other", "model": "ok-strong"})
    apply(policy, namespace=tenant.name)
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    kubectl("delete", "mp", "paper", "-n", tenant.name)
    tenant.until_answered_by("ok-strong", within=10)
    told = condition("rp", "chat", tenant.name, "ResolvedRefs")
    assert told["status"] == "False"
    assert "paper/ok-cheap" in told["message"]


def _refused(tenant: Tenant) -> str:
    accepted = condition("rp", "chat", tenant.name, "Accepted")
    return accepted["message"] if accepted.get("status") == "False" else ""
