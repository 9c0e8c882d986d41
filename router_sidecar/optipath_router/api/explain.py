"""POST /optipath/explain: where a chat request would go, and why, without calling anybody.

The body is that of a chat request, or of another surface's with `?path=`; the
answer is a decision in the words of GET /optipath/decisions/ID. With
`?why_not=TARGET` it says of one target why it does not come first.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from optipath_router.account.record import decision_json
from optipath_router.api.exchange import visible_headers
from optipath_router.api.faults import NO_CONFIG, error_response, failed_headers
from optipath_router.decide.why_not import why_not
from optipath_router.errors import Code, RequestRejected
from optipath_router.live import Live
from optipath_router.providers.surfaces import CHAT, SURFACES
from optipath_router.runtime import Runtime


class Explain:
    """The endpoint over the runtime in force."""

    def __init__(self, runtime: Live[Runtime | None]) -> None:
        self._runtime = runtime

    async def post(self, request: Request) -> Response:
        """The decision for a request."""
        body, path = await request.body(), request.query_params.get("path", CHAT.path)
        surface = next((surface for surface in SURFACES if surface.path == path), None)
        if surface is None:
            known = ", ".join(sorted(surface.path for surface in SURFACES))
            return error_response(400, Code.INVALID_REQUEST, f"path {path[:200]!r} is none of {known}", param="path")
        if (runtime := self._runtime.current) is None:
            headers = {name.decode(): value.decode() for name, value in failed_headers(NO_CONFIG)}
            return error_response(NO_CONFIG.status, NO_CONFIG.code, NO_CONFIG.message, headers=headers)
        try:
            asked = surface.request(body, visible_headers(request.scope))
        except RequestRejected as problem:
            return error_response(problem.status, problem.code, str(problem), param=problem.param)
        decision = runtime.explain(asked)
        told = decision_json(decision)
        if (target := request.query_params.get("why_not")) is not None:
            told["why_not"] = {"target": target, "because": list(why_not(decision, target))}
        return JSONResponse(told)
