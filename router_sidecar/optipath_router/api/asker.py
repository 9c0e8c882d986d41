"""Who asks, and how they are told what came of it: in the wire format of the surface that they used."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from starlette.types import Message, Send

from optipath_router.api.exchange import answer
from optipath_router.api.faults import STOPPING, failed_headers
from optipath_router.chat.reply import Failed, Reply, Streamed, Whole, failed_over
from optipath_router.decide.decision import Decision
from optipath_router.errors import UpstreamError
from optipath_router.providers.surface import Surface

Headers = list[tuple[bytes, bytes]]


class Asker:
    """One caller with one request."""

    __slots__ = ("_headers", "_send", "_stopping", "surface")

    def __init__(self, surface: Surface, send: Send, stopping: Callable[[], bool]) -> None:
        """Take how to send, and whether the router has to stop by now."""
        self.surface, self._send, self._stopping = surface, send, stopping
        self._headers: Headers = []

    def name(self, request_id: str) -> None:
        """Say in every answer how the request is called."""
        self._headers.append((b"x-optipath-request-id", request_id.encode()))

    async def fail(self, failed: Failed) -> None:
        """Tell why there is no answer."""
        body = self.surface.speech.error(failed.status, failed.code, failed.message, failed.param)
        await answer(self._send, failed.status, [*self._headers, *failed_headers(failed)], body)

    async def tell(self, decision_id: str, decision: Decision, reply: Reply) -> None:
        """Tell what came of the request."""
        self._headers += _told(decision_id, decision, reply)
        match reply.content:
            case Whole(status=status, headers=passed, body=body) as whole:
                try:
                    await answer(self._send, status, [*self._headers, *passed], body)
                finally:
                    whole.release()
            case Failed() as failed:
                await self.fail(failed)
            case Streamed() as streamed:
                await self._stream(streamed)

    async def _stream(self, streamed: Streamed) -> None:
        """Pass a stream on as it comes.

        One that does not finish ends with an error event, without the end mark,
        and without the end of the body: the connection is cut, so that nobody
        takes the answer for a whole one.
        """
        send = self._send
        async with aclosing(streamed.events) as events:
            # A generator that never began would not close what is below it.
            first = await anext(events)
            headers = [*self._headers, *streamed.headers]
            await send({"type": "http.response.start", "status": streamed.status, "headers": headers})
            try:
                await send(_piece(first.raw))
                async for event in events:
                    if event.raw:
                        await send(_piece(event.raw))
            except UpstreamError as problem:
                await send(self._broken_off(str(problem)))
            except asyncio.CancelledError:
                if self._stopping():
                    await send(self._broken_off(STOPPING.message))
                raise
            else:
                await send({"type": "http.response.body", "body": b""})

    def _broken_off(self, why: str) -> Message:
        # What came last may lack its blank line.
        return _piece(b"\n\n" + self.surface.speech.broken_off(f"the answer broke off: {why}"))


def _piece(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


def _told(decision_id: str, decision: Decision, reply: Reply) -> Headers:
    """What a reply says of how it came about."""
    tried, target = reply.tried(), reply.target
    told = [
        (b"x-optipath-decision", decision_id.encode()),
        (b"x-optipath-attempts", b"%d" % sum([each.made for each in tried])),
    ]
    if decision.policy is not None:
        told.append((b"x-optipath-policy", str(decision.policy).encode()))
    if target is not None:
        told += (
            (b"x-optipath-model", target.model.encode()),
            (b"x-optipath-provider", target.provider.encode()),
            (b"x-optipath-failover", b"true" if failed_over(tried, target) else b"false"),
        )
    if reply.lost:
        told.append((b"x-optipath-lost", ",".join(reply.lost).encode()))
    if reply.downgraded:
        told.append((b"x-optipath-downgraded", ",".join(reply.downgraded).encode()))
    return told
