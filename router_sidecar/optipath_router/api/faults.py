"""What went wrong, as the caller's SDK reads it: OpenAI's error object with our stable codes."""

import json
import math
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from optipath_router.chat.reply import Failed
from optipath_router.errors import Code, RequestRejected

_TYPES = {
    **dict.fromkeys((400, 403, 404, 405, 408, 413, 415, 421, 431), "invalid_request_error"),
    429: "rate_limit_error",
}


def error_body(status: int, code: str, message: str, param: str | None = None) -> bytes:
    """An error in OpenAI's shape."""
    kind = _TYPES.get(status, "server_error")
    return json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error in OpenAI's shape, from an endpoint that is not on the hot path."""
    return Response(error_body(status, code, message, param), status, headers, "application/json")


def failed_headers(failed: Failed) -> list[tuple[bytes, bytes]]:
    """The headers that a failure carries: when to come back, and that an SDK's own retries would multiply ours."""
    again = b"true" if failed.worth_a_retry else b"false"
    headers = [(b"content-type", b"application/json"), (b"x-should-retry", again)]
    if failed.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers.append((b"retry-after", str(math.ceil(failed.retry_after_seconds or 1)).encode()))
    return headers


def rejected(problem: RequestRejected) -> Failed:
    """A request that was not admitted, as a failure."""
    return Failed(problem.status, problem.code, str(problem), problem.param)


STOPPING = Failed(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Code.ALL_ATTEMPTS_FAILED,
    "this router is shutting down, and its time is up",
    retry_after_seconds=1,
)
NO_CONFIG = Failed(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Code.CONFIG_UNAVAILABLE,
    "this router has no configuration yet: its namespace has no ConfigMap 'optipath-router', or none that it can read",
    retry_after_seconds=1,
    worth_a_retry=True,
)
