"""A model that a policy above the tenant's own denies, as callers of every surface find it: row A38."""

import json
from typing import Any

import anthropic
import openai
import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import HedgeDelay, PolicyRef, Snapshot, Target
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import figures
from support.requests import body
from support.router import Files, Router, running
from support.vendors import claude, gpt

TIER = PolicyRef(namespace="optipath-system", name="free", generation=4)
HELLO: Any = [{"role": "user", "content": "Hello"}]


def denied(name: str, **given: Any) -> Target:
    return target(name, denied_by=TIER, **given)


def denying(simulator: Simulator) -> Snapshot:
    """A namespace that may use `ok` and not `ok-large`, and has a rule for each, and one for both."""
    base = simulator.url.removesuffix("/v1")
    return snapshot(
        route("openai/ok-large", rule="only-denied", models=["dear"]),
        route(
            "openai/ok-large",
            "openai/ok",
            rule="both",
            models=["both"],
            resilience={"hedge": HedgeDelay(seconds=0.001)},
        ),
        providers=[
            provider("openai", type="OpenAI", url=f"{base}/v1"),
            provider("anthropic", type="Anthropic", url=base),
        ],
        targets=[target("openai/ok"), denied("openai/ok-large"), denied("anthropic/ok-large")],
        tier="free",
        egress=LOOPBACK,
    )


@pytest.fixture
async def router(simulator: Simulator, files: Files) -> Any:
    files.put(denying(simulator))
    async with running(files.settings()) as router:
        yield router


@pytest.mark.row("A38")
@pytest.mark.parametrize("model", ["ok-large", "dear"])
async def test_a_denied_model_is_refused_and_nobody_is_called(model: str, router: Router, simulator: Simulator) -> None:
    answer = await router.ask(model)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (403, "policy_denied", "model")
    assert f"model '{model}' is not allowed here" in error["message"]
    assert "openai/ok-large: policy optipath-system/free@4 does not let" in error["message"]
    assert (answer.headers["x-optipath-attempts"], answer.headers["x-should-retry"]) == ("0", "false")
    assert "retry-after" not in answer.headers
    record = await router.decision(answer)
    assert (record["outcome"], record["decision"]["tier"]) == ("policy_denied", "free")
    assert {left["reason"] for left in record["decision"]["left_out"]} == {"not_allowed"}
    assert simulator.stats.count == 0


@pytest.mark.row("A38")
async def test_each_sdk_raises_what_it_calls_a_denial(router: Router) -> None:
    async with gpt(router) as openais, claude(router) as anthropics:
        with pytest.raises(openai.PermissionDeniedError, match="is not allowed here") as chat:
            await openais.chat.completions.create(model="ok-large", messages=HELLO)
        with pytest.raises(openai.PermissionDeniedError, match="is not allowed here"):
            await openais.responses.create(model="ok-large", input="Hello", stream=True)
        with pytest.raises(openai.PermissionDeniedError, match="is not allowed here"):
            await openais.models.retrieve("ok-large")
        with pytest.raises(anthropic.PermissionDeniedError, match="is not allowed here") as message:
            await anthropics.messages.create(model="ok-large", messages=HELLO, max_tokens=10)
        with pytest.raises(anthropic.PermissionDeniedError, match="is not allowed here"):
            await anthropics.messages.count_tokens(model="ok-large", messages=HELLO)
    assert chat.value.code == "policy_denied"
    told = message.value.body
    assert isinstance(told, dict)
    assert (told["error"]["type"], told["error"]["code"]) == ("permission_error", "policy_denied")


@pytest.mark.row("A38")
async def test_the_list_of_models_leaves_out_what_is_denied(router: Router) -> None:
    listed = (await router.http.get(f"{router.url}/v1/models")).json()["data"]
    assert {model["id"]: model["owned_by"] for model in listed} == {
        "ok": "openai",
        **dict.fromkeys(("auto", "balanced", "both", "eco", "premium"), "optipath"),
    }


@pytest.mark.row("A38")
async def test_neither_a_failover_nor_a_hedge_leads_to_it(router: Router, simulator: Simulator) -> None:
    simulator.map["ok"] = "503"
    answer = await router.ask("both")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "all_attempts_failed")
    assert "ok-large" not in simulator.stats.models
    told = await figures(router)
    assert set(told.by("target", "optipath_attempts_total")) == {"openai/ok"}


async def test_a_name_that_nobody_knows_is_still_not_found(router: Router) -> None:
    answer = await router.ask("ok-larger")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")
    assert "ok-large," not in answer.json()["error"]["message"], "what is denied is proposed to nobody"


@pytest.mark.row("A28")
async def test_explaining_says_the_tier_and_what_it_denies(router: Router) -> None:
    answer = await router.http.post(
        f"{router.url}/optipath/explain?why_not=openai/ok-large",
        content=body("both"),
        headers={"content-type": "application/json"},
    )
    told = answer.json()
    assert (told["tier"], told["ranking"]) == ("free", ["openai/ok"])
    assert told["why_not"]["because"][0].startswith("it is left out, not_allowed: policy optipath-system/free@4")


@pytest.mark.row("A28")
async def test_metrics_and_the_decision_log_say_the_tier(simulator: Simulator, files: Files) -> None:
    files.put(denying(simulator))
    log = files.root / "decisions.jsonl"
    async with running(files.settings(decision_log=log)) as router:
        assert (await router.ask("ok")).status_code == 200
        told = await figures(router)
    assert told.total("optipath_router_info", tier="free") == 1
    assert [json.loads(line)["decision"]["tier"] for line in log.read_text().splitlines()] == ["free"]
