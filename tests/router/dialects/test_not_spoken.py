"""What the dialect of one target has no words for, and that of the next has."""

import json
from typing import Any

import httpx

from support.builders import provider, route, snapshot, target
from support.paper import PaperRouter

ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "g",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
}
SOUND = {"type": "input_audio", "input_audio": {"data": "QQ=="}}


class Both:
    """A router whose rule asks Gemini first, and then another, if there is one."""

    def __init__(self, *names: str) -> None:
        self.hosts: list[str] = []
        kinds = {"gemini": "Gemini", "gpt": "OpenAI"}
        of = [provider(name, type=kinds[name], url=f"https://{name}.example/v1") for name in names]
        targets = [target(f"{name}/m") for name in names]
        rule = route(*(each.name for each in targets), models=["m"])
        self._router = PaperRouter(snapshot(rule, targets=targets, providers=of), self._provided)

    def _provided(self, request: httpx.Request) -> httpx.Response:
        self.hosts.append(request.url.host)
        return httpx.Response(200, json=ANSWER)

    async def ask(self) -> tuple[int, dict[str, Any]]:
        messages = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, SOUND]}]
        answer = await self._router.post(
            "/v1/chat/completions", json.dumps({"model": "m", "messages": messages}).encode()
        )
        return answer.status, json.loads(answer.body)


async def test_the_next_target_is_asked_and_the_first_one_is_sent_nothing() -> None:
    both = Both("gemini", "gpt")
    for _ in range(8):  # and it counts against nobody's health
        status, body = await both.ask()
        assert (status, body["choices"][0]["message"]["content"]) == (200, "Yes.")
    assert set(both.hosts) == {"gpt.example"}


async def test_where_no_target_has_words_for_it_the_caller_is_told_the_place() -> None:
    alone = Both("gemini")
    status, body = await alone.ask()
    assert (status, body["error"]["code"], alone.hosts) == (400, "no_eligible_target", [])
    assert "gemini/m: message 1 of the chat (role user) holds a sound without a format" in body["error"]["message"]
