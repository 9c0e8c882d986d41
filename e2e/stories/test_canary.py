"""A key and a prompt that must be seen by nobody but the provider are looked for in all that can be read."""

import pytest

from e2e.stories.kubectl import CommandFailed, kubectl
from e2e.stories.release import Release
from e2e.stories.simulator import Simulator, fingerprint
from e2e.stories.tenant import Tenant

KEY = "sk-canary-4f1c9e7b"
PROMPT = "The canary sings of 81733 quiet mornings."
WELL = "ok-fine"
FAULTS = ("auth", "429", "e500", "badjson", "cut-after-2", "quota", "content-policy", "502-html", "close")
"""What goes wrong, each at a provider of its own. The first quotes part of the key as it refuses it."""


@pytest.mark.case("X05")
@pytest.mark.row("A37", "D33")
def test_a_canary_key_and_a_canary_prompt_are_nowhere_to_be_read(
    tenant: Tenant, installed: Release, simulator: Simulator
) -> None:
    tenant.secret(canary=KEY, canary__hosts=simulator.host)
    for number, model in enumerate((*FAULTS, WELL)):
        provider = tenant.provider_object(model, name=f"paper-{number}")
        provider["spec"]["credentials"] = {"keys": ["canary"]}
        tenant.apply(provider)
    policy = tenant.policy_object(WELL)
    # Three attempts: two that fail, and the one that does not.
    policy["spec"]["rules"][0]["targets"] = [
        {"provider": f"paper-{number}", "model": model} for number, model in ((1, FAULTS[1]), (2, FAULTS[2]), (9, WELL))
    ]
    tenant.apply(policy)
    tenant.programmed()
    tenant.app(annotations={"optipath.io/log-level": "DEBUG"})
    tenant.until_answered_by(WELL)
    heard = [
        _call(tenant, model, *stream)
        for model in (*FAULTS, WELL, "assistant", "nobody")
        for stream in ((), ("--stream",))
    ]
    assert simulator.last_key(WELL) == fingerprint(KEY)
    everything = "all,configmaps,events,endpoints,controllerrevisions,modelproviders,routingpolicies"
    readable = {
        "what the app is told": "\n".join(heard),
        "kubectl get": kubectl("get", everything, "-n", tenant.name, "-o", "yaml", "--show-managed-fields"),
        "kubectl describe": kubectl("describe", everything, "-n", tenant.name),
        "the router's log": kubectl("logs", "app", "-n", tenant.name, "-c", "optipath-router"),
        "the router's metrics": tenant.metrics(),
        "the logs of OptiPath's own pods": installed.logs(),
    }
    assert "optipath_requests_total" in readable["the router's metrics"]
    for what, text in readable.items():
        assert text, what
        # A part that a provider quotes is as bad as the whole.
        found = [each for each in (KEY, KEY[-8:], PROMPT, "81733") if each in text]
        assert found == [], f"{what} has {found}"


def _call(tenant: Tenant, model: str, *options: str) -> str:
    """What the app hears, but for the answer itself."""
    try:
        answer = tenant.once(model, "--say", PROMPT, *options)
    except CommandFailed as error:
        # Its first line is the command, which says the prompt.
        return str(error).partition("\n")[2]
    return str({name: value for name, value in answer.items() if name != "text"})
