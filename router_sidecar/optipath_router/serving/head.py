"""A request's head, examined before anything is done for it.

llhttp itself refuses most of what could be framed in two ways: lengths that
are doubled or no number, a length beside chunks, codings that end in another
one, folded lines, bare CR or LF, a space before the colon. The rest is
refused here.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

import msgspec
from starlette.types import Scope

from optipath_router.serving.hosts import is_local_origin
from optipath_router.serving.refusal import MALFORMED, Refusal, invalid

_ONCE: Final = (b"host", b"origin", b"content-type", b"content-length", b"transfer-encoding", b"expect")
"""The headers that say who calls, and how a body is framed."""
SPOKEN: Final = ("1.1", "1.0")
"""The versions of HTTP that we take."""
_JSON: Final = b"application/json"
_SHOWN: Final = 100
"""How much of a header an error quotes."""
_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}

Header = tuple[bytes, bytes]
IsOurs = Callable[[bytes], bool]


class Head(msgspec.Struct, frozen=True):
    """A request without its body. Names of headers are in lower case."""

    method: bytes
    version: str
    """Of HTTP: one that is spoken here, or not."""
    target: bytes
    headers: list[Header]
    by_name: Mapping[bytes, bytes]
    """The same headers; of those that share a name, one."""

    @property
    def size(self) -> int:
        """Its length in bytes, without what separates its parts."""
        return len(self.target) + sum(len(name) + len(value) for name, value in self.headers)

    @property
    def asks_first(self) -> bool:
        """Whether the body is sent only when the caller is told to go on."""
        return self.by_name.get(b"expect", b"").lower() == b"100-continue"

    def without_upgrade(self) -> bytes:
        """The same once more, from a caller who is content with the protocol that we speak."""
        kept = (b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.method, self.target, self.version.encode(), b"".join(kept))

    def scope(self, server: tuple[str, int | None] | None, client: tuple[str, int] | None) -> Scope:
        """What an ASGI application is told of it, where no fault was found."""
        path, _, query = behind_authority(self.target).partition(b"?")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": self.version,
            "scheme": "http",
            "server": server,
            "client": client,
            "method": self.method.decode(),
            "root_path": "",
            "path": unquote(path.decode()) if b"%" in path else path.decode(),
            "raw_path": path,
            "query_string": query,
            "headers": self.headers,
        }


def head_fault(head: Head, is_ours: IsOurs | None) -> Refusal | None:
    """What makes it unclear what is asked for, or that it may be; where it does not matter how we are called, less."""
    if len(head.headers) > len(head.by_name) and _doubled([name for name, _ in head.headers]):
        return invalid("a header that may stand there once stands there twice")
    return _framing_fault(head, is_ours) or (_caller_fault(head, is_ours) if is_ours else None)


def _doubled(names: list[bytes]) -> bool:
    """Whether one of those stands there twice that may stand there once."""
    return any(names.count(name) > 1 for name in _ONCE)


def _framing_fault(head: Head, is_ours: IsOurs | None) -> Refusal | None:
    """What makes it unclear where this request leads, or where it ends.

    An absolute target must name us; where it does not matter how we are called, there is none.
    """
    version, target, headers = head.version, head.target, head.by_name
    if version not in SPOKEN or (version == "1.0" and b"transfer-encoding" in headers):
        return MALFORMED
    if headers.get(b"transfer-encoding", b"chunked").lower() != b"chunked" or not target.isascii():
        return MALFORMED
    if not target.startswith(b"/") and not (is_ours and _leads_to_us(target, is_ours)):
        return invalid(f"the target {_shown(target)} is no path of this router's")
    return None


def _caller_fault(head: Head, is_ours: IsOurs) -> Refusal | None:
    """What shows that a browser was talked into this request, or that it is meant for somebody else."""
    headers = head.by_name
    if not (host := headers.get(b"host")):
        return invalid("the request has no Host")
    if not is_ours(host):
        return invalid(f"this router is not called {_shown(host)}", HTTPStatus.MISDIRECTED_REQUEST)
    if (origin := headers.get(b"origin")) is not None and not is_local_origin(origin):
        return invalid(f"a page from {_shown(origin)} may not call this router", HTTPStatus.FORBIDDEN)
    # A page may send text/plain to anybody, but JSON only to who allows it.
    if head.method == b"POST" and not _is_json(kind := headers.get(b"content-type", b"")):
        message = f"the content-type is {_shown(kind)}, not 'application/json'"
        return invalid(message, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return None


def _leads_to_us(target: bytes, is_ours: IsOurs) -> bool:
    scheme, _, rest = target.partition(b"://")
    authority, path, _ = rest.partition(b"/")
    return scheme.lower() == b"http" and path == b"/" and is_ours(authority)


def behind_authority(target: bytes) -> bytes:
    """The path and query of a target, whether or not it tells who is meant."""
    return target if target.startswith(b"/") else b"/" + b"".join(target.split(b"/", 3)[3:])


def _is_json(kind: bytes) -> bool:
    return kind == _JSON or kind.partition(b";")[0].strip().lower() == _JSON


def _shown(value: bytes) -> str:
    return repr(value[:_SHOWN].decode("latin-1"))
