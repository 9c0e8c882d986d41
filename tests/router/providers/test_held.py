"""Providers that would choose another model by themselves are not asked to: which one serves is the policy's to say."""

import json
from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import ChatRequest
from optipath_router.errors import RequestRejected
from optipath_router.providers import DIALECTS
from optipath_router.providers.surfaces import CHAT, SURFACES
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.router import Files, asked, running

SMALL = target("acme/small")
PASSED: dict[Wire, dict[str, Any]] = {
    Wire.CHAT: {"model": "auto", "messages": [{"role": "user", "content": "Hi"}]},
    Wire.COMPLETIONS: {"model": "auto", "prompt": "Hi"},
    Wire.RESPONSES: {"model": "auto", "input": "Hi"},
}
SURFACE = {surface.wire: surface for surface in SURFACES}


def sent(type_: str, wire: Wire, **more: Any) -> dict[str, Any]:
    request: ChatRequest = SURFACE[wire].request(json.dumps(PASSED[wire] | more).encode(), {})
    found: dict[str, Any] = json.loads(DIALECTS[type_].exchanges[wire].request(request, SMALL).body)
    return found


@pytest.mark.parametrize("wire", PASSED)
@pytest.mark.parametrize("more", [{"models": ["gpt-5"]}, {"route": "fallback"}, {"preset": "mine"}])
def test_a_request_that_lets_openrouter_choose_is_refused(wire: Wire, more: dict[str, Any]) -> None:
    with pytest.raises(RequestRejected, match=f"'{next(iter(more))}' would have the provider choose another model"):
        sent("OpenRouter", wire, **more)


@pytest.mark.parametrize("wire", PASSED)
def test_all_else_passes_as_before(wire: Wire) -> None:
    found = sent("OpenRouter", wire, provider={"sort": "price"}, models=None)
    assert found["model"] == SMALL.upstream_model
    assert found["provider"] == {"sort": "price"}


def test_elsewhere_they_are_members_like_any_other() -> None:
    assert sent("OpenAICompatible", Wire.CHAT, models=["x"])["models"] == ["x"]


@pytest.mark.row("A28")
async def test_nobody_gets_round_a_tier_by_naming_models_in_the_body(simulator: Simulator, files: Files) -> None:
    router_of_theirs = provider("acme", type="OpenRouter", url=simulator.url)
    rule = route("acme/small", models=["auto"])
    files.put(snapshot(rule, targets=[SMALL], providers=[router_of_theirs], egress=LOOPBACK))
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}{CHAT.path}", json=asked() | {"models": ["gpt-5"]})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "models"
    assert simulator.stats.count == 0
