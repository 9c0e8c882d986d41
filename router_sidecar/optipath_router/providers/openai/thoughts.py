"""What a model thought: as plain text, and as `reasoning_details` where something proves or hides it.

OpenRouter made up the details, and its callers send them back. A thought of another
dialect's has our name for that in `format`, so that its own provider gets it back with its proof.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Extra, Reasoning, Wire
from optipath_router.chat.request import Asked
from optipath_router.providers.members import said_again

_TEXT, _SUMMARY, _HIDDEN = "reasoning.text", "reasoning.summary", "reasoning.encrypted"
_KNOWN: Final = frozenset({"type", "text", "summary", "data", "signature", "format", "id", "index"})
_WIRES: Final[Mapping[str, Wire]] = {str(wire): wire for wire in Wire}
_FOREIGN: Final = tuple(f'"{wire}"'.encode() for wire in Wire if wire is not Wire.CHAT)
_encode = msgspec.json.Encoder().encode


class Detail(msgspec.Struct, frozen=True):
    """One entry, and its place among the thoughts."""

    thought: Reasoning
    index: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing is said in it."""
        thought = self.thought
        return not (thought.text or thought.signature or thought.hidden or thought.id)

    def goes_on(self, thought: Reasoning, index: int | None) -> bool:
        """Whether it is more of a thought that stands at a place."""
        more = self.thought
        if index is None or self.index != index or more.id not in (None, thought.id):
            return False
        # What is proved or hidden is at its end, and nothing has two proofs.
        closed = thought.signature is not None or thought.hidden is not None
        return not closed or not (more.text or more.signature or more.hidden)


def holds_foreign(asked: Asked) -> bool:
    """Whether a request holds a thought of another dialect's, which no provider of this one wrote."""
    details = [bytes(message.reasoning_details) for message in asked.messages if message.reasoning_details]
    return any(name in told for told in details for name in _FOREIGN)


def read_details(told: Any) -> Iterator[Detail]:
    """The entries of a list, in order; what is none is passed over."""
    for entry in told if isinstance(told, list) else ():
        if isinstance(entry, dict):
            yield _detail(entry)


def read_thoughts(told: Any, plain: Any) -> list[Reasoning]:
    """The thoughts of a whole message; the plain text repeats what the details say, where they say any."""
    begun: list[Reasoning] = []
    texts: list[list[str]] = []
    index: int | None = None
    for detail in read_details(told):
        if detail.empty:
            continue
        if begun and detail.goes_on(begun[-1], index):
            begun[-1] = proved(begun[-1], detail.thought)
            texts[-1].append(detail.thought.text)
        else:
            begun.append(detail.thought)
            texts.append([detail.thought.text])
        index = detail.index
    thoughts = [_with_text(thought, pieces) for thought, pieces in zip(begun, texts, strict=True)]
    if isinstance(plain, str) and plain and not any(thought.text for thought in thoughts):
        thoughts.insert(0, Reasoning(plain))
    return thoughts


def listed_thought(text: str, signature: str | None) -> Reasoning:
    """A thought that stands in a content's list, as Mistral has it."""
    return Reasoning(text, signature, wire=None if signature is None else Wire.CHAT)


def proved(thought: Reasoning, more: Reasoning) -> Reasoning:
    """A thought with what more of it proves or hides; its text is for others to add up."""
    if more.signature is more.hidden is None:
        return thought
    return msgspec.structs.replace(
        thought, signature=more.signature or thought.signature, hidden=more.hidden or thought.hidden
    )


def is_plain(thought: Reasoning) -> bool:
    """Whether its text is all there is to it."""
    return thought == Reasoning(thought.text)


def write_details(thoughts: Iterable[Reasoning]) -> list[dict[str, Any]]:
    """The entries that say these thoughts."""
    return [entry for index, thought in enumerate(thoughts) for entry in write_detail(thought, index)]


def write_detail(thought: Reasoning, index: int, *, goes_on: bool = False) -> Iterator[dict[str, Any]]:
    """The entries that say one, or a piece of one that goes on: what can be seen of it, and what is hidden."""
    told = {} if goes_on else said_again(thought.extra, Wire.CHAT)
    if thought.wire not in (None, Wire.CHAT) and not goes_on:
        told["format"] = thought.wire
    if thought.id is not None:
        told["id"] = thought.id
    if thought.text or thought.signature is not None or thought.hidden is None:
        name = "summary" if thought.summary else "text"
        seen = {"type": _SUMMARY if thought.summary else _TEXT, name: thought.text, **told, "index": index}
        yield seen | ({"signature": thought.signature} if thought.signature is not None else {})
    if thought.hidden is not None:
        yield {"type": _HIDDEN, "data": thought.hidden, **told, "index": index}


def _with_text(thought: Reasoning, pieces: list[str]) -> Reasoning:
    return thought if len(pieces) == 1 else msgspec.structs.replace(thought, text="".join(pieces))


def _detail(entry: dict[str, Any]) -> Detail:
    form = entry.get("format")
    wire = _WIRES.get(form, Wire.CHAT) if isinstance(form, str) else Wire.CHAT
    unknown = {name: value for name, value in entry.items() if name not in _KNOWN and value is not None}
    if wire is Wire.CHAT and form is not None:
        unknown["format"] = form
    index = entry.get("index")
    thought = Reasoning(
        _word(entry, "text") or _word(entry, "summary") or "",
        _word(entry, "signature"),
        _word(entry, "data"),
        _word(entry, "id"),
        # Pieces that were added up have the type of the last, which may be the hidden one.
        summary=entry.get("type") == _SUMMARY or "summary" in entry,
        wire=wire,
        extra=Extra(Wire.CHAT, {name: msgspec.Raw(_encode(value)) for name, value in unknown.items()})
        if unknown
        else None,
    )
    return Detail(thought, index if isinstance(index, int) else None)


def _word(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) and value else None
