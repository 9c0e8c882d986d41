"""Case X03, the router's half: a provider that another namespace shares is called with the consumer's own key."""

import json

import pytest

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint
from optipath_snapshot import Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import figures
from support.router import Files, running

SHARED = "llama@platform"


def sharing(simulator: Simulator) -> Snapshot:
    """A namespace that has a provider of its own, and one that `platform` shares, of the same name."""
    return snapshot(
        route(f"{SHARED}/ok", models=["chat"]),
        providers=[provider("llama", url=simulator.url), provider(SHARED, url=simulator.url, keys=("llama",))],
        targets=[target("llama/ok-own"), target(f"{SHARED}/ok")],
        egress=LOOPBACK,
    )


@pytest.mark.case("X03")
@pytest.mark.row("A27")
async def test_a_shared_provider_is_called_with_the_consumers_own_key(simulator: Simulator, files: Files) -> None:
    files.put(sharing(simulator))
    files.key("llama", "sk-consumers", "127.0.0.1")
    log = files.root / "decisions.jsonl"
    async with running(files.settings(decision_log=log)) as router:
        answer = await router.ask("chat")
        by_name = await router.ask("ok")
        models = (await router.http.get(f"{router.url}/v1/models")).json()["data"]
        told = await figures(router)
    assert list(simulator.stats.keys) == [fingerprint("sk-consumers")]
    for each in (answer, by_name):
        assert (each.status_code, each.json()["model"]) == (200, "ok")
        assert each.headers["x-optipath-provider"] == SHARED
    assert {model["id"]: model["owned_by"] for model in models}["ok"] == SHARED
    assert told.by("target", "optipath_attempts_total", provider=SHARED, outcome="ok") == {f"{SHARED}/ok": 2}
    assert told.total("gen_ai_client_operation_duration_seconds_count", gen_ai_provider_name=SHARED) == 2
    assert [json.loads(line)["target"] for line in log.read_text().splitlines()] == [f"{SHARED}/ok"] * 2


@pytest.mark.case("X03")
async def test_a_shared_provider_gets_no_key_that_its_host_is_not_named_for(simulator: Simulator, files: Files) -> None:
    files.put(sharing(simulator))
    files.key("llama", "sk-consumers", "elsewhere.example")
    async with running(files.settings()) as router:
        answer = await router.ask("chat")
        record = await router.decision(answer)
        told = await figures(router)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_auth_error")
    assert "llama.hosts" in answer.json()["error"]["message"]
    assert [passed["reason"] for passed in record["passed_over"]] == ["credential_host_mismatch"]
    assert told.by("reason", "optipath_passed_over_total", provider=SHARED) == {"credential_host_mismatch": 1}
    assert simulator.stats.count == 0


@pytest.mark.case("X03")
async def test_what_is_no_longer_shared_is_dropped_while_it_is_in_use(simulator: Simulator, files: Files) -> None:
    simulator.map["ok"] = "drip-20+tokens-20"
    files.put(sharing(simulator))
    files.key("llama", "sk-consumers", "127.0.0.1")
    async with running(files.settings()) as router:
        opened = await router.open("chat")
        files.put(snapshot(targets=["llama/ok-own"], providers=[provider("llama", url=simulator.url)], egress=LOOPBACK))
        while (late := await router.ask("chat")).status_code == 200:
            pass
        stream = await router.opened(opened)
        told = await figures(router)
    assert (late.status_code, late.json()["error"]["code"]) == (404, "model_not_found")
    assert stream.finished, "what was under way comes to its end"
    assert not told.total("optipath_target_available", provider=SHARED)
