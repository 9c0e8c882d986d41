"""How many tokens a prompt has, without a tokenizer."""

from collections.abc import Iterable
from typing import Final

import msgspec

from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import Asked
from optipath_router.chat.tokens import SCHEMA, tokens
from optipath_router.classify.frames import frame_of

TOKENS_AN_IMAGE: Final = 800
"""About what providers count for a picture of 1024 by 1024 in full detail."""


def prompt_tokens(asked: Asked, wire: Wire = Wire.CHAT) -> int:
    """An estimate of a whole request's input tokens."""
    frame = frame_of(asked.model, wire)
    texts: list[str] = []
    calls: list[msgspec.Raw] = []
    images = 0
    for message in asked.messages:
        content = message.content
        if isinstance(content, str):
            texts.append(content)
        elif content is not None:
            texts += [part.text for part in content if part.text is not None]
            images += sum(part.text is None and part.type == "image_url" for part in content)
        if message.tool_calls:
            calls.append(message.tool_calls)
    total = frame.prompt + frame.message * len(asked.messages) + frame.text * tokens(texts)
    if calls:
        total += frame.calls * _schema_tokens(calls)
    if tools := (*(asked.tools or ()), *(asked.functions or ())):
        total += frame.tools + frame.tool * len(tools) + frame.schema * _schema_tokens(tools)
    if form := asked.response_format:
        total += frame.form * _schema_tokens((form.json_schema, form.schema))
    return round(total) + TOKENS_AN_IMAGE * images


def _schema_tokens(written: Iterable[msgspec.Raw]) -> float:
    return tokens([bytes(each).decode() for each in written], SCHEMA)
