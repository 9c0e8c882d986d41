"""How many tokens a prompt has, without a tokenizer."""

from typing import Final

from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import Asked, Message
from optipath_router.chat.tokens import SCHEMA, tokens
from optipath_router.classify.frames import frame_of

TOKENS_AN_IMAGE: Final = 800
"""About what providers count for a picture of 1024 by 1024 in full detail."""


def prompt_tokens(asked: Asked, wire: Wire = Wire.CHAT) -> int:
    """An estimate of a whole request's input tokens."""
    frame = frame_of(asked.model, wire)
    text, calls, images = 0.0, 0.0, 0
    for message in asked.messages:
        text += _text(message)
        if message.tool_calls:
            calls += tokens(bytes(message.tool_calls).decode(), SCHEMA)
        if isinstance(message.content, list):
            images += sum(part.text is None and part.type == "image_url" for part in message.content)
    total = frame.prompt + frame.message * len(asked.messages) + frame.text * text + frame.calls * calls
    if tools := (*(asked.tools or ()), *(asked.functions or ())):
        told = sum(tokens(bytes(tool).decode(), SCHEMA) for tool in tools)
        total += frame.tools + frame.tool * len(tools) + frame.schema * told
    if form := asked.response_format:
        total += frame.form * sum(tokens(bytes(said).decode(), SCHEMA) for said in (form.json_schema, form.schema))
    return round(total) + TOKENS_AN_IMAGE * images


def _text(message: Message) -> float:
    match message.content:
        case str(text):
            return tokens(text)
        case list(parts):
            return sum(tokens(part.text) for part in parts if part.text is not None)
        case None:
            return 0.0
