"""What went wrong, as OpenAI's SDKs read it: an error object with our stable codes."""

import json

_TYPES = {
    **dict.fromkeys((400, 403, 404, 405, 408, 413, 415, 421, 431), "invalid_request_error"),
    429: "rate_limit_error",
}


def error(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """An error as a body."""
    kind = _TYPES.get(status, "server_error")
    return json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()


def broken_off(message: str) -> bytes:
    """An error as the last event of a stream, which SDKs raise."""
    return b"data: " + error(502, "all_attempts_failed", message) + b"\n\n"
