"""Server-sent events, from bytes to messages.

The parser does no I/O. Feed it whatever arrives, in pieces of any size, and
it returns the messages that are complete, each with the bytes it came in.
"""

import re
from dataclasses import dataclass
from typing import Final

from optipath_router.errors import Outcome, UpstreamBroken

MAX_EVENT_BYTES: Final = 1024 * 1024

# Atomic groups, or the two characters of one CRLF would be taken for two line ends.
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
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

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that are complete with this piece."""
        buffer = self._buffer
        buffer += chunk
        messages = []
        start = 0
        search_from = self._searched
        while found := _BLANK_LINE.search(buffer, search_from):
            if found.end() == len(buffer) and buffer[-1] == 0x0D:
                break  # the other half of a CRLF may be on its way
            messages.append(_message(bytes(buffer[start : found.end()])))
            start = search_from = found.end()
        del buffer[:start]
        if len(buffer) > MAX_EVENT_BYTES:
            raise UpstreamBroken(Outcome.BROKEN, f"an event is longer than {MAX_EVENT_BYTES} bytes")
        # A blank line that is not complete may begin with the last three characters.
        self._searched = max(0, len(buffer) - 3)
        return messages

    def close(self) -> list[Message]:
        """What is left at the end of the stream."""
        rest, self._buffer, self._searched = bytes(self._buffer), bytearray(), 0
        return [_message(rest)] if rest.strip() else []


def _message(raw: bytes) -> Message:
    lines = _LINE_END.split(raw.removeprefix(_BOM))
    data = [line[5:].removeprefix(b" ") for line in lines if line.startswith(b"data:")]
    return Message(raw, b"\n".join(data) if data else None)
