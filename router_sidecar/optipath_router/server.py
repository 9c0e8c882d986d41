"""The router on its two ports, from the first snapshot to the last stream."""

import asyncio
import errno
import gc
import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from optipath_router.app import App, compose
from optipath_router.call.health import USUAL, HealthSettings
from optipath_router.drain import drained
from optipath_router.room import connections_within, open_files
from optipath_router.serving.hosts import hosts_of
from optipath_router.serving.limits import ADMIN, Limits
from optipath_router.serving.port import Port
from optipath_router.serving.serving import Serving
from optipath_router.settings import Address, Settings
from optipath_router.telemetry.beat import Beat

log = logging.getLogger(__name__)

_BACKLOG: Final = 2048
_UNSENT_BYTES: Final = 128 * 1024
"""What the kernel takes of an answer beyond what its caller has room for, where it would take megabytes.

That is memory of the pod which no count of ours sees. And only what it does not take shows us whether a caller reads.
"""
_NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


@dataclass(frozen=True, slots=True)
class Bound:
    """Where a router listens."""

    api: tuple[Address, ...]
    admin: tuple[Address, ...]


class CannotListen(Exception):
    """An address that is taken, or not this machine's."""


class PartEnded(Exception):
    """A part of the router ended that should not: without it the rest would serve on as if nothing was wrong."""


async def serve(
    settings: Settings, started: Callable[[Bound], None] | None = None, health: HealthSettings = USUAL
) -> None:
    """Run a router until it is told to stop by SIGTERM or SIGINT, or cancelled; raises CannotListen, PartEnded.

    SIGTERM lets it drain, a second one or SIGINT ends it at once.
    """
    app = compose(settings, health)
    await app.watch.look()
    api_sockets, admin_sockets = _sockets(settings.listen, settings.admin)
    beat = Beat(app.shared.metrics.lag_seconds.observe)
    api, admin = _ports(app, settings, beat)
    stop = _Stop()
    with stop.signals():
        serving = [
            asyncio.create_task(server.serve(sockets), name=name)
            for name, server, sockets in (
                ("the API's port", api, api_sockets),
                ("the admin port", admin, admin_sockets),
            )
        ]
        watching = asyncio.create_task(app.watch.run(beat.sleep), name="the watch of the files")
        _let_the_collector_rest()
        bound = Bound(_addresses(api_sockets), _addresses(admin_sockets))
        log.info("listening", extra={"api": list(map(str, bound.api)), "admin": list(map(str, bound.admin))})
        try:
            if started:
                started(bound)
            await stop.wait(app, settings.grace_seconds, (*serving, watching))
        finally:
            app.calls.cut()
            api.should_exit = admin.should_exit = True
            await asyncio.wait(serving)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await app.shared.pools.close()
            if app.decision_log:
                await asyncio.to_thread(app.decision_log.close)


def _let_the_collector_rest() -> None:
    """What is there now stays, and need not be walked over again and again.

    Nearly all that a request makes is freed without the collector. What is not must not pile up, so it runs often
    over what is young; over all records that are kept, which takes milliseconds, it runs seldom.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 20)


class _Stop:
    """Told to stop once, the router drains; told twice, or by Ctrl-C, it stops."""

    def __init__(self) -> None:
        self._drain, self._now = asyncio.Event(), asyncio.Event()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Listen to signals for as long as the block lasts."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        loop.add_signal_handler(signal.SIGINT, self._now.set)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            loop.remove_signal_handler(signal.SIGINT)

    def _terminate(self) -> None:
        if self._drain.is_set():
            self._now.set()
        self._drain.set()

    async def wait(self, app: App, grace_seconds: float, parts: Sequence[asyncio.Task[None]]) -> None:
        """Return when it is time to close down; raises PartEnded where one of the parts ended before that."""
        waiting = [asyncio.create_task(self._now.wait()), asyncio.create_task(self._drained(app, grace_seconds))]
        try:
            await asyncio.wait([*waiting, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        for part in parts:
            if part.done():
                log.critical("%s ended by itself", part.get_name(), exc_info=part.exception())
                raise PartEnded(f"{part.get_name()} ended by itself")

    async def _drained(self, app: App, grace_seconds: float) -> None:
        await self._drain.wait()
        log.info("draining", extra={"in_flight": app.calls.in_flight})
        quiet = await drained(
            lambda: app.calls.in_flight,
            lambda: app.calls.begun,
            grace_seconds=grace_seconds,
            now=time.monotonic,
            sleep=asyncio.sleep,
        )
        if not quiet:
            log.warning("time is up", extra={"in_flight": app.calls.in_flight})


def _ports(app: App, settings: Settings, beat: Beat) -> tuple[Port, Port]:
    """The API's port, and that of probes and metrics."""
    limits = Limits(connections_within(open_files()), settings.max_in_flight)
    room, count = app.shared.room, app.shared.metrics.turned_away
    return (
        Port(app.api, Serving(limits, room, count, hosts_of(settings.listen)), beat.sleep),
        Port(app.admin, Serving(ADMIN, room, count), beat.sleep),
    )


def _sockets(*ports: tuple[Address, ...]) -> list[list[socket.socket]]:
    """For each port the sockets of its addresses; raises CannotListen, and leaves none open."""
    with ExitStack() as until_all_are_there:
        bound = [
            [until_all_are_there.enter_context(listening) for address in addresses if (listening := _socket(address))]
            for addresses in ports
        ]
        until_all_are_there.pop_all()
    return bound


def _socket(address: Address) -> socket.socket | None:
    """A socket that listens; None where the address is optional and not this machine's."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with ExitStack() as until_it_listens:
            listening = until_it_listens.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Its connections inherit it. A sandbox's kernel may not know it, and serves all the same.
            with suppress(OSError):
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
            listening.bind((address.host, address.port))
            listening.listen(_BACKLOG)
            until_it_listens.pop_all()
            return listening
    except OSError as error:
        if address.optional and error.errno in _NO_SUCH_ADDRESS:
            return None
        raise CannotListen(f"cannot listen on {address}: {error.strerror}") from error


def _addresses(sockets: list[socket.socket]) -> tuple[Address, ...]:
    return tuple(Address(*each.getsockname()[:2]) for each in sockets)
