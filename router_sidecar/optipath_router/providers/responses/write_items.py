"""Messages, as the input items of a request."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, assert_never

import msgspec

from optipath_router.chat.conversation import (
    Audio,
    Document,
    Hosted,
    Image,
    Message,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.members import said_again
from optipath_router.providers.responses.read_parts import ContentPart
from optipath_router.providers.responses.thoughts import one_item, thought_item
from optipath_router.providers.responses.write_parts import input_content, output_content

_SPEAKS = {
    Role.SYSTEM: "system",
    Role.DEVELOPER: "developer",
    Role.USER: "user",
    Role.ASSISTANT: "assistant",
    # What stands beside a tool's result is the caller's word.
    Role.TOOL: "user",
}

_NO_TEXT = Image | Document | Audio

Item = dict[str, Any] | msgspec.Raw


def write_items(messages: Sequence[Message], *, ours: bool) -> list[Item]:
    """The items that say messages, with sounds and cache marks where they were written for this dialect."""
    return [item for message in messages for item in _items(message, ours=ours)]


def _items(message: Message, *, ours: bool) -> Iterator[Item]:
    """The items of one message: its content together, and whatever is no content by itself."""
    extra = said_again(message.extra, Wire.RESPONSES)
    for parts in runs(message.parts, of_model=message.role is Role.ASSISTANT):
        match parts[0]:
            case Hosted(wire=Wire.RESPONSES, raw=raw):
                yield raw
            case Hosted():
                pass
            case ToolCall() as call:
                yield call_item(call, call.item)
            case ToolResult() as result:
                yield _result(result, ours=ours)
            case Reasoning() as thought:
                thoughts = [part for part in parts if isinstance(part, Reasoning)]
                if thought.wire is Wire.RESPONSES:
                    yield {**thought_item(thoughts, thought.id), **extra}
            case Text() | Refusal() | Image() | Document() | Audio():
                content = [part for part in parts if isinstance(part, ContentPart)]
                yield {**_message(message, content, ours=ours), **extra}
            case part:
                assert_never(part)


def runs(parts: Sequence[Part], *, of_model: bool) -> list[list[Part]]:
    """Parts that stand in one item each. A message of the model's holds nothing but text."""
    together: list[list[Part]] = [[parts[0]]] if parts else []
    for last, part in pairwise(parts):
        mixed = of_model and (isinstance(last, _NO_TEXT) or isinstance(part, _NO_TEXT))
        if _together(last, part) and not mixed:
            together[-1].append(part)
        else:
            together.append([part])
    return together


def _together(last: Part, part: Part) -> bool:
    match last, part:
        case Reasoning(), Reasoning():
            return one_item(last, part)
        case ((Text() | Refusal()), (Text() | Refusal())):
            return last.item == part.item
        case _:
            return isinstance(last, ContentPart) and isinstance(part, ContentPart)


def _message(message: Message, content: Sequence[ContentPart], *, ours: bool) -> dict[str, Any]:
    """A message item. What the model said is text; a picture of its own is shown to it as the user's."""
    said = [part for part in content if isinstance(part, Text | Refusal)]
    if message.role is not Role.ASSISTANT or not said:
        role = "user" if message.role is Role.ASSISTANT else _SPEAKS[message.role]
        plain = message.plain and len(said) == len(content) == 1
        return {
            "type": "message",
            "role": role,
            "content": said[0].text if plain else input_content(content, ours=ours),
        }
    first = said[0]
    named = {"id": first.item, "status": "completed"} if first.item else {}
    phase = {"phase": first.phase} if isinstance(first, Text) and first.phase else {}
    simple = len(said) == 1 and isinstance(first, Text) and not (first.item or first.citations or first.extra)
    return {
        "type": "message",
        **named,
        "role": "assistant",
        "content": first.text if simple else output_content(said),
        **phase,
    }


def call_item(call: ToolCall, item: str | None) -> dict[str, Any]:
    """The item of a tool call."""
    said = "input" if call.custom else "arguments"
    return {
        "type": "custom_tool_call" if call.custom else "function_call",
        **({"id": item} if item else {}),
        "call_id": call.id,
        "name": call.name,
        said: call.arguments,
        **said_again(call.extra, Wire.RESPONSES),
    }


def _result(result: ToolResult, *, ours: bool) -> dict[str, Any]:
    parts = result.parts
    match parts:
        case ():
            output: Any = ""
        case (Text(text=text, cache=None, extra=None),):
            output = text
        case _:
            output = input_content(parts, ours=ours)
    return {
        "type": "custom_tool_call_output" if result.custom else "function_call_output",
        "call_id": result.call_id,
        "output": output,
        **said_again(result.extra, Wire.RESPONSES),
    }
