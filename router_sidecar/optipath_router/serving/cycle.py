"""One request and its answer: what an ASGI application receives and sends, and what of it goes over the wire.

In the place of uvicorn's own, at a fraction of its cost. The head of an answer
waits for the first piece of the body, so that both leave in one write; what is
large is not copied for that. Where an application ends before its answer does, the connection is cut: nobody takes
the answer for a whole one.
"""

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Scope
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl

from optipath_router.api.elsewhere import internal_error
from optipath_router.api.exchange import LEAVING

log = logging.getLogger(__name__)

_STATUS_LINES: Final = {each.value: b"HTTP/1.1 %d %b\r\n" % (each, each.phrase.encode()) for each in HTTPStatus}
_APART_BYTES: Final = 64 * 1024
"""A piece that is larger is handed over as it is."""
_WITHOUT_BODY: Final = frozenset({HTTPStatus.NO_CONTENT.value, HTTPStatus.NOT_MODIFIED.value})

_line = b": ".join


class Cycle:
    """One request on a connection, and its answer."""

    __slots__ = (
        "_asks_first",
        "_bodiless",
        "_body",
        "_chunked",
        "_common",
        "_flow",
        "_head",
        "_more_body",
        "_news",
        "_on_complete",
        "_on_leaving",
        "_owed",
        "_takes_body",
        "_takes_chunks",
        "_transport",
        "_unread",
        "_waiting",
        "begun",
        "complete",
        "disconnected",
        "keep_alive",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        flow: FlowControl,
        common: bytes,
        on_complete: Callable[[], None],
        *,
        takes_body: bool,
        takes_chunks: bool,
        keep_alive: bool,
        asks_first: bool,
    ) -> None:
        """Take the lines that stand in every head, what to do once the answer is complete, and what the caller takes.

        One who asks first sends a body only when told to go on.
        """
        self._transport, self._flow, self._common, self._on_complete = transport, flow, common, on_complete
        self._takes_body, self._takes_chunks, self._asks_first = takes_body, takes_chunks, asks_first
        self.keep_alive = keep_alive
        """Whether the connection will serve another request."""
        self.disconnected = False
        """Whether the caller has left before the end."""
        self.begun = False
        """Whether anything of the answer has been written."""
        self.complete = False
        """Whether all of it has."""
        self._body: list[bytes] = []
        self._unread = 0
        self._more_body = True
        self._news = False
        """Whether there is anything that the application has not received yet."""
        self._waiting: asyncio.Event | None = None
        self._on_leaving: Callable[[], object] | None = None
        self._head: bytes | None = None
        """What is still to be written of the answer's head; None before there is one."""
        self._bodiless = self._chunked = False
        self._owed: int | None = None
        """How much of the answer's body is to come, where its head says so."""

    # The connection's side.

    async def run(self, application: ASGIApp, scope: Scope) -> None:
        """Have an application answer. A mistake of its own is logged, and told to the caller if there is still time."""
        scope["extensions"] = {LEAVING: self.on_leaving}
        try:
            await application(scope, self.receive, self.send)
        except Exception as error:  # noqa: BLE001  whatever it is, the caller is told and the log has it
            await self._fail(scope, error)
        else:
            if self._head is None and not self.disconnected:
                await self._fail(scope, RuntimeError("nothing was answered"))
        finally:
            if not self.complete and not self.disconnected:
                self._transport.close()

    async def _fail(self, scope: Scope, error: Exception) -> None:
        log.error("%s %s was not answered as it should be", scope["method"], scope["path"], exc_info=error)
        if not self.begun:
            self._head = None
            answer = await internal_error(Request(scope), error)
            await answer(scope, self.receive, self.send)

    def feed(self, body: bytes) -> None:
        """Keep a piece of the request's body; with too much of it unread, no more is taken for now."""
        self._body.append(body)
        self._unread += len(body)
        if self._unread > HIGH_WATER_LIMIT:
            self._flow.pause_reading()
        self._tell()

    def feed_end(self) -> None:
        """Note that the request is here to its end."""
        self._more_body = False
        self._tell()

    def leave(self) -> None:
        """Note that the caller has left, unless that was after the end."""
        if self.complete or self.disconnected:
            return
        self.disconnected = True
        self._tell()
        if self._on_leaving is not None:
            self._on_leaving()

    def _tell(self) -> None:
        self._news = True
        if self._waiting is not None:
            self._waiting.set()

    # The application's side.

    def on_leaving(self, tell: Callable[[], object] | None) -> None:
        """Have something called as soon as the caller leaves, at once where it has; None takes that back."""
        self._on_leaving = tell
        if self.disconnected and tell is not None:
            tell()

    async def receive(self) -> Message:
        """What has come of the request's body since the last time, or that nobody waits for an answer."""
        if self._asks_first:
            self._asks_first = False
            if not self.begun and not self._transport.is_closing():
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if not self._news:
            self._waiting = self._waiting or asyncio.Event()
            await self._waiting.wait()
        if self.disconnected or self.complete:
            return {"type": "http.disconnect"}
        body = b"".join(self._body)
        self._body, self._unread, self._news, self._waiting = [], 0, False, None
        self._flow.resume_reading()
        return {"type": "http.request", "body": body, "more_body": self._more_body}

    async def send(self, message: Message) -> None:
        """Write a part of the answer, as fast as the caller reads; what is for one who has left is dropped."""
        if self._flow.write_paused and not self.disconnected:
            await self._flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.body" and self._head is not None and not self.complete:
            self._write(self._head, message.get("body", b""), more=message.get("more_body", False))
        elif kind == "http.response.start" and self._head is None:
            self._head = self._begin(message["status"], list(message.get("headers", ())))
        else:
            raise RuntimeError(f"an application may not send {kind!r} at this point")

    def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The head of an answer, which says how its body ends."""
        given, lines = dict(headers), list(map(_line, headers))
        if b"close" in given.get(b"connection", b"").lower():
            self.keep_alive = False
        elif not self.keep_alive:
            lines.append(b"connection: close")
        length = given.get(b"content-length")
        self._bodiless = not self._takes_body or status in _WITHOUT_BODY
        self._owed = int(length) if length is not None and not self._bodiless else None
        self._chunked = self._takes_chunks and length is None and not self._bodiless
        if self._chunked:
            lines.append(b"transfer-encoding: chunked")
        lines.append(b"")
        block = b"\r\n".join(lines)
        # Whoever gets a line break into a header writes the rest of the answer, and the next one.
        if len(block) - len(block.translate(None, b"\r\n\0")) != 2 * (len(lines) - 1):
            broken = next(name for name, value in headers if {*b"\r\n\0"} & {*name, *value})
            raise RuntimeError(f"the answer's header {broken!r} has a line break or NUL in it")
        line = _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
        return b"".join((line, self._common, block, b"\r\n"))

    def _pay(self, size: int, *, more: bool) -> None:
        self._owed = owed = (self._owed or 0) - size
        if owed < 0 or (owed and not more):
            raise RuntimeError(f"the answer's body differs from its content-length by {abs(owed)} bytes")

    def _write_apart(self, head: bytes, body: bytes) -> bytes:
        """Write a large piece as it is, and say what must follow it."""
        if self._chunked:
            self._transport.writelines((b"%b%x\r\n" % (head, len(body)), body))
            return b"\r\n"
        self._transport.writelines((head, body))
        return b""

    def _write(self, head: bytes, body: bytes, *, more: bool) -> None:
        if self._owed is not None:
            self._pay(len(body), more=more)
        if len(body) > _APART_BYTES and not self._bodiless:
            head, body = self._write_apart(head, body), b""
        if self._bodiless:
            data = head
        elif self._chunked:
            data = b"%b%x\r\n%b\r\n" % (head, len(body), body) if body else head
            if not more:
                data += b"0\r\n\r\n"
        else:
            data = head + body
        if data:
            self._transport.write(data)
        self._head, self.begun = b"", True
        if not more:
            self.complete = True
            self._tell()
            if not self.keep_alive:
                self._transport.close()
            self._on_complete()
