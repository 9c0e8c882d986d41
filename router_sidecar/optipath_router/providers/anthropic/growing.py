"""A block of a stream that only Messages knows, held until it is whole."""

from typing import Final

import msgspec

from optipath_router.chat.conversation import Hosted, Wire
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.members import first_byte
from optipath_router.providers.sse import MAX_EVENT_BYTES

Members = dict[str, msgspec.Raw]
_object: Final = msgspec.json.Decoder(Members).decode
_text: Final = msgspec.json.Decoder(str).decode
_encode: Final = msgspec.json.Encoder().encode


class GrowingBlock:
    """Collects what comes of one block; raises UpstreamBroken for one that is longer than an event may be."""

    __slots__ = ("_input", "_members", "_name", "_texts", "size")

    def __init__(self, begun: msgspec.Raw, name: str) -> None:
        """Take the block as it began, and what it is called."""
        self._members = {name: raw.copy() for name, raw in _object(begun).items()}
        self._name = name
        self._input: list[str] = []
        self._texts: dict[str, list[str]] = {}
        """The pieces of each text that came in several."""
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
                self._add(name, raw)

    def whole(self) -> Hosted:
        """The block, as a whole answer would have it."""
        members = self._members | {name: msgspec.Raw(_encode("".join(texts))) for name, texts in self._texts.items()}
        written = "".join(self._input)
        if written:
            members["input"] = _valid(written)
        return Hosted(Wire.MESSAGES, msgspec.Raw(_encode(members)), self._name)

    def _add(self, name: str, raw: msgspec.Raw) -> None:
        """Take a member, or the next piece of a text; what is no text replaces what was there."""
        before = self._members.get(name)
        if before is None or not (_is_text(before) and _is_text(raw)):
            self._members[name] = raw.copy()
            self._texts.pop(name, None)
            return
        if name not in self._texts:
            self._texts[name] = [_text(before)]
        self._texts[name].append(_text(raw))


def _valid(written: str) -> msgspec.Raw:
    """The input as JSON; as a text where it is none, which an answer that was cut by its limit may have."""
    try:
        msgspec.json.decode(written)
    except (msgspec.DecodeError, RecursionError):
        return msgspec.Raw(_encode(written))
    return msgspec.Raw(written.encode())


def _is_text(raw: msgspec.Raw) -> bool:
    return first_byte(raw) == b'"'
