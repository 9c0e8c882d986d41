"""Server-sent events, from bytes to messages.

The parser does no I/O. Feed it whatever arrives, in pieces of any size, and
it yields the messages that are complete, each with the bytes it came in.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from optipath_router.errors import Outcome, UpstreamBroken

MAX_EVENT_BYTES: Final = 1024 * 1024

# A line end right after another one, and whatever line ends follow: between two messages there may be thousands.
# Of a CRLF the LF is enough to know the first by: CR LF are one line end, not two.
_BLANK_LINE = re.compile(rb"(?:\n(?:\r\n?|\n)|\r\r\n?)[\r\n]*")
_BLANK_LINE_BY_LF = re.compile(rb"\n\n+")
BOM: Final = b"\xef\xbb\xbf"


class Message(NamedTuple):
    """One message: its bytes, the blank line after it included, and the data in it."""

    raw: bytes
    data: bytes | None
    """None where there was no data field: a comment, or a keep-alive."""


class SseParser:
    """Cuts a stream into messages; raises UpstreamBroken for one of more than MAX_EVENT_BYTES."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    @property
    def kept(self) -> int:
        """Bytes of a message that is not complete."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """The messages that are complete with this piece, those before one that is too long included."""
        rest = self._rest
        if rest:
            # A blank line that was not complete may have begun with the last three characters.
            searched = max(0, len(rest) - 3)
            rest += chunk
            if not _BLANK_LINE.search(rest, searched):
                _check(len(rest))
                return
            chunk = bytes(rest)
            rest.clear()
        start, plain = 0, b"\r" not in chunk
        for found in _BLANK_LINE_BY_LF.finditer(chunk) if plain else _whole_blank_lines(chunk):
            end = found.end()
            _check(end - start)
            raw = chunk[start:end]
            # Nearly all messages are one line of data.
            if plain and raw.startswith(b"data: ") and raw.find(b"\n") == len(raw) - 2:
                yield Message(raw, raw[6:-2])
            else:
                yield _message(raw)
            start = end
        rest += memoryview(chunk)[start:]
        _check(len(rest))

    def close(self) -> Iterator[Message]:
        """What is left at the end of the stream."""
        rest, self._rest = bytes(self._rest), bytearray()
        if rest:
            yield _message(rest)


def _whole_blank_lines(chunk: bytes) -> Iterator[re.Match[bytes]]:
    for found in _BLANK_LINE.finditer(chunk):
        if found.end() < len(chunk) or chunk[-1] != 0x0D:
            yield found
        # The other half of a CRLF may be on its way. What is a blank line without that CR need not wait.
        elif sure := _BLANK_LINE.fullmatch(chunk, found.start(), len(chunk) - 1):
            yield sure


def _message(raw: bytes) -> Message:
    lines = raw.strip(b"\r\n").removeprefix(BOM).splitlines()
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return Message(raw, b"\n".join(data) if data else None)


def _check(size: int) -> None:
    if size > MAX_EVENT_BYTES:
        raise UpstreamBroken(Outcome.BROKEN, f"an event is longer than {MAX_EVENT_BYTES} bytes")
