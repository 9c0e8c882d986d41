"""How many tokens a prompt has, without a tokenizer."""

from collections.abc import Iterable
from typing import Final

from optipath_router.chat.request import Asked, Message
from optipath_router.chat.tokens import text_tokens

TOKENS_A_MESSAGE: Final = 4
"""Role and separators, as OpenAI's cookbook counts them."""
TOKENS_AN_IMAGE: Final = 800
"""About what providers count for a picture of 1024 by 1024 in full detail."""


def prompt_tokens(asked: Asked) -> int:
    """An estimate of a whole request's input tokens."""
    tools = sum(len(tool) for tool in (*(asked.tools or ()), *(asked.functions or ()))) // 4
    return tools + _messages_tokens(asked.messages)


def _messages_tokens(messages: Iterable[Message]) -> int:
    total = 0
    for message in messages:
        total += TOKENS_A_MESSAGE + len(message.tool_calls) // 4
        match message.content:
            case str(text):
                total += text_tokens(text)
            case list(parts):
                total += sum(
                    text_tokens(part.text) if part.text is not None else TOKENS_AN_IMAGE * (part.type == "image_url")
                    for part in parts
                )
            case None:
                pass
    return total
