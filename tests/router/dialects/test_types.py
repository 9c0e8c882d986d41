"""The SDKs' own types accept every answer that is translated: nothing is missing, and nothing of another kind."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter, ValidationError

from support.builders import provider, snapshot, target
from support.exchanges import Recorded, recorded
from support.paper import PaperRouter
from support.said import events
from support.surfaces import SURFACES

TYPES: dict[str, tuple[TypeAdapter[Any], TypeAdapter[Any]]] = {
    "chat": (TypeAdapter(ChatCompletion), TypeAdapter(ChatCompletionChunk)),
    "messages": (TypeAdapter(anthropic.types.Message), TypeAdapter(anthropic.types.RawMessageStreamEvent)),
    "responses": (TypeAdapter(Response), TypeAdapter(ResponseStreamEvent)),
}
"""Of a whole answer, and of an event."""
SPOKEN = {
    "openai.chat": "OpenAICompatible",
    "anthropic.messages": "Anthropic",
    "gemini.generate": "Gemini",
    "ollama.chat": "Ollama",
}
OWN = {("chat", "openai.chat"), ("messages", "anthropic.messages")}
"""What passes, and is the provider's affair."""
KNOWN = {("messages", "61cc6386c25bfbf8"): "it ended for a reason of its own, which stays in the provider's word"}
"""Where a type does not accept what we tell, and why we tell it."""


def told(body: bytes, *, streams: bool) -> Iterator[Any]:
    """The answer, or each event of it; an error inside is none of it."""
    if not streams:
        yield json.loads(body)
        return
    for event in events(body):
        if isinstance(event, dict) and not (event.get("error") or event.get("type") in {"error", "response.failed"}):
            yield event


class Providers:
    """A router for each dialect, whose provider answers with what was recorded."""

    def __init__(self) -> None:
        self._routers: dict[str, PaperRouter] = {}
        self._now: Recorded | None = None

    async def answer(self, surface: str, exchange: Recorded) -> bytes | None:
        """What a caller is answered; None where it is an error."""
        self._now, at = exchange, SURFACES[surface]
        router = self._routers.get(exchange.dialect) or self._new(exchange.dialect)
        self._routers[exchange.dialect] = router
        answer = await router.post(at.path, json.dumps(at.body("hello", "m", streams=exchange.streams)).encode())
        if answer.status == 200:
            return answer.body
        # It remembers what went wrong.
        del self._routers[exchange.dialect]
        return None

    def _new(self, dialect: str) -> PaperRouter:
        return PaperRouter(snapshot(providers=[provider(type=SPOKEN[dialect])], targets=[target("acme/m")]), self._say)

    def _say(self, _: httpx.Request) -> httpx.Response:
        assert self._now is not None
        kind = "text/event-stream" if self._now.streams else "application/json"
        return httpx.Response(200, headers={"content-type": kind}, content=self._now.body)


@pytest.mark.row("A17", "B04", "E01", "E03")
@pytest.mark.parametrize("surface", SURFACES)
async def test_every_recorded_answer_is_of_the_sdks_types(surface: str, capsys: pytest.CaptureFixture[str]) -> None:
    accepted, providers = 0, Providers()
    wrong: Counter[str] = Counter()
    for exchange in recorded(*SPOKEN):
        if exchange.status != 200 or (surface, exchange.dialect) in OWN or (surface, exchange.id) in KNOWN:
            continue
        body = await providers.answer(surface, exchange)
        if body is None:
            continue
        adapter = TYPES[surface][exchange.streams]
        try:
            for each in told(body, streams=exchange.streams):
                adapter.validate_python(each)
        except ValidationError as error:
            first = error.errors()[0]
            wrong[f"{exchange.dialect}: {first['loc']} {first['msg']} {str(first['input'])[:60]} ({exchange.id})"] += 1
        else:
            accepted += 1
    with capsys.disabled():
        print(f"\n{surface}: the SDK's types accept {accepted} recorded answers")  # noqa: T201  how many were checked
    assert not wrong, "\n".join(f"{count} {what}" for what, count in wrong.most_common(40))
    assert accepted > 100
