"""The items of a provider's answer, and the parts that they are.

An odd member must not cost the caller a good answer: what is no text is passed
over, and an item of a kind that we do not know is the provider's own tool.
"""

from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Citation, Hosted, Part, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.providers.responses.citations import read_citation
from optipath_router.providers.responses.thoughts import read_thoughts

_encode: Final = msgspec.json.Encoder().encode


class OutputItem(msgspec.Struct, frozen=True):
    """An item of an answer."""

    type: Any = None
    id: Any = None
    content: Any = None
    summary: Any = None
    encrypted_content: Any = None
    phase: Any = None
    call_id: Any = None
    name: Any = None
    arguments: Any = None
    input: Any = None


CALLS: Final = ("function_call", "custom_tool_call")
_decode: Final = msgspec.json.Decoder(OutputItem).decode


def read_item(raw: msgspec.Raw) -> OutputItem:
    """An item, as far as it can be read."""
    try:
        return _decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return OutputItem()


def item_parts(item: OutputItem, raw: msgspec.Raw) -> list[Part]:
    """The parts that an item is."""
    match item.type:
        case "message":
            return [part for each in _list(item.content) if (part := content_part(item, each)) is not None]
        case "reasoning":
            return list(thoughts(item))
        case "function_call" | "custom_tool_call":
            return [call(item)]
        case kind:
            return [Hosted(Wire.RESPONSES, raw.copy(), text(kind))]


def content_part(item: OutputItem, told: Any) -> Text | Refusal | None:
    """A piece of a message's content; None where it says nothing that we know."""
    if not isinstance(told, dict):
        return None
    if told.get("type") == "refusal":
        return Refusal(text(told.get("refusal")), item=name(item.id))
    if not isinstance(said := told.get("text"), str):
        return None
    return Text(said, citations(told.get("annotations")), item=name(item.id), phase=name(item.phase))


def citations(told: Any) -> tuple[Citation, ...]:
    """The citations that annotations are."""
    return tuple(found for each in _list(told) if (found := read_citation(_encode(each))) is not None)


def thoughts(item: OutputItem) -> tuple[Reasoning, ...]:
    """The parts that a reasoning item is."""
    return read_thoughts(name(item.id), _texts(item.summary), _texts(item.content), name(item.encrypted_content))


def call(item: OutputItem) -> ToolCall:
    """The tool call that an item is."""
    custom = item.type == "custom_tool_call"
    said = text(item.input if custom else item.arguments)
    return ToolCall(text(item.call_id), text(item.name), said, custom=custom, item=name(item.id))


def name(value: Any) -> str | None:
    """A text that says something, or None."""
    return value if isinstance(value, str) and value else None


def text(value: Any) -> str:
    """A text, empty where a value is none."""
    return value if isinstance(value, str) else ""


def _texts(told: Any) -> list[str]:
    return [each["text"] for each in _list(told) if isinstance(each, dict) and name(each.get("text"))]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
