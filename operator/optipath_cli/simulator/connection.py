"""One HTTP/1.1 connection: bytes to requests, and a script's actions to bytes.

Requests of a connection are answered one after another. Reading never stops, so that a caller who leaves is
noticed at once, whatever the script is doing. One that only shuts down its sending side has left, too.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from itertools import count
from typing import Protocol, assert_never, cast

import httptools

from optipath_cli.simulator.actions import (
    Action,
    CallerLeft,
    Close,
    End,
    Head,
    Headers,
    Raw,
    Reset,
    Script,
    Stall,
    Wait,
    Write,
    whole,
)
from optipath_cli.simulator.request import Request

MAX_REQUEST = 64 * 2**20
"""Bytes of one request, head and body."""
LINGER_NOT = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST."""
REASONS = {status.value: status.phrase for status in HTTPStatus}
NUMBERS = count(1)
"""For the connections of a process, in the order they are opened."""


class Opened(Protocol):
    """Whatever serves a connection."""

    async def close(self) -> None:
        """End what is under way, and the connection."""


class Connection(asyncio.Protocol):
    """One connection, from accept to close."""

    def __init__(self, reply: Callable[[Request], Script], connections: set[Opened]) -> None:
        self._reply = reply
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._scripts: asyncio.Queue[tuple[Script, bool]] = asyncio.Queue()
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()
        self._held = b""
        """A head that goes out with the first piece of its body, or before whatever else comes."""
        self._chunked = False
        self._until_close = False
        self._number = next(NUMBERS)
        self._requests = 0
        self._begin()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        self._transport = cast("asyncio.Transport", transport)
        # Nothing is kept in the process: what was written is on its way, and a reset cannot overtake it.
        # Over TLS, asyncio takes a buffer that has reached its limit for a full one, even where both are 0.
        self._transport.set_write_buffer_limits(high=0 if transport.get_extra_info("sslcontext") is None else 1)
        self._connections.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())
        self._task.add_done_callback(_raise)

    def data_received(self, data: bytes) -> None:
        """Read on; what is no HTTP gets 400, what is too long 413."""
        self._size += len(data)
        if self._size > MAX_REQUEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            raise  # a mistake of ours; asyncio logs it and closes the connection
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(HTTPStatus.BAD_REQUEST)

    def pause_writing(self) -> None:
        """The caller reads more slowly than we write."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The caller has caught up."""
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - how it went makes no difference
        """The caller is gone: end what is under way."""
        self._gone.set()
        self._connections.discard(self)
        self._task.cancel()
        while not self._scripts.empty():
            script, _ = self._scripts.get_nowait()
            next(script)
            _leave(script)

    async def close(self) -> None:
        """End what is under way, and the connection."""
        # The script ends first: it is not the caller who leaves.
        self._task.cancel()
        await asyncio.wait([self._task])
        self._transport.abort()
        await self._gone.wait()

    # What the parser calls.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the target."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, whole."""
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._body += body

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._requests += 1
        request = Request(
            self._parser.get_method().decode(),
            self._target.decode("latin-1"),
            tuple(self._headers),
            bytes(self._body),
            self._number,
            self._requests,
        )
        self._scripts.put_nowait((self._reply(request), self._parser.should_keep_alive()))

    def _begin(self) -> None:
        """Nothing of a request has been read."""
        self._size = 0
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body = bytearray()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer what cannot be read, and close."""
        self._transport.pause_reading()
        self._scripts.put_nowait((whole(status, (), b""), False))

    # Performing.

    async def _serve(self) -> None:
        """Answer the requests in turn."""
        keeps = True
        try:
            while keeps and not self._transport.is_closing():
                script, keeps = await self._scripts.get()
                await self._perform(script, keeps=keeps)
        finally:
            self._transport.close()

    async def _perform(self, script: Script, *, keeps: bool) -> None:
        """Perform a script to its end, or until the caller leaves."""
        try:
            for action in script:
                await self._do(action, keeps=keeps)
        except asyncio.CancelledError:
            if self._gone.is_set():
                _leave(script)
            raise
        finally:
            script.close()

    async def _do(self, action: Action, *, keeps: bool) -> None:
        """Perform one action."""
        if self._held and not isinstance(action, Write):
            await self._write(b"")
        match action:
            case Head():
                self._until_close = action.until_close
                self._chunked = action.length is None and not action.until_close
                self._held = _head(action, keeps=keeps)
            case Write(data=data):
                await self._piece(data)
            case Raw(data=data):
                await self._write(data)
            case End():
                await self._finish()
            case Wait(seconds=seconds):
                await asyncio.sleep(seconds)
            case Stall():
                await asyncio.Event().wait()
            case Close():
                self._transport.close()
            case Reset():
                self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
                self._transport.abort()
            case _:
                assert_never(action)

    async def _piece(self, data: bytes) -> None:
        """Write a piece of the body; an empty one would end a body in chunks."""
        if data:
            # Between two pieces everybody else gets a turn, and a caller who left is noticed.
            await asyncio.sleep(0)
            await self._write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    async def _finish(self) -> None:
        """End the body."""
        if self._chunked:
            await self._write(b"0\r\n\r\n")
        elif self._until_close:
            self._transport.close()

    async def _write(self, data: bytes) -> None:
        """Write, and wait until it is on its way."""
        self._transport.write(self._held + data)
        self._held = b""
        await self._writable.wait()


def _leave(script: Script) -> None:
    """Tell a script that its caller has left."""
    with suppress(StopIteration, CallerLeft):
        script.throw(CallerLeft())


def _raise(task: asyncio.Task[None]) -> None:
    """Hand what went wrong here to the event loop, which logs it at once."""
    if not task.cancelled():
        task.result()


def _head(head: Head, *, keeps: bool) -> bytes:
    """The status line and headers as bytes."""
    length: Headers = (("content-length", str(head.length)),)
    if head.until_close:
        length, keeps = (), False
    elif head.length is None:
        length = (("transfer-encoding", "chunked"),)
    connection: Headers = () if keeps else (("connection", "close"),)
    lines = [f"{name}: {value}\r\n" for name, value in (*head.headers, *length, *connection)]
    reason = REASONS.get(head.status, "Unknown")
    return f"HTTP/1.1 {head.status} {reason}\r\n{''.join(lines)}\r\n".encode("latin-1")
