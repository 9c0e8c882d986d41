"""A provider of another dialect beside one's own changes nothing for requests that it does not serve."""

import json
from typing import Any

import httpx
import pytest

from support.builders import provider, snapshot, target
from support.paper import Answered, PaperRouter

ODD = {
    "a form that only vLLM knows": {"response_format": {"type": "structural_tag"}},
    "a role that only ChatGLM knows": {"messages": [{"role": "observation", "content": "Rain."}]},
    "a result without its call": {"messages": [{"role": "tool", "content": "Rain."}]},
    "a switch instead of an object": {"thinking": "on"},
}


def router() -> PaperRouter:
    def provided(_: httpx.Request) -> httpx.Response:
        message = {"role": "assistant", "content": "Hi."}
        return httpx.Response(200, json={"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    both = (provider("own"), provider("claude", type="Anthropic"))
    return PaperRouter(snapshot(providers=both, targets=[target("own/m"), target("claude/c")]), provided)


async def asked(model: str, **members: Any) -> Answered:
    body = {"messages": [{"role": "user", "content": "Hello"}], **members, "model": model}
    return await router().post("/v1/chat/completions", json.dumps(body).encode())


@pytest.mark.row("B08")
@pytest.mark.parametrize("members", ODD.values(), ids=ODD)
async def test_what_passes_as_it_came_is_the_provider_s_to_judge(members: dict[str, Any]) -> None:
    assert (await asked("m", **members)).status == 200


@pytest.mark.parametrize("members", ODD.values(), ids=ODD)
async def test_what_must_be_translated_and_cannot_be_read_is_refused_by_name(members: dict[str, Any]) -> None:
    refused = await asked("c", **members)
    told = json.loads(refused.body)["error"]
    assert (refused.status, told["code"]) == (400, "no_eligible_target")
    assert "Other (" in told["message"]
    assert next(iter(members)) in told["message"]
