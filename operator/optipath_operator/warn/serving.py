"""Port 9443: the webhook by TLS, as soon as there is a certificate for it. The operator works without."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp

from optipath_operator.inject.patience import Callers
from optipath_operator.inject.serving import CannotListen, Server, listen
from optipath_operator.telemetry import Metrics
from optipath_operator.tls import LivingContext

log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 30.0
"""A port that is taken is somebody's mistake, and may be mended."""


async def serve(
    app: ASGIApp,
    tls: Path,
    port: int,
    metrics: Metrics,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    started: Callable[[int], None] = lambda _: None,
) -> None:
    """Serve for as long as this task lives; `started` is told the port."""
    while not _is_mounted(tls):
        # Nothing is mounted: nobody is meant to be warned by this replica.
        await sleep(_LOOK_SECONDS)
    living = LivingContext(tls)
    metrics.webhook_certificate_ends.set_function(lambda: living.expires or 0)
    looking = asyncio.create_task(living.run(sleep))
    try:
        while living.missing():
            await sleep(_LOOK_SECONDS)
        while True:
            await _listen(app, living, port, metrics, started)
            await sleep(_AGAIN_SECONDS)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _listen(
    app: ASGIApp, living: LivingContext, port: int, metrics: Metrics, started: Callable[[int], None]
) -> None:
    try:
        with listen(port) as where:
            server = Server(app, Callers(metrics.connections_cut.inc), living.context)
            serving = asyncio.create_task(server.serve([where]))
            started(where.getsockname()[1])
            try:
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                await serving
    except CannotListen as error:
        log.warning("nobody is warned: %s", error)


def _is_mounted(tls: Path) -> bool:
    return tls.is_dir()
