"""What a chunk of a translated stream takes to read and to write, by who speaks what."""

import json
from collections.abc import Iterator
from typing import Any, Final

from e2e.bench.figure import Figure, microseconds
from optipath_router.chat.request import ChatRequest
from optipath_router.providers import DIALECTS
from optipath_router.providers.surface import Surface
from optipath_router.providers.surfaces import CHAT, MESSAGES, RESPONSES
from optipath_snapshot import Target

_CHUNKS: Final = 200
_MOST_MICROS: Final = 40
"""Of the 85 that a chunk may take with all of the router."""


def _event(data: dict[str, Any]) -> bytes:
    name = b"event: %b\n" % str(data["type"]).encode() if "type" in data else b""
    return name + b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"


_GPT_CHOICE: Final = {"index": 0, "delta": {"content": " word"}, "logprobs": None, "finish_reason": None}
_STREAMS: Final[dict[str, tuple[list[dict[str, Any]], dict[str, Any]]]] = {
    "OpenAICompatible": (
        [],
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "gpt-5-mini",
            "choices": [_GPT_CHOICE],
            "usage": None,
        },
    ),
    "Anthropic": (
        [
            {
                "type": "message_start",
                "message": {
                    "id": "m",
                    "type": "message",
                    "model": "claude",
                    "content": [],
                    "usage": {"input_tokens": 9},
                },
            },
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        ],
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " word"}},
    ),
    "Gemini": (
        [],
        {
            "candidates": [{"content": {"parts": [{"text": " word"}], "role": "model"}, "index": 0}],
            "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 7, "totalTokenCount": 16},
            "modelVersion": "gemini-2.5-flash",
            "responseId": "r",
        },
    ),
}
"""By the type of who sends it: what a stream begins with, and one of its chunks."""
_WAYS: Final = (
    ("Anthropic", CHAT, "Anthropic to OpenAI"),
    ("Gemini", CHAT, "Gemini to OpenAI"),
    ("OpenAICompatible", MESSAGES, "OpenAI to Anthropic"),
    ("Gemini", MESSAGES, "Gemini to Anthropic"),
    ("OpenAICompatible", RESPONSES, "OpenAI to Responses"),
    ("Anthropic", RESPONSES, "Anthropic to Responses"),
)


def translating() -> Iterator[Figure]:
    """Each chunk alone, as it comes."""
    for sender, surface, name in _WAYS:
        yield Figure(f"translate a chunk, {name}", _micros(sender, surface), "µs", reach=_MOST_MICROS, must=True)


def _micros(sender: str, surface: Surface) -> float:
    opening, chunk = _STREAMS[sender]
    begin, event = b"".join(map(_event, opening)), _event(chunk)
    request = _request(surface)
    exchange = DIALECTS[sender].exchange(request, Target(name="p/m", provider="p", model="m", upstream_model="m"))
    if exchange is None or not exchange.translates:
        raise LookupError(f"{sender} is not translated for {surface.path}")

    def stream() -> None:
        reader = exchange.reader(request)
        list(reader.feed(begin + event))
        for _ in range(_CHUNKS):
            list(reader.feed(event))

    return microseconds(stream) / _CHUNKS


def _request(surface: Surface) -> ChatRequest:
    said: dict[str, Any] = {"model": "m", "stream": True}
    if surface is RESPONSES:
        said["input"] = "Say something."
    else:
        said |= {"messages": [{"role": "user", "content": "Say something."}], "max_tokens": 100}
    body = json.dumps(said).encode()
    return surface.request(body, {})
