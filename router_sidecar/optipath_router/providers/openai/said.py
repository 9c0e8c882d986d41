"""What is said in a delta of a stream, or in the message of a whole answer.

Of what is only looked at the shape is not ours to judge: an odd field must
not cost the caller a good answer.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from optipath_router.chat.tokens import piece_tokens
from optipath_router.providers.openai.usage import field


class Said(msgspec.Struct, frozen=True):
    """A delta or a message."""

    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None
    audio: Any = None


def tokens_said(said: Said) -> int | None:
    """About how many tokens a delta has; None where nothing is said in it."""
    text = said.content
    if type(text) is str and text and said.tool_calls is said.reasoning_content is said.reasoning is None:
        return piece_tokens(text)  # nearly all of them
    something = (
        text
        or said.reasoning_content
        or said.reasoning
        or said.refusal
        or said.tool_calls
        or said.function_call is not None
        or said.audio is not None
    )
    return sum(map(piece_tokens, texts(said))) if something else None


def texts(said: Said) -> Iterator[str]:
    """Everything in it that is made of tokens."""
    for text in (said.content, said.reasoning_content, said.reasoning, said.refusal):
        if isinstance(text, str):
            yield text
    for call in said.tool_calls if isinstance(said.tool_calls, list) else ():
        for name in ("name", "arguments"):
            if isinstance(text := field(field(call, "function"), name), str):
                yield text
