"""What went wrong, as a caller who asked for a response reads it."""

from collections.abc import Mapping
from typing import Final

import msgspec

from optipath_router.errors import Code

_encode: Final = msgspec.json.Encoder().encode
_TYPES: Final[Mapping[int, str]] = {
    **dict.fromkeys((400, 403, 404, 405, 408, 413, 415, 421, 422, 431), "invalid_request_error"),
    429: "rate_limit_error",
}


def error(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """An error that comes in the place of an answer."""
    kind = _TYPES.get(status, "server_error")
    return _encode({"error": {"message": message, "type": kind, "param": param, "code": code}})


def broken_off(message: str) -> bytes:
    """The event that ends a stream which will not be finished, where nothing is known of what it has told."""
    return error_event(Code.ALL_ATTEMPTS_FAILED, message, 0)


def error_event(code: str, message: str, sequence_number: int) -> bytes:
    """An error as an event. The API's own form stands beside the `error` that makes SDKs raise."""
    told = {"code": code, "message": message, "param": None}
    event = {"type": "error", **told, "sequence_number": sequence_number, "error": {"type": "server_error", **told}}
    return b"event: error\ndata: " + _encode(event) + b"\n\n"
