"""What is asked of models: every surface, plain and streamed."""

import asyncio
import logging
import os
import re
from collections.abc import Callable, Iterable

from starlette.types import Receive, Scope, Send

from optipath_router.api.asker import Asker
from optipath_router.api.exchange import CallerLeft, Leaving, read_body, visible_headers
from optipath_router.api.faults import NO_CONFIG, STOPPING, rejected
from optipath_router.call.limits import Held, leave
from optipath_router.chat.request import ChatRequest
from optipath_router.errors import Outcome, RequestRejected
from optipath_router.live import Live
from optipath_router.providers.surface import Surface
from optipath_router.runtime import Runtime
from optipath_router.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}\Z").match


class Calls:
    """The endpoints, as one plain ASGI application."""

    def __init__(
        self,
        surfaces: Iterable[Surface],
        runtime: Live[Runtime | None],
        metrics: Metrics,
        now: Callable[[], float],
        wall: Callable[[], float],
    ) -> None:
        """Take the monotonic clock, which measures, and the wall clock, which dates."""
        self._surfaces = {surface.path: surface for surface in surfaces}
        self._runtime, self._metrics, self._now, self._wall = runtime, metrics, now, wall
        self.in_flight = 0
        self.begun = 0
        """How many requests there have been."""
        self._answering: set[asyncio.Task[object]] = set()
        self._stopping = False

    @property
    def paths(self) -> frozenset[str]:
        """Where it is asked."""
        return frozenset(self._surfaces)

    def cut(self) -> None:
        """End what is being answered, streams by an error event and the rest by 503, and take nothing more."""
        self._stopping = True
        for answering in self._answering:
            answering.cancel(Outcome.STOPPED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self.begun += 1
        self.in_flight += 1
        self._metrics.in_flight.set(self.in_flight)
        try:
            await self._serve(scope, receive, send)
        except CallerLeft:
            log.debug("the caller left before it had asked")
        finally:
            self.in_flight -= 1
            self._metrics.in_flight.set(self.in_flight)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve under the snapshot that is in force when the request has arrived whole."""
        surface, headers = self._surfaces[scope["path"]], visible_headers(scope)
        decision_id = os.urandom(16).hex()
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID(given) else decision_id
        asker = Asker(surface, send, lambda: self._stopping)
        asker.name(request_id)
        try:
            body = await read_body(receive)
            runtime = self._runtime.current
            if runtime is None or self._stopping:
                await asker.fail(STOPPING if self._stopping else NO_CONFIG)
                return
            request = surface.request(
                body,
                headers,
                name=request_id,
                decision=decision_id,
                arrived=self._now(),
                created=int(self._wall()),
            )
        except RequestRejected as problem:
            self._metrics.rejected(problem.code)
            await asker.fail(rejected(problem))
            return
        await self._answer_or_leave(runtime, request, asker, Leaving(scope, receive))

    async def _answer_or_leave(self, runtime: Runtime, request: ChatRequest, asker: Asker, leaving: Leaving) -> None:
        """Answer, or give up as soon as the caller has left."""
        answering = asyncio.current_task()
        assert answering is not None  # noqa: S101  a server serves each request in a task
        leaving.watch(lambda: answering.cancel(Outcome.ABANDONED))
        self._answering.add(answering)
        held: Held = []
        try:
            await self._answer(runtime, request, asker, held)
        except asyncio.CancelledError:
            # Who has left waits for nothing, and at the very end nobody does: that is worth no stack trace.
            if not leaving.happened and not self._stopping:
                raise
            answering.uncancel()
        finally:
            self._answering.discard(answering)
            leaving.forget()
            if held:
                leave(held)

    async def _answer(self, runtime: Runtime, request: ChatRequest, asker: Asker, held: Held) -> None:
        try:
            decision, reply = await runtime.flow(request, held)
        except asyncio.CancelledError:
            if self._stopping:
                await asker.fail(STOPPING)
            raise
        except RequestRejected as problem:
            self._metrics.rejected(problem.code)
            await asker.fail(rejected(problem))
            return
        await asker.tell(request.decision_id, decision, reply)
