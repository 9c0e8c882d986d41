"""Port 8080: probes and metrics."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def probes(ready: Callable[[], str], metrics: Callable[[], bytes]) -> Starlette:
    """The application; `ready` says what is still missing, and nothing when nothing is."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readiness(_: Request) -> Response:
        missing = ready()
        return PlainTextResponse(f"{missing or 'ok'}\n", 503 if missing else 200)

    async def counted(_: Request) -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Starlette(routes=[Route("/livez", live), Route("/readyz", readiness), Route("/metrics", counted)])
