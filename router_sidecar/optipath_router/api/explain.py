"""POST /optipath/explain: where a chat request would go, and why, without calling anybody.

The body is that of the chat request; the answer is a decision in the words of
GET /optipath/decisions/ID. With `?why_not=TARGET` it says of one target why it
does not come first.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from optipath_router.account.record import decision_json
from optipath_router.api.exchange import visible_headers
from optipath_router.api.faults import NO_CONFIG, error_response, failed_headers
from optipath_router.chat.request import ChatRequest, read_asked
from optipath_router.decide.why_not import why_not
from optipath_router.errors import RequestRejected
from optipath_router.live import Live
from optipath_router.runtime import Runtime


class Explain:
    """The endpoint over the runtime in force."""

    def __init__(self, runtime: Live[Runtime | None]) -> None:
        self._runtime = runtime

    async def post(self, request: Request) -> Response:
        """The decision for a request."""
        body = await request.body()
        if (runtime := self._runtime.current) is None:
            headers = {name.decode(): value.decode() for name, value in failed_headers(NO_CONFIG)}
            return error_response(NO_CONFIG.status, NO_CONFIG.code, NO_CONFIG.message, headers=headers)
        try:
            asked = read_asked(body)
        except RequestRejected as problem:
            return error_response(problem.status, problem.code, str(problem), param=problem.param)
        decision = runtime.explain(ChatRequest("", "", 0.0, visible_headers(request.scope), body, asked))
        told = decision_json(decision)
        if (target := request.query_params.get("why_not")) is not None:
            told["why_not"] = {"target": target, "because": list(why_not(decision, target))}
        return JSONResponse(told)
