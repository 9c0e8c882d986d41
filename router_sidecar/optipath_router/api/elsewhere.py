"""What no endpoint answers: other paths and methods, and mistakes of ours. In the caller's own form, as all else."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from optipath_router.api.faults import error_response, form_for
from optipath_router.errors import Code

_MAX_SHOWN = 200
"""A path is quoted, but not at any length."""


async def no_endpoint(request: Request, problem: Exception) -> Response:
    """404 and 405."""
    status, headers = (problem.status_code, problem.headers) if isinstance(problem, HTTPException) else (404, None)
    message = f"there is nothing at {request.method} {request.url.path[:_MAX_SHOWN]}"
    return error_response(status, Code.NOT_FOUND, message, headers=headers, form=form_for(request))


async def internal_error(request: Request, __: Exception) -> Response:
    """500; the server's log has the rest."""
    message = "this router has made a mistake; its log says which"
    headers = {"x-should-retry": "false"}
    return error_response(500, Code.INTERNAL_ERROR, message, headers=headers, form=form_for(request))
