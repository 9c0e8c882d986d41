"""Content blocks in a stream of Messages: numbered as they begin, and one open at a time."""

from typing import Any, Final

import msgspec

from optipath_router.chat.conversation import Part, Reasoning, Refusal, Text, ToolCall

_encode: Final = msgspec.json.Encoder().encode
_TEXT: Final = ("text_delta", "text")
_GROWTHS: Final[dict[type[Part], tuple[str, str]]] = {
    Text: _TEXT,
    Refusal: _TEXT,
    Reasoning: ("thinking_delta", "thinking"),
    ToolCall: ("input_json_delta", "partial_json"),
}
"""The delta that each kind of part grows by, and its member."""


def event(kind: str, members: dict[str, Any]) -> bytes:
    """An event as it stands in a stream."""
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), _encode({"type": kind, **members}))


def grows(what: Part) -> bool:
    """Whether a part has a block that grows. Of pictures and sounds Messages has none in an answer."""
    return type(what) in _GROWTHS


class BlockWriter:
    """Writes blocks, and closes one before the next opens."""

    __slots__ = ("_index", "_prefix", "is_call", "part")

    def __init__(self) -> None:
        self.part: int | None = None
        """The number of the part whose block is open."""
        self.is_call = False
        """Whether it is a tool call."""
        self._index = -1
        self._prefix = b""

    def open(self, part: int, what: Part, block: dict[str, Any]) -> bytes:
        """Begin the block of a part."""
        closed = self.close()
        self._index += 1
        self.part, self.is_call = part, isinstance(what, ToolCall)
        kind, member = _GROWTHS[type(what)]
        head = f'{{"type":"content_block_delta","index":{self._index},"delta":{{"type":"{kind}","{member}":'
        self._prefix = b"event: content_block_delta\ndata: " + head.encode()
        return closed + event("content_block_start", {"index": self._index, "content_block": block})

    def more(self, text: str) -> bytes:
        """More text of the open block."""
        return self._prefix + _encode(text) + b"}}\n\n"

    def delta(self, delta: dict[str, Any]) -> bytes:
        """Something else of the open block."""
        return event("content_block_delta", {"index": self._index, "delta": delta})

    def close(self) -> bytes:
        """End the open block; nothing where none is."""
        if self.part is None:
            return b""
        self.part, self.is_call = None, False
        return event("content_block_stop", {"index": self._index})

    def whole(self, block: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
        """A block that nothing else will be added to."""
        closed = self.close()
        self._index += 1
        begun = event("content_block_start", {"index": self._index, "content_block": block})
        return closed + begun + b"".join(map(self.delta, deltas)) + event("content_block_stop", {"index": self._index})
