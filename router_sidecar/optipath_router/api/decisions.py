"""GET /optipath/decisions/ID: why a request went where it went, as long as it is kept."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from optipath_router.account import Decisions
from optipath_router.api.faults import error_response
from optipath_router.errors import Code


class DecisionsEndpoint:
    """The endpoint over the ring of records."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    async def get(self, request: Request) -> Response:
        """The record of one decision."""
        decision_id = request.path_params["id"]
        record = self._decisions.get(decision_id)
        if record is None:
            message = f"decision {decision_id!r} is not among the latest {len(self._decisions)} that are kept"
            return error_response(404, Code.NOT_FOUND, message)
        return JSONResponse(record.as_json())
