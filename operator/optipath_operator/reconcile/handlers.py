"""What kopf sees is noted. It watches and authenticates; it keeps no state of ours.

kopf has a thread and a loop of its own, for it ends every task of its loop
when it stops. What it sees is handed over to ours.
"""

import asyncio
import itertools
import math
import random
import ssl
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
_AGAIN_SECONDS: Final = 1.0
_LINGER_SECONDS: Final = 0.1
_LOGIN_SECONDS: Final = 10.0
"""The least time from one login to the next: while the API server refuses us, each brings a question of every watch."""
_TRUSTED: Final = timedelta(minutes=5)
"""How long a token that was read is used; kubelet writes a new one while the old one has 12 minutes left."""


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

    def tell(error: BaseException | None) -> None:
        # When we have stopped, nobody listens any more.
        if not stop.is_set():
            loop.call_soon_threadsafe(end, error)

    def watch() -> None:
        try:
            uvloop.run(_operator(loop, seen, stop, tell))
        except BaseException as error:  # noqa: BLE001  it is raised again in the other thread
            tell(error)

    thread = threading.Thread(target=watch, name="kopf", daemon=True)
    thread.start()
    try:
        yield ended
    finally:
        stop.set()
        ended.cancel()
        await asyncio.to_thread(thread.join, _CLOSING_SECONDS)


async def _operator(
    loop: asyncio.AbstractEventLoop,
    seen: Seen,
    stop: threading.Event,
    ended: Callable[[BaseException | None], None],
) -> None:
    """Run kopf, in its own thread; call `ended` when the first of its tasks has ended, which none should."""
    # To wake the other loop costs more than an event does; one that is not yet through the last ones need not be woken.
    waiting: deque[Sighting] = deque()

    def hand_over(sighting: Sighting) -> None:
        waiting.append(sighting)
        if len(waiting) == 1 and not stop.is_set():
            loop.call_soon_threadsafe(take_over)

    def take_over() -> None:
        while waiting:
            seen(waiting.popleft())

    tasks = await kopf.spawn_tasks(
        registry=_registry(hand_over), settings=_settings(), standalone=True, clusterwide=True, stop_flag=stop
    )
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    first = done.pop()
    ended(None if first.cancelled() else first.exception())
    if stop.is_set():
        ours = asyncio.current_task()
        ends = kopf.run_tasks(tasks, ignored={ours} if ours else ())
        await asyncio.wait([asyncio.gather(ends, return_exceptions=True)], timeout=_AGAIN_SECONDS)
    # kopf would wait for its other tasks, and they for a login that nobody makes any more.
    await _end_all(asyncio.get_running_loop().time() + _CLOSING_SECONDS - 2 * _AGAIN_SECONDS)
    # Connections over TLS are closed a moment after whoever used them has ended.
    await asyncio.sleep(_LINGER_SECONDS)


async def _end_all(until: float) -> None:
    """Cancel every other task of this loop until none is left: a watch of kopf's takes the first for its own end."""
    now = asyncio.get_running_loop().time
    while (left := asyncio.all_tasks() - {asyncio.current_task()}) and now() < until:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=_AGAIN_SECONDS)


def _registry(seen: Seen) -> kopf.OperatorRegistry:
    """Handlers that hand every event on."""
    registry = kopf.OperatorRegistry()

    async def note(event: kopf.RawEvent, **_: Any) -> None:
        seen(Sighting(event["object"], gone=event["type"] == "DELETED", listed=event["type"] is None))

    for kind in ("modelproviders", "routingpolicies"):
        kopf.on.event(GROUP, VERSION, kind, registry=registry)(note)
    kopf.on.event("", "v1", "namespaces", registry=registry)(note)
    kopf.on.login(registry=registry, backoff=_LOGIN_SECONDS)(_Login().log_in)
    return registry


class _Login:
    """The pod's own credentials, or those of KUBECONFIG; read anew whenever kopf asks."""

    def __init__(self) -> None:
        self._last = -math.inf

    async def log_in(self, **known: Any) -> kopf.ConnectionInfo | None:
        now = asyncio.get_running_loop().time
        await asyncio.sleep(self._last + _LOGIN_SECONDS - now())
        self._last = now()
        found = kopf.login_with_service_account(**known) or kopf.login_with_kubeconfig(**known)
        # kopf takes no credentials that have failed before, and ends when it has no others. Often the token was good,
        # and the API server unwell: with another expiration they are others.
        return found and _Credentials(**(vars(found) | {"expiration": datetime.now(UTC) + _TRUSTED}))


class _Credentials(kopf.ConnectionInfo):
    """Credentials for any cluster that other clients can talk to."""

    def as_ssl_context(self) -> ssl.SSLContext:
        """Trust as `cluster/client.py` does."""
        context = super().as_ssl_context()
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


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
        for pause in itertools.chain((1.0, 2.0, 5.0), itertools.repeat(15.0)):
            yield pause * random.uniform(0.8, 1.2)  # noqa: S311  spreads load, hides nothing
