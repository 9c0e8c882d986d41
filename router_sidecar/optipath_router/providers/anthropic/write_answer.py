"""A whole answer, as callers of Messages read it."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, assert_never

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.conversation import (
    Audio,
    Document,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.anthropic.citations import write_citation
from optipath_router.providers.anthropic.finish import write_finish
from optipath_router.providers.anthropic.foreign import seal, sealed_call
from optipath_router.providers.anthropic.usage import write_usage
from optipath_router.providers.anthropic.write_blocks import write_input
from optipath_router.providers.members import said_again

Block = dict[str, Any] | msgspec.Raw
_encode: Final = msgspec.json.Encoder().encode


def write_answer(answer: Answer) -> bytes:
    """The first choice: a caller of Messages cannot ask for more than one."""
    choice = answer.choices[0]
    return _encode(
        {
            "id": answer.id,
            "type": "message",
            "role": "assistant",
            "model": answer.model,
            "content": list(_blocks(choice.parts)),
            "stop_reason": _stop_reason(choice),
            "stop_sequence": choice.stop_sequence,
            "usage": write_usage(answer.usage),
            **said_again(choice.extra, Wire.MESSAGES),
        }
    )


def write_thought(thought: Reasoning) -> dict[str, Any] | None:
    """A thought; None where there is nothing of it to see or to bring back."""
    seal_ = seal(thought)
    if thought.text or thought.signature is not None:
        return {"type": "thinking", "thinking": thought.text, "signature": seal_}
    return {"type": "redacted_thinking", "data": seal_} if seal_ else None


def write_call(call: ToolCall, arguments: msgspec.Raw) -> dict[str, Any]:
    """A tool call with these arguments."""
    return {
        "type": "tool_use",
        "id": call.id,
        "name": call.name,
        "input": arguments,
        **said_again(call.extra, Wire.MESSAGES),
    }


def _stop_reason(choice: Choice) -> str:
    calls = any(isinstance(part, ToolCall) for part in choice.parts)
    return write_finish(choice.finish, choice.told, choice.stop_sequence, calls=calls)


def _blocks(parts: Iterable[Part]) -> Iterator[Block]:
    for part in parts:
        if isinstance(part, ToolCall) and (sealed := sealed_call(part)) is not None:
            yield sealed
        block = _block(part)
        if block is not None:
            yield block


def _block(part: Part) -> Block | None:
    """A part as a block; None of what Messages has no block for in an answer, such as pictures and sounds."""
    block: Block | None = None
    match part:
        case Text():
            block = _text(part)
        case Refusal(text=text) if text:
            block = {"type": "text", "text": text}
        case Reasoning():
            block = write_thought(part)
        case ToolCall(arguments=arguments):
            block = write_call(part, write_input(arguments))
        case Hosted(wire=Wire.MESSAGES, raw=raw):
            block = raw
        case Refusal() | Hosted() | Image() | Document() | Audio() | ToolResult():
            pass
        case _:
            assert_never(part)
    return block


def _text(part: Text) -> Block | None:
    """Words; none where there are none, since the caller would bring an empty block back, which the API refuses."""
    if not part.text:
        return None
    citations = [write_citation(each, part.text) for each in part.citations]
    again = said_again(part.extra, Wire.MESSAGES)
    return {"type": "text", "text": part.text, **({"citations": citations} if citations else {}), **again}
