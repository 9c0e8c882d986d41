"""GET /v1/models: the names that this tenant may ask for."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from optipath_router.api.faults import NO_CONFIG, error_response, failed_headers
from optipath_router.decide.plan import Plan
from optipath_router.errors import Code
from optipath_router.live import Live
from optipath_router.runtime import Runtime


class Models:
    """The two endpoints of OpenAI's models surface."""

    def __init__(self, runtime: Live[Runtime | None]) -> None:
        self._runtime = runtime

    async def every(self, _: Request) -> Response:
        """GET /v1/models."""
        if (runtime := self._runtime.current) is None:
            return _no_config()
        return JSONResponse({"object": "list", "data": [_model(runtime.plan, name) for name in runtime.plan.names]})

    async def one(self, request: Request) -> Response:
        """GET /v1/models/NAME, where a name may have slashes in it."""
        if (runtime := self._runtime.current) is None:
            return _no_config()
        name = request.path_params["name"]
        if name not in runtime.plan.names:
            return error_response(404, Code.MODEL_NOT_FOUND, f"model {name!r} is not served here", param="model")
        return JSONResponse(_model(runtime.plan, name))


def _model(plan: Plan, name: str) -> dict[str, str | int]:
    providers = sorted({target.provider for target in plan.by_model.get(name, ())})
    return {"id": name, "object": "model", "created": 0, "owned_by": ",".join(providers) or "optipath"}


def _no_config() -> Response:
    headers = {name.decode(): value.decode() for name, value in failed_headers(NO_CONFIG)}
    return error_response(NO_CONFIG.status, NO_CONFIG.code, NO_CONFIG.message, headers=headers)
