"""A block of a stream that only Messages knows, held until it is whole."""

from typing import Final

import msgspec

from optipath_router.chat.conversation import Hosted, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.sse import MAX_EVENT_BYTES

Members = dict[str, msgspec.Raw]
_object: Final = msgspec.json.Decoder(Members).decode
_text: Final = msgspec.json.Decoder(str).decode
_encode: Final = msgspec.json.Encoder().encode


class GrowingBlock:
    """Collects what comes of one block; raises UpstreamBroken for one that is longer than an event may be."""

    __slots__ = ("_input", "_members", "_name", "size")

    def __init__(self, begun: msgspec.Raw, name: str) -> None:
        """Take the block as it began, and what it is called."""
        self._members = {name: raw.copy() for name, raw in _object(begun).items()}
        self._name = name
        self._input: list[str] = []
        self.size = len(begun)

    def grow(self, delta: Members) -> None:
        """Take more of it: of its input, or of any text in it."""
        self.size += sum(map(len, delta.values()))
        if self.size > MAX_EVENT_BYTES:
            raise UpstreamBroken(Outcome.BROKEN, f"a block is longer than {MAX_EVENT_BYTES} bytes")
        for name, raw in delta.items():
            if name == "partial_json":
                self._input.append(_text(raw))
            elif name != "type":
                self._members[name] = _joined(self._members.get(name), raw)

    def whole(self) -> Hosted:
        """The block, as a whole answer would have it."""
        written = "".join(self._input)
        if written:
            self._members["input"] = _valid(written)
        return Hosted(Wire.MESSAGES, msgspec.Raw(_encode(self._members)), self._name)


def _valid(written: str) -> msgspec.Raw:
    """The input as JSON; as a text where it is none, which an answer that was cut by its limit may have."""
    try:
        msgspec.json.decode(written)
    except (msgspec.DecodeError, RecursionError):
        return msgspec.Raw(_encode(written))
    return msgspec.Raw(written.encode())


def _joined(before: msgspec.Raw | None, more: msgspec.Raw) -> msgspec.Raw:
    """Two pieces of a text in one; what is no text replaces what was there."""
    if before is None or not (bytes(before).startswith(b'"') and bytes(more).startswith(b'"')):
        return more.copy()
    return msgspec.Raw(_encode(_text(before) + _text(more)))
