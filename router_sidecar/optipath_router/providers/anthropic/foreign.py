"""What another provider wrote, in the form in which callers of Messages keep it and bring it back.

A caller of Messages keeps a thought's `signature` and a redacted thought's
`data` as they are, and so they can carry those of any provider, marked with
the wire format that they are of. Anthropic's own are base64, and no mark.
A thought without any was never signed, and Anthropic would refuse it. A tool
call has no member of its own for what proves the thought that led to it: that
stands in a redacted thought right before it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from optipath_router.chat.conversation import Part, Reasoning, ToolCall, Wire

_MARK: Final = "optipath:"
_SIGNED: Final = "signature"
_HIDDEN: Final = "hidden"
_CALL: Final = f"{_MARK}call:"

_WIRES: Final = frozenset(str(wire) for wire in Wire)
INVALID_JSON: Final = "INVALID_JSON"
"""The member under which Anthropic's guide to tool use asks for arguments that are no JSON."""


def seal(thought: Reasoning) -> str:
    """The signature, or the data where nothing else is there, of a thought."""
    if thought.wire is Wire.MESSAGES:
        return thought.signature or thought.hidden or ""
    if thought.wire is None:
        return ""
    if thought.hidden is not None:
        return f"{_MARK}{thought.wire}:{_HIDDEN}:{thought.hidden}"
    return f"{_MARK}{thought.wire}:{_SIGNED}:{thought.signature}" if thought.signature is not None else ""


def unseal(text: str, sealed: str, *, redacted: bool) -> Reasoning:
    """A thought as its own provider wrote it, of its text and its seal."""
    if sealed.startswith(_MARK) and sealed.count(":") >= 3:
        _, wire, kind, value = sealed.split(":", 3)
        if wire in _WIRES and kind in {_SIGNED, _HIDDEN}:
            signature, hidden = (value, None) if kind == _SIGNED else (None, value)
            return Reasoning(text, signature, hidden, wire=Wire(wire))
    if redacted:
        return Reasoning(text, hidden=sealed, wire=Wire.MESSAGES)
    return Reasoning(text, sealed or None, wire=Wire.MESSAGES if sealed else None)


def sealed_call(call: ToolCall) -> dict[str, str] | None:
    """The block that stands before a call and keeps its signature; None where it has none."""
    return None if call.signature is None else {"type": "redacted_thinking", "data": f"{_CALL}{call.signature}"}


def with_signatures(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts with the signatures of calls where they belong."""
    signature: str | None = None
    for part in parts:
        if isinstance(part, Reasoning) and part.hidden is not None and part.hidden.startswith(_CALL):
            signature = part.hidden.removeprefix(_CALL)
        elif isinstance(part, ToolCall) and signature is not None:
            yield msgspec.structs.replace(part, signature=signature)
            signature = None
        else:
            yield part
