"""Server-sent events, from bytes to messages.

The parser does no I/O. Feed it whatever arrives, in pieces of any size, and
it yields the messages that are complete, each with the bytes it came in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from optipath_router.errors import Outcome, UpstreamBroken

MAX_EVENT_BYTES: Final = 1024 * 1024

# A line end right after another one. Of a CRLF the LF is enough to know the first by: CR LF are one line end, not two.
_BLANK_LINE = re.compile(rb"\n(?:\r\n?|\n)|\r\r\n?")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its bytes, the blank line after it included, and the data in it."""

    raw: bytes
    data: bytes | None
    """None where there was no data field: a comment, or a keep-alive."""


class SseParser:
    """Cuts a stream into messages; raises UpstreamBroken for one of more than MAX_EVENT_BYTES."""

    __slots__ = ("_buffer", "_searched")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """The messages that are complete with this piece, those before one that is too long included."""
        buffer = self._buffer
        buffer += chunk
        start, search_from = 0, self._searched
        while found := _BLANK_LINE.search(buffer, search_from):
            end = found.end()
            if end == len(buffer) and buffer[-1] == 0x0D:
                break  # the other half of a CRLF may be on its way
            yield _message(bytes(buffer[start:end]))
            start = search_from = end
        del buffer[:start]
        if len(buffer) > MAX_EVENT_BYTES:
            raise _too_long()
        # A blank line that is not complete may begin with the last three characters.
        self._searched = max(0, len(buffer) - 3)

    def close(self) -> Iterator[Message]:
        """What is left at the end of the stream."""
        rest, self._buffer, self._searched = bytes(self._buffer), bytearray(), 0
        if rest:
            yield _message(rest)


def _message(raw: bytes) -> Message:
    if len(raw) > MAX_EVENT_BYTES:
        raise _too_long()
    lines = raw.removeprefix(_BOM).splitlines()
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return Message(raw, b"\n".join(data) if data else None)


def _too_long() -> UpstreamBroken:
    return UpstreamBroken(Outcome.BROKEN, f"an event is longer than {MAX_EVENT_BYTES} bytes")
