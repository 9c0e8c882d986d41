"""Thoughts in conversations that providers of several wire formats answer in turn."""

import json
from typing import Any

import httpx
import pytest

from support.builders import provider, route, snapshot, target
from support.paper import PaperRouter

THOUGHT = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"},
        {"type": "text", "text": "Four."},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 3, "output_tokens": 5},
}


@pytest.mark.row("E03")
async def test_a_thought_comes_back_to_its_own_provider_and_to_no_other() -> None:
    """A caller of Responses is given Claude's signed thought, and returns it with the next question."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def provided(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, json.loads(request.content)))
        return httpx.Response(200, json=THOUGHT if "claude" in request.url.host else {"id": "resp_1", "output": []})

    of = (provider("claude", type="Anthropic", url="https://claude.example"), provider("gpt", type="OpenAI"))
    targets = [target("claude/c"), target("gpt/g")]
    router = PaperRouter(snapshot(route("claude/c", models=["c"]), targets=targets, providers=of), provided)
    first = [{"role": "user", "content": "2+2?"}]

    answer = json.loads((await router.post("/v1/responses", body("c", first))).body)
    assert answer["created_at"] > 0
    history = [*first, *answer["output"], {"role": "user", "content": "Sure?"}]
    await router.post("/v1/responses", body("c", history))
    await router.post("/v1/responses", body("g", history))

    (_, _), (_, to_claude), (path, to_gpt) = asked
    assert {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"} in to_claude["messages"][1]["content"]
    assert path.endswith("/responses")
    assert "optipath:" not in json.dumps(to_gpt)
    assert "Four." in json.dumps(to_gpt)


def body(model: str, given: list[dict[str, Any]]) -> bytes:
    return json.dumps({"model": model, "input": given, "include": ["reasoning.encrypted_content"]}).encode()
