"""Recorded requests to a provider of the caller's own dialect: to the byte as they came, but for our fields."""

import json
from typing import Any

import httpx
import pytest

from support.builders import provider, snapshot, target
from support.exchanges import Recorded, recorded
from support.paper import PaperRouter

PATHS = {
    "openai.chat": ("/v1/chat/completions", "OpenAI"),
    "openai.responses": ("/v1/responses", "OpenAI"),
    "openai.completions": ("/v1/completions", "OpenAI"),
    "openai.embeddings": ("/v1/embeddings", "OpenAI"),
    "openai.moderations": ("/v1/moderations", "OpenAI"),
    "anthropic.messages": ("/v1/messages", "Anthropic"),
    "anthropic.count_tokens": ("/v1/messages/count_tokens", "Anthropic"),
}
ASKS_USAGE = {"openai.chat", "openai.completions"}
"""Where a stream tells its usage only to who wants it: we do."""


def written(body: dict[str, Any]) -> bytes:
    """A body as SDKs write it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def passed(exchange: Recorded, body: dict[str, Any], upstream: str) -> bytes:
    """What comes to the provider, who calls the model by another name or by the same."""
    path, kind = PATHS[exchange.dialect]
    came: list[bytes] = []

    def provided(request: httpx.Request) -> httpx.Response:
        came.append(request.content)
        return httpx.Response(400, content=b'{"error":{"message":"enough","type":"invalid_request_error"}}')

    asked = target("acme/m", model=body["model"], upstream_model=upstream)
    router = PaperRouter(snapshot(providers=[provider(type=kind)], targets=[asked]), provided)
    answer = await router.post(path, written(body))
    assert len(came) == 1, answer
    return came[0]


def ours(exchange: Recorded, body: dict[str, Any], upstream: str) -> bytes:
    """A body with our fields as they must be."""
    body = {**body, "model": upstream}
    options = body.get("stream_options") or {}
    if exchange.dialect in ASKS_USAGE and body.get("stream") and not options.get("include_usage"):
        body["stream_options"] = {**options, "include_usage": True}
    return written(body)


@pytest.mark.row("B08")
@pytest.mark.parametrize("dialect", PATHS)
async def test_recorded_requests_reach_their_provider_to_the_byte(
    dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 0
    for exchange in recorded(dialect):
        if (body := exchange.asked) is None or not isinstance(body.get("model"), str) or exchange.status == 400:
            continue  # what the provider found to be no request, we may find so too
        for upstream in (body["model"], "another/name"):
            came = await passed(exchange, body, upstream)
            assert came == ours(exchange, body, upstream), exchange.id
        count += 1
    with capsys.disabled():
        print(f"\n{dialect}: {count} requests pass to the byte")  # noqa: T201  how many were checked
    assert count > 0
