"""What went wrong, for a caller who speaks OpenAI's formats: its error object with our stable codes."""

from collections.abc import Mapping
from typing import Final

import msgspec

from optipath_router.errors import Code

_TYPES: Final[Mapping[int, str]] = {
    **dict.fromkeys((400, 403, 404, 405, 408, 413, 415, 421, 431), "invalid_request_error"),
    429: "rate_limit_error",
}
_BROKEN_OFF: Final = 502


def error(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """The body of an answer that is an error."""
    kind = _TYPES.get(status, "server_error")
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


def broken_off(message: str) -> bytes:
    """The event that tells, inside a stream, that the answer will not be finished; official SDKs raise it."""
    return b"data: %b\n\n" % error(_BROKEN_OFF, Code.ALL_ATTEMPTS_FAILED, message)
