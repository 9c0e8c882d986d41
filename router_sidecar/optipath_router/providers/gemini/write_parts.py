"""A conversation as Gemini wants it: a system instruction, and contents of `user` and `model` by turns.

What one side says in several messages becomes one content: the results of
all calls of a turn must stand together, and right behind it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

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
from optipath_router.providers.gemini.media import media
from optipath_router.providers.gemini.models import older
from optipath_router.providers.members import said_again
from optipath_router.providers.objects import as_object, is_object
from optipath_router.providers.prefill import without_prefill
from optipath_router.providers.unsayable import place_of, unsayable

_SYSTEM: Final = (Role.SYSTEM, Role.DEVELOPER)

# Google's word for a call that no Gemini wrote, or whose signature the caller did not keep: without one, Gemini 3
# refuses the conversation (ai.google.dev/gemini-api/docs/thought-signatures).
_NO_SIGNATURE: Final = "skip_thought_signature_validator"

Json = dict[str, Any]


def instruction(messages: Iterable[Message]) -> list[Json]:
    """The parts of the system instruction: whatever system and developer say, wherever it stands."""
    parts = (part for message in messages if message.role in _SYSTEM for part in message.parts)
    return [{"text": part.text} for part in parts if isinstance(part, Text | Refusal) and part.text]


def contents(messages: Sequence[Message], model: str) -> list[Json]:
    """What user and model said by turns, without a begin of the answer that the model should go on with."""
    spoken = without_prefill([message for message in messages if message.role not in _SYSTEM])
    places = (place_of(at, message.role) for at, message in enumerate(messages) if message.role not in _SYSTEM)
    calls: dict[str, ToolCall] = {}
    turns: list[Json] = []
    for message, place in zip(spoken, places, strict=False):
        # An id may come again in a later turn: a result answers the call that was made last.
        calls.update({part.id: part for part in message.parts if isinstance(part, ToolCall)})
        role = "model" if message.role is Role.ASSISTANT else "user"
        parts = [each for part in message.parts for each in _part(part, calls, model, place)]
        if turns and turns[-1]["role"] == role:
            turns[-1]["parts"] += parts
        elif parts:
            turns.append({"role": role, "parts": parts})
    return [_signed(turn, model) for turn in turns]


def _part(part: Part, calls: Mapping[str, ToolCall], model: str, place: str) -> Iterator[Json]:
    """What a part becomes; nothing where Gemini has no word for it."""
    match part:
        case Text() | Refusal() if part.text:
            yield {"text": part.text, **said_again(part.extra, Wire.GEMINI)}
        case Image() | Document() | Audio():
            yield from media(part, place)
        case Reasoning(wire=Wire.GEMINI):
            yield from _thought(part)
        case ToolCall(custom=False):
            yield _call(part)
        case ToolResult(custom=False):
            yield from _result(part, calls.get(part.call_id), model, place)
        case Hosted(wire=Wire.GEMINI):
            yield msgspec.json.decode(part.raw, type=Json)
        case _:
            pass


def _thought(part: Reasoning) -> Iterator[Json]:
    signature = {"thoughtSignature": part.signature} if part.signature else {}
    if part.text:
        yield {"text": part.text, "thought": True, **signature}
    elif signature:
        yield {"text": "", **signature}


def _call(part: ToolCall) -> Json:
    call: Json = {"name": part.name, "args": as_object(part.arguments)}
    if part.id:
        call["id"] = part.id
    said: Json = {"functionCall": call, **said_again(part.extra, Wire.GEMINI)}
    if part.signature:
        said["thoughtSignature"] = part.signature
    return said


def _result(part: ToolResult, call: ToolCall | None, model: str, place: str) -> Iterator[Json]:
    """A function's response; older models want files beside it, and newer ones in it."""
    if call is not None and call.custom:
        return
    # A call that is not there, such as one that was cut off with the begin of the chat, is known by its id at least.
    name = part.name or (call.name if call else part.call_id)
    if not name:
        raise unsayable(
            place, "holds a tool's result without the call's id or the tool's name: Gemini must be told one"
        )
    text = "\n".join(each.text for each in part.parts if isinstance(each, Text))
    files = [each for inner in part.parts if not isinstance(inner, Text) for each in media(inner, place)]
    response: Any = {"error" if part.failed else "output": text}
    if not part.failed and is_object(text):
        response = msgspec.Raw(text.encode())
    elif files and not text:
        response = {}
    said: Json = {"name": name, "response": response}
    if part.call_id:
        said["id"] = part.call_id
    if files and not older(model):
        said["parts"], files = files, []
    yield {"functionResponse": said}
    yield from files


def _signed(turn: Json, model: str) -> Json:
    """A turn whose signatures are where Gemini expects them: in the text that they are of, and in the first call."""
    parts: list[Json] = []
    for part in turn["parts"]:
        alone = part.get("text") == "" and parts and set(parts[-1]) == {"text"}
        if alone:
            parts[-1] = {**parts[-1], "thoughtSignature": part["thoughtSignature"]}
        else:
            parts.append(part)
    first = next((part for part in parts if "functionCall" in part), None)
    if first is not None and "thoughtSignature" not in first and not older(model):
        first["thoughtSignature"] = _NO_SIGNATURE
    return {"role": turn["role"], "parts": parts}
