"""Port 7081: probes, metrics, and which snapshot is in force.

Readiness never depends on configuration: a broken policy must not take the
app's own Service endpoints away.
"""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from optipath_router.live import Live
from optipath_router.runtime import Runtime
from optipath_router.telemetry.metrics import Metrics

_STARTING_SECONDS = 10.0
"""How long a pod's other containers wait for a snapshot before they go on without one."""


class Admin:
    """The endpoints of the admin port."""

    def __init__(self, runtime: Live[Runtime | None], metrics: Metrics, now: Callable[[], float]) -> None:
        self._runtime, self._metrics, self._now = runtime, metrics, now
        self._started = now()

    async def live(self, _: Request) -> Response:
        """The loop turns."""
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        """Requests are taken."""
        return PlainTextResponse("ok\n")

    async def startup(self, _: Request) -> Response:
        """A snapshot is in force, or enough time has passed without one."""
        if self._runtime.current is None and self._now() - self._started < _STARTING_SECONDS:
            return PlainTextResponse("waiting for a snapshot\n", 503)
        return PlainTextResponse("ok\n")

    async def metrics(self, _: Request) -> Response:
        """Everything that is counted, for Prometheus."""
        text = bytearray()
        for piece in self._metrics.slices():
            text += piece
            await asyncio.sleep(0)  # streams must not wait for all of it
        return Response(bytes(text), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def snapshot(self, _: Request) -> Response:
        """Which snapshot is in force, and for how many seconds."""
        runtime = self._runtime.current
        if runtime is None:
            return JSONResponse({"digest": None, "generation": None, "age_seconds": None})
        file = runtime.file
        age = round(self._now() - runtime.loaded, 3)
        return JSONResponse({"digest": file.digest, "generation": file.generation, "age_seconds": age})
