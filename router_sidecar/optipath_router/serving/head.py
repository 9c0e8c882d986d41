"""A request's head, examined before anything is done for it.

llhttp itself refuses most of what could be framed in two ways: lengths that
are doubled or no number, a length beside chunks, codings that end in another
one, folded lines, bare CR or LF, a space before the colon. The rest is
refused here.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from optipath_router.serving.hosts import is_local_origin
from optipath_router.serving.refusal import MALFORMED, Refusal, invalid

EXAMINED: Final = frozenset({b"host", b"origin", b"content-type", b"content-length", b"transfer-encoding", b"expect"})
"""The headers that say who calls, and how a body is framed."""
_JSON: Final = b"application/json"
_SHOWN: Final = 100
"""How much of a header an error quotes."""

Examined = Mapping[bytes, bytes]
IsOurs = Callable[[bytes], bool]


def framing_fault(target: bytes, version: str, headers: Examined, is_ours: IsOurs | None) -> Refusal | None:
    """What makes it unclear where this request leads, or where it ends.

    An absolute target must name us; where it does not matter how we are called, there is none.
    """
    if version != "1.1" and (version != "1.0" or b"transfer-encoding" in headers):
        return MALFORMED
    if headers.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
        return MALFORMED
    if not target.startswith(b"/") and not (is_ours and _leads_to_us(target, is_ours)):
        return invalid(f"the target {_shown(target)} is no path of this router's")
    return None


def caller_fault(method: bytes, headers: Examined, is_ours: IsOurs) -> Refusal | None:
    """What shows that a browser was talked into this request, or that it is meant for somebody else."""
    if not (host := headers.get(b"host")):
        return invalid("the request has no Host")
    if not is_ours(host):
        return invalid(f"this router is not called {_shown(host)}", HTTPStatus.MISDIRECTED_REQUEST)
    if (origin := headers.get(b"origin")) is not None and not is_local_origin(origin):
        return invalid(f"a page from {_shown(origin)} may not call this router", HTTPStatus.FORBIDDEN)
    # A page may send text/plain to anybody, but JSON only to who allows it.
    if method == b"POST" and not _is_json(kind := headers.get(b"content-type", b"")):
        message = f"the content-type is {_shown(kind)}, not 'application/json'"
        return invalid(message, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return None


def _leads_to_us(target: bytes, is_ours: IsOurs) -> bool:
    scheme, _, rest = target.partition(b"://")
    authority, path, _ = rest.partition(b"/")
    return scheme.lower() == b"http" and path == b"/" and is_ours(authority)


def _is_json(kind: bytes) -> bool:
    return kind == _JSON or kind.partition(b";")[0].strip().lower() == _JSON


def _shown(value: bytes) -> str:
    return repr(value[:_SHOWN].decode("latin-1"))
