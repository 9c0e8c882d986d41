"""A whole answer, as a caller who asked for a response reads it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import (
    Audio,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Wire,
)
from optipath_router.providers.responses import output_items
from optipath_router.providers.responses.finish import COMPLETED, INCOMPLETE, write_finish
from optipath_router.providers.responses.logprobs import write_logprobs
from optipath_router.providers.responses.names import Names
from optipath_router.providers.responses.write_items import runs
from optipath_router.providers.responses.write_response import ResponseFrame

_encode: Final = msgspec.json.Encoder().encode


def write_answer(answer: Answer, chat: Chat) -> bytes:
    """A whole answer: its first choice, for nobody can ask for more in these words."""
    choice = answer.choices[0]
    frame = ResponseFrame(chat, answer=answer.id, model=answer.model, created=answer.created)
    status = write_finish(choice.finish, refuses=any(isinstance(part, Refusal) for part in choice.parts))
    items = _items(choice, frame.names, cut=status.status == INCOMPLETE)
    return _encode(frame.response(status, items, usage=answer.usage))


def _items(choice: Choice, names: Names, *, cut: bool) -> list[Any]:
    """The output items, of which the last one is not complete where the answer was cut."""
    logprobs = write_logprobs(choice.logprobs)
    items: list[Any] = []
    together = runs([part for part in map(said, choice.parts) if part is not None], of_model=True)
    for number, parts in enumerate(together):
        status = INCOMPLETE if cut and number == len(together) - 1 else COMPLETED
        items += _item(parts, names, len(items), status, logprobs)
        if isinstance(parts[0], Text):
            logprobs = []
    return items


def _item(
    parts: Sequence[Part], names: Names, index: int, status: str, logprobs: list[dict[str, Any]]
) -> Iterator[Any]:
    match parts[0]:
        case Text() | Refusal() as first:
            texts = [part for part in parts if isinstance(part, Text | Refusal)]
            yield output_items.message(texts, names.item(output_items.MESSAGE, index, first.item), status, logprobs)
        case Reasoning() as thought:
            thoughts = [part for part in parts if isinstance(part, Reasoning)]
            name = names.item(output_items.THOUGHT, index, output_items.told_id(thought))
            yield output_items.reasoning(thoughts, name)
        case ToolCall() as call:
            if call.signature:
                yield output_items.signature(call, names.item(output_items.THOUGHT, index))
                index += 1
            prefix = output_items.CUSTOM_CALL if call.custom else output_items.CALL
            yield output_items.tool_call(call, names.item(prefix, index, call.item), status)
        case Image() as image:
            yield output_items.image(image, names.item(output_items.IMAGE, index))
        case Hosted(raw=raw):
            yield raw


def said(part: Part) -> Part | None:
    """A part as it can be said in an answer: the words of a sound; None for what only another dialect could say."""
    match part:
        case Hosted(wire=wire):
            return part if wire is Wire.RESPONSES else None
        case Audio(transcript=transcript):
            return Text(transcript) if transcript else None
        case Image(data=data):
            return part if data else None
        case Text() | Refusal() | Reasoning() | ToolCall():
            return part
        case _:
            return None
