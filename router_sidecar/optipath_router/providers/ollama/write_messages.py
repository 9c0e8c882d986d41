"""A conversation as Ollama wants it: messages of one text each, with pictures beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from optipath_router.chat.conversation import (
    Document,
    Image,
    Message,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.members import said_again
from optipath_router.providers.objects import as_object
from optipath_router.providers.prefill import without_prefill
from optipath_router.providers.unsayable import place_of, unsayable

Json = dict[str, Any]


def messages(said: Sequence[Message]) -> list[Json]:
    """What was said, without a begin of the answer that the model should go on with."""
    calls: dict[str, ToolCall] = {}
    written: list[Json] = []
    for at, message in enumerate(without_prefill(said)):
        # An id may come again in a later turn: a result answers the call that was made last.
        calls.update({part.id: part for part in message.parts if isinstance(part, ToolCall)})
        written += _message(message, calls, place_of(at, message.role))
    return written


def _message(message: Message, calls: Mapping[str, ToolCall], place: str) -> Iterator[Json]:
    """The results of tools, each a message, and then the rest, if there is any."""
    for part in message.parts:
        if isinstance(part, ToolResult) and not part.custom:
            yield from _result(part, calls, place)
    pictures, tools = _pictures(message.parts), list(_calls(message))
    thoughts = "".join(
        part.text for part in message.parts if isinstance(part, Reasoning) and part.wire in (None, Wire.OLLAMA)
    )
    content = _content(message)
    if content or pictures or tools or thoughts:
        role = "system" if message.role is Role.DEVELOPER else message.role.value
        rest: Json = {"role": "user" if message.role is Role.TOOL else role, "content": content}
        rest |= {"thinking": thoughts} if thoughts else {}
        rest |= {"images": pictures} if pictures else {}
        rest |= {"tool_calls": tools} if tools else {}
        yield {**said_again(message.extra, Wire.OLLAMA), **rest}


def _content(message: Message) -> str:
    """The text of a message: what a model said goes on from part to part, what it is told stands apart."""
    texts = [part.text for part in message.parts if isinstance(part, Text | Refusal | Document) and part.text]
    return ("" if message.role is Role.ASSISTANT else "\n\n").join(texts)


def _pictures(parts: Sequence[object]) -> list[str]:
    return [part.data for part in parts if isinstance(part, Image) and part.data is not None]


def _calls(message: Message) -> Iterator[Json]:
    for part in message.parts:
        if isinstance(part, ToolCall) and not part.custom:
            function = {"name": part.name, "arguments": as_object(part.arguments)}
            yield {"id": part.id, "function": function} if part.id else {"function": function}


def _result(part: ToolResult, calls: Mapping[str, ToolCall], place: str) -> Iterator[Json]:
    call = calls.get(part.call_id)
    if call is not None and call.custom:
        return
    # A call that is not there, such as one that was cut off with the begin of the chat, is known by its id at least.
    name = part.name or (call.name if call else part.call_id)
    if not name:
        raise unsayable(
            place, "holds a tool's result without the call's id or the tool's name: Ollama must be told one"
        )
    text = "\n".join(each.text for each in part.parts if isinstance(each, Text | Document) and each.text)
    # Releases before the end of 2025 know the call by the tool's name alone.
    answers = {"tool_call_id": part.call_id} if part.call_id else {}
    yield {"role": "tool", "tool_name": name, **answers, "content": text}
