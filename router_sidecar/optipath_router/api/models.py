"""GET /v1/models: the names that this tenant may ask for, in OpenAI's shape or, for its SDKs, in Anthropic's."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from optipath_router.api.faults import NO_CONFIG, error_response, failed_headers, form_for
from optipath_router.decide.eligible import denial
from optipath_router.decide.plan import Plan
from optipath_router.errors import Code
from optipath_router.live import Live
from optipath_router.providers.anthropic import models as anthropic
from optipath_router.providers.surfaces import speaks_messages
from optipath_router.runtime import Runtime


class Models:
    """The two endpoints of the models surface."""

    def __init__(self, runtime: Live[Runtime | None]) -> None:
        self._runtime = runtime

    async def every(self, request: Request) -> Response:
        """GET /v1/models, all on one page."""
        if (runtime := self._runtime.current) is None:
            return _no_config(request)
        plan = runtime.plan
        if _of_anthropic(request):
            return Response(anthropic.every(plan.names), media_type="application/json")
        return JSONResponse({"object": "list", "data": [_model(plan, name) for name in plan.names]})

    async def one(self, request: Request) -> Response:
        """GET /v1/models/NAME, where a name may have slashes in it."""
        if (runtime := self._runtime.current) is None:
            return _no_config(request)
        name = request.path_params["name"]
        if name not in runtime.plan.names:
            if why := _why_denied(runtime.plan, name):
                message = f"model {name!r} is not allowed here: {why}"
                return error_response(403, Code.POLICY_DENIED, message, param="model", form=form_for(request))
            message = f"model {name!r} is not served here"
            return error_response(404, Code.MODEL_NOT_FOUND, message, param="model", form=form_for(request))
        if _of_anthropic(request):
            return Response(anthropic.one(name), media_type="application/json")
        return JSONResponse(_model(runtime.plan, name))


def _of_anthropic(request: Request) -> bool:
    return speaks_messages(b"", request.headers.raw)


def _model(plan: Plan, name: str) -> dict[str, str | int]:
    named = plan.by_model.get(name, ())
    providers = sorted({target.provider for target in named if target.denied_by is None})
    return {"id": name, "object": "model", "created": 0, "owned_by": ",".join(providers) or "optipath"}


def _why_denied(plan: Plan, name: str) -> str:
    """By which policies a declared model is denied; empty where nobody declares it."""
    denied = (denial(target) for target in plan.by_model.get(name, ()))
    return "; ".join(f"{left.target}: {left.detail}" for left in denied if left is not None)


def _no_config(request: Request) -> Response:
    headers = {name.decode(): value.decode() for name, value in failed_headers(NO_CONFIG)}
    return error_response(NO_CONFIG.status, NO_CONFIG.code, NO_CONFIG.message, headers=headers, form=form_for(request))
