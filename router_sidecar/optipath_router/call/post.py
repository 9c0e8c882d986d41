"""A post: what goes to a provider, in the bytes that go over the wire.

Most of it is the same in every request to a provider, and is written once.
"""

from collections.abc import Iterable
from typing import Final

import httpx
import msgspec

from optipath_router.errors import Outcome, TargetUnavailable

CONNECT_SECONDS: Final = 5.0
WRITE_SECONDS: Final = 30.0

# How long the body is, is ours to say: it is sent whole, and once.
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})

Header = tuple[bytes, bytes]

_line = b"%b: %b\r\n".__mod__


class Heading(msgspec.Struct, frozen=True):
    """The request line, and the headers that many posts have in common."""

    method: str
    url: httpx.URL
    headers: tuple[Header, ...]
    lines: bytes
    """All that, written."""


def heading(method: str, url: httpx.URL, headers: Iterable[Header]) -> Heading:
    """A heading with these headers, and a Host; raises TargetUnavailable for what would not arrive as they are."""
    kept = tuple(header for header in headers if header[0].lower() not in _FRAMING)
    if not any(name.lower() == b"host" for name, _ in kept):
        kept = ((b"host", url.netloc), *kept)
    request_line = b"%b %b HTTP/1.1\r\n" % (method.encode(), url.raw_path)
    return Heading(method, url, kept, _checked(b"".join((request_line, *map(_line, kept))), 1 + len(kept)))


class Post(msgspec.Struct):
    """One request on its way."""

    heading: Heading
    body: bytes
    headers: tuple[Header, ...] = ()
    """Those that it has beside its heading's; none that frames the body."""
    connect_seconds: float | None = CONNECT_SECONDS
    pool_seconds: float | None = CONNECT_SECONDS
    write_seconds: float | None = WRITE_SECONDS
    read_seconds: float | None = None
    sent: bool = False
    """Whether there was a connection to send it on."""
    reused: bool = False
    """Whether that had served another before."""
    repeated: bool = False
    """Whether it was sent again, as a kept connection was closed when it came."""

    @property
    def head(self) -> bytes:
        """All that comes before the body; raises TargetUnavailable for what would not arrive as it is."""
        method, length, lines = self.heading.method, len(self.body), b"".join(map(_line, self.headers))
        _checked(lines, len(self.headers))
        if not length and method in ("GET", "HEAD"):
            return b"%b%b\r\n" % (self.heading.lines, lines)
        return b"%b%bcontent-length: %d\r\n\r\n" % (self.heading.lines, lines, length)


def _checked(lines: bytes, count: int) -> bytes:
    """So many lines; what holds a line break within one would be read as another request."""
    if lines.count(b"\n") != count or lines.count(b"\r") != count or b"\0" in lines:
        raise TargetUnavailable(Outcome.UNREACHABLE, "a header that it would be sent holds a line break or a NUL")
    return lines
