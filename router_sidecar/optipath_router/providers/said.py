"""What an error's body says, whatever shape its provider gives it.

    {"error": {"message": …, "code": …}}        OpenAI, Anthropic, Gemini
    [{"error": {…}}]                            Gemini, streaming
    {"error": "…", "code": …}                   xAI, Ollama
    {"message": …, "code": …}                   vLLM, Cerebras, Cohere, Bedrock
    {"detail": "…"}                             Mistral

A message may hold another such body as text. Everything is bounded, and what
is no JSON is read as plain text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import msgspec

MAX_BYTES: Final = 64 * 1024
"""So much of a body is looked at."""
_MAX_CHARACTERS: Final = 1000
_MAX_PARTS: Final = 32
_MAX_DEPTH: Final = 8


@dataclass(frozen=True, slots=True)
class Said:
    """An error, in lower case."""

    codes: frozenset[str]
    """Its code, type, status and reasons; numbers as digits."""
    message: str
    """Its texts, cut where they are long."""
    retry_delay: str = ""
    """Google's RetryInfo, such as `26s`."""


def said(body: bytes) -> Said:
    """What a body says; never raises."""
    value = _decoded(body[:MAX_BYTES])
    if value is None:
        return Said(frozenset(), body[:_MAX_CHARACTERS].decode(errors="replace").lower())
    parts = list(islice(_parts(value), _MAX_PARTS))
    named = (part.get(name) for part in parts for name in ("code", "type", "status", "reason", "error_type"))
    codes = (str(each) for each in named if isinstance(each, str | int))
    told = (part.get(name) for part in parts for name in ("message", "error", "detail", "raw"))
    texts = dict.fromkeys(text[:_MAX_CHARACTERS] for text in told if isinstance(text, str))
    delays = (delay for part in parts if isinstance(delay := part.get("retryDelay"), str))
    return Said(
        frozenset(code[:_MAX_CHARACTERS].lower() for code in codes),
        " ".join(texts)[:_MAX_CHARACTERS].lower(),
        next(delays, "")[:_MAX_CHARACTERS],
    )


def told(body: bytes) -> str:
    """The message of an error in its own words and letters; empty where there is none."""
    value = _decoded(body[:MAX_BYTES])
    for part in islice(_parts(value), _MAX_PARTS):
        for name in ("message", "error", "detail"):
            if isinstance(text := part.get(name), str) and not text.lstrip().startswith("{"):
                return text[:_MAX_CHARACTERS]
    return ""


def _parts(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The objects of a body in which an error may be told, the outer before the inner."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _parts(each, depth + 1)
    if not isinstance(value, dict):
        return
    yield value
    for name in ("error", "details", "metadata"):
        yield from _parts(value.get(name), depth + 1)
    message = value.get("message")
    if isinstance(message, str) and message.lstrip().startswith("{"):
        yield from _parts(_decoded(message.encode(errors="replace")), depth + 1)


def _decoded(text: bytes) -> Any:
    """The JSON that a text is; None where it is none."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
