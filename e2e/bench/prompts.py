"""Requests to measure with: the sizes that performance.md speaks of."""

import json

from optipath_router.chat.request import ChatRequest
from optipath_router.providers.openai.asked import read_asked

_SENTENCE = "The quick brown fox jumps over the lazy dog, and then it writes a report about it. "

_TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search the documents of a project for some words, newest first. " * 3,
        "parameters": {
            "type": "object",
            "properties": {name: {"type": "string", "description": "What it is for."} for name in "abcdefgh"},
        },
    },
}


def body(size: int, *, messages: int = 1, tools: int = 0, model: str = "auto", stream: bool = True) -> bytes:
    """A chat completion request of about this many bytes."""
    rest = {"model": model, "stream": stream, **({"tools": [_TOOL] * tools} if tools else {})}
    room = (size - len(json.dumps(rest)) - 40 * messages) // messages
    text = (_SENTENCE * (room // len(_SENTENCE) + 1))[:room]
    return json.dumps({**rest, "messages": [{"role": "user", "content": text}] * messages}).encode()


def request(size: int) -> ChatRequest:
    """The same, read."""
    sent = body(size)
    return ChatRequest("request", "decision", 0.0, {"content-type": "application/json"}, sent, read_asked(sent))


def sizes(model: str = "auto", *, stream: bool = True) -> dict[str, bytes]:
    """The sizes, and a request of each."""
    return {
        "1 KiB": body(KIB, model=model, stream=stream),
        "20 KiB, 40 messages, 10 tools": body(20 * KIB, messages=40, tools=10, model=model, stream=stream),
        "100 KiB": body(100 * KIB, model=model, stream=stream),
    }


KIB = 1024
