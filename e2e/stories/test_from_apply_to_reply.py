"""From `kubectl apply` to a reply in a pod."""

import json

import pytest

from e2e.stories.kubectl import apply, condition, kubectl
from e2e.stories.tenant import Tenant


@pytest.mark.row("B19")
def test_two_resources_are_applied_and_the_app_is_answered(tenant: Tenant) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    answer = tenant.until_answered_by("ok-cheap")
    assert answer["policy"].startswith(f"{tenant.name}/chat@")
    streamed = tenant.once(stream=True)
    assert streamed["pieces"] > 1
    assert "ok-cheap" in streamed["text"]


@pytest.mark.case("F08")
def test_a_pod_that_starts_before_its_configuration_says_so_and_then_serves(tenant: Tenant) -> None:
    tenant.app_by_hand()
    with pytest.raises(AssertionError, match="has no configuration yet"):
        tenant.once()
    tenant.provider("ok-cheap")
    tenant.until_answered_by("ok-cheap", asking_for="ok-cheap")


@pytest.mark.row("E19", "C24")
def test_kubectl_shows_what_there_is(tenant: Tenant) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap", "nowhere")
    tenant.programmed()
    shown = kubectl("get", "optipath", "-n", tenant.name)
    assert "modelprovider.optipath.io/paper" in shown
    assert "routingpolicy.optipath.io/chat" in shown
    conditions = json.loads(kubectl("get", "rp", "chat", "-n", tenant.name, "-o", "json"))["status"]["conditions"]
    truths = {each["type"]: each["status"] for each in conditions}
    # What routers have made of it by now is another story.
    del truths["Propagated"]
    assert truths == {"Accepted": "True", "ResolvedRefs": "False", "Programmed": "True"}
    assert "how to rank" in kubectl("explain", "rp.spec.rules.strategy").lower()


def test_a_target_of_another_tenant_reads_like_one_that_is_not_there(tenant: Tenant, another: Tenant) -> None:
    another.provider("ok-cheap")
    policy = tenant.policy_object("ok-cheap")
    policy["spec"]["rules"][0]["targets"] = [
        {"provider": "paper", "namespace": another.name, "model": "ok-cheap"},
        {"provider": "nobody", "namespace": another.name, "model": "ok-cheap"},
    ]
    apply(policy, namespace=tenant.name)
    tenant.programmed()
    told = condition("rp", "chat", tenant.name, "ResolvedRefs")["message"]
    assert "target 'paper/ok-cheap'" in told
    assert told.count("is not listed by any provider in") == 2
