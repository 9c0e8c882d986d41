"""POST /v1/chat/completions: OpenAI's surface, plain and streamed."""

import asyncio
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import aclosing

from starlette.types import Message, Receive, Scope, Send

from optipath_router.api.exchange import CallerLeft, Leaving, answer, read_body, visible_headers
from optipath_router.api.faults import NO_CONFIG, STOPPING, error_body, failed_headers, rejected
from optipath_router.chat.reply import Failed, Reply, Streamed, Whole, failed_over
from optipath_router.chat.request import ChatRequest
from optipath_router.decide.decision import Decision
from optipath_router.errors import Code, Outcome, RequestRejected, UpstreamError
from optipath_router.live import Live
from optipath_router.providers.openai.asked import read_asked
from optipath_router.runtime import Runtime
from optipath_router.telemetry.metrics import Metrics

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}\Z").match


class ChatCompletions:
    """The endpoint, a plain ASGI application."""

    def __init__(self, runtime: Live[Runtime | None], metrics: Metrics, now: Callable[[], float]) -> None:
        self._runtime, self._metrics, self._now = runtime, metrics, now
        self.in_flight = 0
        self.begun = 0
        """How many requests there have been."""
        self._answering: set[asyncio.Task[object]] = set()
        self._stopping = False

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
        headers = visible_headers(scope)
        decision_id = os.urandom(16).hex()
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID(given) else decision_id
        shown = [(b"x-optipath-request-id", request_id.encode())]
        try:
            body = await read_body(receive)
            runtime = self._runtime.current
            if runtime is None or self._stopping:
                await _fail(send, shown, STOPPING if self._stopping else NO_CONFIG)
                return
            asked = read_asked(body)
        except RequestRejected as problem:
            self._metrics.rejected(problem.code)
            await _fail(send, shown, rejected(problem))
            return
        request = ChatRequest(request_id, decision_id, self._now(), headers, body, asked)
        await self._answer_or_leave(runtime, request, shown, Leaving(scope, receive), send)

    async def _answer_or_leave(
        self, runtime: Runtime, request: ChatRequest, shown: list[tuple[bytes, bytes]], leaving: Leaving, send: Send
    ) -> None:
        """Answer, or give up as soon as the caller has left."""
        answering = asyncio.current_task()
        assert answering is not None  # noqa: S101  a server serves each request in a task
        leaving.watch(lambda: answering.cancel(Outcome.ABANDONED))
        self._answering.add(answering)
        try:
            await self._answer(runtime, request, shown, send)
        except asyncio.CancelledError:
            # Who has left waits for nothing, and at the very end nobody does: that is worth no stack trace.
            if not leaving.happened and not self._stopping:
                raise
            answering.uncancel()
        finally:
            self._answering.discard(answering)
            leaving.forget()

    async def _answer(
        self, runtime: Runtime, request: ChatRequest, shown: list[tuple[bytes, bytes]], send: Send
    ) -> None:
        try:
            decision, reply = await runtime.flow(request)
        except asyncio.CancelledError:
            if self._stopping:
                await _fail(send, shown, STOPPING)
            raise
        headers = [*shown, *_told(request, decision, reply)]
        match reply.content:
            case Whole(status=status, headers=passed, body=body) as whole:
                try:
                    await answer(send, status, [*headers, *passed], body)
                finally:
                    whole.release()
            case Failed() as failed:
                await _fail(send, headers, failed)
            case Streamed() as streamed:
                await self._stream(send, [*headers, *streamed.headers], streamed)

    async def _stream(self, send: Send, headers: list[tuple[bytes, bytes]], streamed: Streamed) -> None:
        """Pass a stream on as it comes.

        One that does not finish ends with an error event, without the end mark,
        and without the end of the body: the connection is cut, so that nobody
        takes the answer for a whole one.
        """
        async with aclosing(streamed.events) as events:
            # A generator that never began would not close what is below it.
            first = await anext(events)
            await send({"type": "http.response.start", "status": streamed.status, "headers": headers})
            try:
                await send(_piece(first.raw))
                async for event in events:
                    if event.raw:
                        await send(_piece(event.raw))
            except UpstreamError as problem:
                await send(_broken_off(str(problem)))
            except asyncio.CancelledError:
                if self._stopping:
                    await send(_broken_off(STOPPING.message))
                raise
            else:
                await send({"type": "http.response.body", "body": b""})


def _piece(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


def _broken_off(why: str) -> Message:
    # What came last may lack its blank line.
    return _piece(b"\n\ndata: " + error_body(502, Code.ALL_ATTEMPTS_FAILED, f"the answer broke off: {why}") + b"\n\n")


async def _fail(send: Send, headers: list[tuple[bytes, bytes]], failed: Failed) -> None:
    body = error_body(failed.status, failed.code, failed.message, failed.param)
    await answer(send, failed.status, [*headers, *failed_headers(failed)], body)


def _told(request: ChatRequest, decision: Decision, reply: Reply) -> Iterator[tuple[bytes, bytes]]:
    """What a reply says of how it came about."""
    yield b"x-optipath-decision", request.decision_id.encode()
    tried = reply.tried()
    yield b"x-optipath-attempts", str(sum(each.made for each in tried)).encode()
    if decision.policy is not None:
        yield b"x-optipath-policy", str(decision.policy).encode()
    if reply.target is not None:
        yield b"x-optipath-model", reply.target.model.encode()
        yield b"x-optipath-provider", reply.target.provider.encode()
        yield b"x-optipath-failover", b"true" if failed_over(tried, reply.target) else b"false"
