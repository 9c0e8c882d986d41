"""What kopf sees is noted. It watches and authenticates; it keeps no state of ours.

kopf has a thread and a loop of its own, for it ends every task of its loop
when it stops. What it sees is handed over to ours.
"""

import asyncio
import itertools
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import kopf
import uvloop

from optipath_operator.resources import GROUP, VERSION


@dataclass(frozen=True, slots=True)
class Sighting:
    """An object, as kopf has seen it."""

    manifest: Mapping[str, Any]
    gone: bool
    listed: bool
    """Whether it comes from a list, and not because something has happened."""


Seen = Callable[[Sighting], None]

_CLOSING_SECONDS: Final = 5.0


@asynccontextmanager
async def watching(seen: Seen) -> AsyncIterator[asyncio.Future[None]]:
    """Have kopf watch for as long as the block lasts; what is yielded is done, or has its error, if it ends before.

    An operator whose kopf has died sees nothing any more, and must end.
    """
    loop, stop = asyncio.get_running_loop(), threading.Event()
    ended = loop.create_future()

    def end(error: BaseException | None) -> None:
        if not ended.done():
            ended.set_exception(error) if error else ended.set_result(None)

    def watch() -> None:
        error = None
        try:
            uvloop.run(_operator(loop, seen, stop))
        except BaseException as raised:  # noqa: BLE001  it is raised again in the other thread
            error = raised
        # When we have stopped, nobody listens any more.
        if not stop.is_set():
            loop.call_soon_threadsafe(end, error)

    thread = threading.Thread(target=watch, name="kopf", daemon=True)
    thread.start()
    try:
        yield ended
    finally:
        stop.set()
        ended.cancel()
        await asyncio.to_thread(thread.join, _CLOSING_SECONDS)


async def _operator(loop: asyncio.AbstractEventLoop, seen: Seen, stop: threading.Event) -> None:
    """Run kopf, in its own thread."""
    # To wake the other loop costs more than an event does; one that is not yet through the last ones need not be woken.
    waiting: deque[Sighting] = deque()

    def hand_over(sighting: Sighting) -> None:
        waiting.append(sighting)
        if len(waiting) == 1 and not stop.is_set():
            loop.call_soon_threadsafe(take_over)

    def take_over() -> None:
        while waiting:
            seen(waiting.popleft())

    await kopf.operator(
        registry=_registry(hand_over), settings=_settings(), standalone=True, clusterwide=True, stop_flag=stop
    )


def _registry(seen: Seen) -> kopf.OperatorRegistry:
    """Handlers that hand every event on."""
    registry = kopf.OperatorRegistry()

    async def note(event: kopf.RawEvent, **_: Any) -> None:
        seen(Sighting(event["object"], gone=event["type"] == "DELETED", listed=event["type"] is None))

    for kind in ("modelproviders", "routingpolicies"):
        kopf.on.event(GROUP, VERSION, kind, registry=registry)(note)
    kopf.on.event("", "v1", "namespaces", registry=registry)(note)
    kopf.on.login(registry=registry)(_log_in)
    return registry


def _log_in(**known: Any) -> kopf.ConnectionInfo | None:
    return kopf.login_with_service_account(**known) or kopf.login_with_kubeconfig(**known)


def _settings() -> kopf.OperatorSettings:
    """Settings that keep kopf to watching."""
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.watching.server_timeout = 600
    settings.watching.client_timeout = 660
    settings.watching.connect_timeout = 10
    settings.watching.chunk_size = 500
    settings.networking.request_timeout = 30
    settings.networking.error_backoffs = _Patience()
    settings.persistence.diffbase_storage = _Nothing()
    # Nothing is stored in it either. kopf's default looks through an object's annotations, which takes it longer.
    settings.persistence.progress_storage = kopf.StatusProgressStorage()
    settings.queueing.idle_timeout = 1
    return settings


class _Nothing(kopf.DiffBaseStorage):
    """What kopf remembers of an object to compare it with: it copies the whole object for that, and we never ask."""

    def build(self, **_: Any) -> kopf.BodyEssence:
        return kopf.BodyEssence()

    def fetch(self, **_: Any) -> kopf.BodyEssence | None:
        return None

    def store(self, **_: Any) -> None:
        pass


class _Patience(Iterable[float]):
    """Pauses without an end: when kopf's own are used up it dies, and the next one begins with everything anew."""

    def __iter__(self) -> Iterator[float]:
        return itertools.chain((1.0, 2.0, 5.0), itertools.repeat(10.0))
