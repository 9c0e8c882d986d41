"""What went wrong: when to come back, whether at all, and for endpoints of our own an error object."""

import math
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from optipath_router.chat.reply import Failed
from optipath_router.errors import Code, RequestRejected
from optipath_router.providers.openai.faults import error
from optipath_router.providers.surface import Error
from optipath_router.providers.surfaces import error_for


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
    form: Error = error,
) -> Response:
    """An error, in OpenAI's shape unless the caller has another, from an endpoint that is not on the hot path."""
    return Response(form(status, code, message, param), status, headers, "application/json")


def form_for(request: Request) -> Error:
    """The form in which whoever sent a request reads errors."""
    return error_for(request.scope["path"].encode(), request.headers.raw)


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
