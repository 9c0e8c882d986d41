"""Estimates of prompts' tokens, against what providers counted."""

import sys
from collections import defaultdict
from hashlib import sha256
from statistics import median
from typing import Any, Final

import msgspec
import pytest

from optipath_router.chat.request import Asked
from optipath_router.classify.tokens import prompt_tokens
from optipath_router.providers.openai.codec import CODECS
from optipath_router.providers.surface import Surface
from optipath_router.providers.surfaces import CHAT, MESSAGES, RESPONSES
from support import gemini
from support.exchanges import Recorded, recorded

SURFACES: Final = {surface.wire.value: surface for surface in (CHAT, MESSAGES, RESPONSES)}
ELSEWHERE: Final = ("previous_response_id", "conversation", "prompt")
"""Members by which the prompt is not in the request."""
NOT_TEXT: Final = {"image-in", "audio-in", "document-in", "hosted-tool"}
MOST: Final = {"text": 0.12, "tools": 0.20}
"""The median error that we want at most."""


def counted(exchange: Recorded) -> int | None:
    """All of the input, as the provider counted it."""
    usage = (exchange.expect or {}).get("usage") or {}
    if not usage.get("input") or exchange.asked is None or NOT_TEXT & set(exchange.tags):
        return None
    if any(exchange.asked.get(name) for name in ELSEWHERE):
        return None
    beside = ("cache_read", "cache_write") if exchange.dialect == "anthropic.messages" else ()
    return int(usage["input"]) + sum(usage.get(name) or 0 for name in beside)


def asked(exchange: Recorded) -> tuple[Surface, Asked]:
    """What routing would have seen; what was asked in Gemini's format as an app asks it for Gemini."""
    body: dict[str, Any] = exchange.asked or {}
    if exchange.dialect == "gemini.generate":
        chat = gemini.chat_of(gemini.normal(body))
        return CHAT, CHAT.read_asked(CODECS["OpenAI"].write_chat(chat, "gemini", streams=False).body)
    surface = SURFACES[exchange.dialect]
    return surface, surface.read_asked(msgspec.json.encode(body))


def kind(seen: Asked) -> str:
    if seen.tools or seen.functions or any(each.tool_calls or each.role == "tool" for each in seen.messages):
        return "tools"
    return "schema" if seen.wants_schema else "text"


def test_estimates_are_near_what_providers_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """On the half of the recordings to which nothing was fitted."""
    errors: dict[str, list[float]] = defaultdict(list)
    for exchange in recorded(*SURFACES, "gemini.generate"):
        told = counted(exchange)
        if told is not None and sha256(exchange.id.encode()).digest()[0] % 2:
            surface, seen = asked(exchange)
            errors[kind(seen)].append(abs(prompt_tokens(seen, surface.wire) / told - 1))
    with capsys.disabled():
        told_of = (f"{name}: median error {median(each):.1%} of {len(each)}" for name, each in sorted(errors.items()))
        sys.stdout.write("\nestimated prompts: " + "; ".join(told_of) + "\n")
    for name, most in MOST.items():
        assert len(errors[name]) > 150
        assert median(errors[name]) <= most
