"""What went wrong, as callers of Messages read it: Anthropic's error object, with our stable code beside its type."""

from collections.abc import Mapping
from typing import Final

import msgspec

from optipath_router.errors import Code

_TYPES: Final[Mapping[int, str]] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_encode: Final = msgspec.json.Encoder().encode


def error(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """An error as the body of an answer. SDKs take the request's id from a header; here it is null."""
    return _encode({"type": "error", "error": _error(_kind(status, code), code, message, param), "request_id": None})


def broken_off(message: str) -> bytes:
    """The event inside a stream that makes SDKs raise; what came before it may lack its blank line."""
    told = {"type": "error", "error": _error("api_error", Code.ALL_ATTEMPTS_FAILED, message, None)}
    return b"\n\nevent: error\ndata: " + _encode(told) + b"\n\n"


def _kind(status: int, code: str) -> str:
    if code == Code.OVERLOADED and status >= 500:
        return "overloaded_error"
    if known := _TYPES.get(status):
        return known
    return "invalid_request_error" if 400 <= status < 500 else "api_error"


def _error(kind: str, code: str, message: str, param: str | None) -> dict[str, str]:
    told = {"type": kind, "message": message, "code": str(code)}
    return told if param is None else {**told, "param": param}
