"""A whole answer of Anthropic's. Read leniently: an odd member must not cost the caller a good answer."""

from typing import Any, Final

import msgspec

from optipath_router.chat.answer import Answer, Choice
from optipath_router.chat.conversation import Extra, Hosted, Part, Reasoning, Text, ToolCall, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.citations import read_citation
from optipath_router.providers.anthropic.finish import read_finish
from optipath_router.providers.anthropic.read_blocks import without_direct
from optipath_router.providers.anthropic.usage import read_usage
from optipath_router.providers.dialect import ErrorTold

Members = dict[str, msgspec.Raw]

_object: Final = msgspec.json.Decoder(Members).decode
_blocks: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_citations: Final = msgspec.json.Decoder(list[Members]).decode
_NULL: Final = b"null"
KNOWN: Final = frozenset(
    {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage", "error", "request_id"}
)


def read_answer(body: bytes) -> Answer:
    """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
    try:
        told = _object(body.removeprefix(b"\xef\xbb\xbf"))
        if bytes(told.get("error", _NULL)) != _NULL:
            raise ErrorTold
        parts = tuple(read_part(block) for block in _blocks(told.get("content", _NULL)))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamBroken(Outcome.BROKEN, f"{len(body)} bytes are no message") from error
    finish, word = read_finish(value(told.get("stop_reason")))
    choice = Choice(parts, finish, word, text_or_none(told.get("stop_sequence")), extra=left_over(told, KNOWN))
    usage = read_usage(value(told.get("usage")))
    return Answer((choice,), id=text(told.get("id")), model=text(told.get("model")), usage=usage)


def read_part(raw: msgspec.Raw) -> Part:
    """A content block of an answer; raises DecodeError where it is no object."""
    members = _object(raw)
    match kind := text(members.get("type")):
        case "text":
            extra = left_over(members, {"type", "text", "citations"})
            return Text(text(members.get("text")), _cited(members.get("citations")), extra=extra)
        case "thinking":
            signature = text(members.get("signature")) or None
            return Reasoning(text(members.get("thinking")), signature, wire=Wire.MESSAGES)
        case "redacted_thinking":
            return Reasoning(hidden=text(members.get("data")), wire=Wire.MESSAGES)
        case "tool_use":
            extra = without_direct(left_over(members, {"type", "id", "name", "input"}))
            arguments = bytes(members.get("input", b"{}")).decode()
            return ToolCall(text(members.get("id")), text(members.get("name")), arguments, extra=extra)
        case _:
            return Hosted(Wire.MESSAGES, raw.copy(), text(members.get("name")) or kind)


def value(raw: msgspec.Raw | bytes | None) -> Any:
    """What a member is; None where it is absent or cannot be read."""
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def text(raw: msgspec.Raw | None) -> str:
    """The text that a member is; empty where it is none."""
    return text_or_none(raw) or ""


def text_or_none(raw: msgspec.Raw | None) -> str | None:
    """The text that a member is; None where it is none."""
    told = value(raw)
    return told if isinstance(told, str) else None


def left_over(members: Members, known: frozenset[str] | set[str]) -> Extra | None:
    """What only Messages knows of an object, nulls apart."""
    rest = {name: raw.copy() for name, raw in members.items() if name not in known and bytes(raw) != _NULL}
    return Extra(Wire.MESSAGES, rest) if rest else None


def _cited(raw: msgspec.Raw | None) -> tuple[Any, ...]:
    try:
        return tuple(read_citation(each) for each in _citations(raw)) if raw is not None else ()
    except (msgspec.DecodeError, RecursionError):
        return ()
