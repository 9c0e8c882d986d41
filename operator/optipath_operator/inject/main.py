"""The injector: everything is built here, once, in order, in the open; then it serves until told to stop."""

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import uvloop

from optipath_operator.environment import SettingsError
from optipath_operator.inject.metrics import Metrics
from optipath_operator.inject.patience import Callers
from optipath_operator.inject.serving import CannotListen, Server, listen
from optipath_operator.inject.settings import Settings, settings
from optipath_operator.inject.webhook import Webhook
from optipath_operator.probes import probes
from optipath_operator.telemetry import log_as_json
from optipath_operator.tls import LivingContext

log = logging.getLogger(__name__)


class PartEnded(Exception):
    """A part of the injector ended that should not: the rest would serve on as if nothing was wrong."""


def main() -> None:
    """Run `optipath-injector`."""
    try:
        chosen = settings(os.environ)
        log_as_json(chosen.log_level)
        _raise_open_files()
        uvloop.run(serve(chosen))
    except (SettingsError, CannotListen, PartEnded) as error:
        sys.exit(f"optipath-injector: {error}")


async def serve(chosen: Settings, started: Callable[[int, int], None] | None = None) -> None:
    """Answer reviews until SIGTERM or SIGINT; raises CannotListen, PartEnded.

    `started` is told the ports of reviews and of probes.
    """
    living = LivingContext(chosen.tls)
    metrics = Metrics(living)
    webhook = Webhook(chosen.injection, version("optipath"), metrics)
    stop = _Stop()

    def missing() -> str:
        return "stopping" if stop.told else living.missing()

    with listen(chosen.port) as reviews_port, listen(chosen.probes_port) as probes_port:
        living.look()
        reviews = Server(webhook.app(), Callers(metrics.cut.inc), living.context)
        asked = Server(probes(missing, metrics.text), Callers(metrics.cut.inc))
        parts = [
            asyncio.create_task(part, name=name)
            for name, part in (
                ("the port of reviews", reviews.serve([reviews_port])),
                ("the port of probes", asked.serve([probes_port])),
                ("the watch of the certificate", living.run()),
            )
        ]
        ports = reviews_port.getsockname()[1], probes_port.getsockname()[1]
        with stop.signals():
            log.info("listening", extra={"reviews": ports[0], "probes": ports[1]})
            try:
                if started:
                    started(*ports)
                await stop.wait(parts)
                webhook.draining = True
                log.info("stopping", extra={"linger_seconds": chosen.linger_seconds})
                await stop.linger(chosen.linger_seconds, parts)
            finally:
                reviews.should_exit = asked.should_exit = True
                await asyncio.wait(parts[:2])
                parts[2].cancel()
                await asyncio.gather(*parts, return_exceptions=True)


class _Stop:
    """Told to stop once, the injector lingers; told twice, or by Ctrl-C, it does not."""

    def __init__(self) -> None:
        self._soon, self._now = asyncio.Event(), asyncio.Event()

    @property
    def told(self) -> bool:
        return self._soon.is_set()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Listen to signals for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            loop.remove_signal_handler(signal.SIGINT)

    def _terminate(self) -> None:
        if self.told:
            self._now.set()
        self._soon.set()

    def _interrupt(self) -> None:
        self._soon.set()
        self._now.set()

    async def wait(self, parts: Sequence[asyncio.Task[None]]) -> None:
        """Return when it is time to stop; raises PartEnded where one of the parts ended before that."""
        await _first(self._soon, parts, None)

    async def linger(self, seconds: float, parts: Sequence[asyncio.Task[None]]) -> None:
        """Return when there is nobody left to linger for; raises PartEnded."""
        await _first(self._now, parts, seconds)


async def _first(event: asyncio.Event, parts: Sequence[asyncio.Task[None]], seconds: float | None) -> None:
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait([waiting, *parts], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    for part in parts:
        if part.done():
            log.critical("%s ended by itself", part.get_name(), exc_info=part.exception())
            raise PartEnded(f"{part.get_name()} ended by itself")


def _raise_open_files() -> None:
    """Let this process have as many files open as it may grant itself: strangers may connect, too."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
