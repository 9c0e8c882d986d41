"""The items of an answer that is written: what each kind looks like once it is whole."""

from collections.abc import Sequence
from typing import Any, Final

from optipath_router.chat.conversation import Image, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.providers.responses.citations import annotations
from optipath_router.providers.responses.thoughts import Sealed, seal, thought_item
from optipath_router.providers.responses.write_items import call_item

Event = tuple[str, dict[str, Any]]
"""What a stream tells of an item: the type of the event, and its members, but for where it stands in the stream."""

MESSAGE: Final = "msg"
THOUGHT: Final = "rs"
CALL: Final = "fc"
CUSTOM_CALL: Final = "ctc"
IMAGE: Final = "ig"


def message(
    parts: Sequence[Text | Refusal], name: str, status: str, logprobs: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """A message with all its content; log-probabilities are of its first text."""
    phase = next((part.phase for part in parts if isinstance(part, Text) and part.phase), None)
    left = list(logprobs)
    content = []
    for part in parts:
        if isinstance(part, Text):
            content.append(output_text(part.text, annotations(part.citations, part.text), left))
            left = []
        else:
            content.append(refusal(part.text))
    return {
        "id": name,
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": content,
        **({"phase": phase} if phase else {}),
    }


def output_text(text: str, cited: list[dict[str, Any]], logprobs: list[dict[str, Any]]) -> dict[str, Any]:
    """A text of a message."""
    return {"type": "output_text", "text": text, "annotations": cited, "logprobs": logprobs}


def refusal(text: str) -> dict[str, Any]:
    """A refusal in a message."""
    return {"type": "refusal", "refusal": text}


def reasoning(thoughts: Sequence[Reasoning], name: str) -> dict[str, Any]:
    """What the model thought."""
    return thought_item(thoughts, name)


def signature(call: ToolCall, name: str) -> dict[str, Any]:
    """The item beside a tool call that carries its signature."""
    encrypted = seal(Sealed(signature=call.signature, call=call.id))
    return {"id": name, "type": "reasoning", "summary": [], "encrypted_content": encrypted}


def tool_call(call: ToolCall, name: str, status: str) -> dict[str, Any]:
    """A tool call. One without arguments has an empty object of them, as the API always says it."""
    return {**call_item(call, name), said_member(call): arguments(call), "status": status}


def arguments(call: ToolCall) -> str:
    """The arguments of a call, or the text of one that takes text."""
    return call.arguments if call.arguments or call.custom else "{}"


def said_member(call: ToolCall) -> str:
    """The member in which a call says its arguments."""
    return "input" if call.custom else "arguments"


def image(part: Image, name: str) -> dict[str, Any]:
    """A picture that the model made, as the API's own tool gives one."""
    return {"id": name, "type": "image_generation_call", "status": "completed", "result": part.data}


def told_id(part: Reasoning) -> str | None:
    """The provider's own id of a thought."""
    return part.id if part.wire is Wire.RESPONSES else None
