"""JSON lines, from bytes to lines, each one message.

The parser does no I/O. Feed it whatever arrives, in pieces of any size, and
it yields the lines that are complete, each with the bytes it came in.
"""

from collections.abc import Iterator

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.sse import BOM, MAX_EVENT_BYTES, Message


class LineParser:
    """Cuts a stream into lines; raises UpstreamBroken for one of more than MAX_EVENT_BYTES."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    @property
    def kept(self) -> int:
        """Bytes of a line that is not complete."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """The lines that are complete with this piece, those before one that is too long included."""
        rest = self._rest
        start = 0
        while (end := chunk.find(b"\n", start) + 1) > 0:
            raw = chunk[start:end]
            if rest:
                raw = bytes(rest) + raw
                rest.clear()
            start = end
            _check(len(raw))
            yield _message(raw)
        rest += memoryview(chunk)[start:]
        _check(len(rest))

    def close(self) -> Iterator[Message]:
        """What is left at the end of the stream."""
        rest, self._rest = bytes(self._rest), bytearray()
        if rest:
            yield _message(rest)


def _message(raw: bytes) -> Message:
    return Message(raw, raw.removeprefix(BOM).strip() or None)


def _check(size: int) -> None:
    if size > MAX_EVENT_BYTES:
        raise UpstreamBroken(Outcome.BROKEN, f"an event is longer than {MAX_EVENT_BYTES} bytes")
