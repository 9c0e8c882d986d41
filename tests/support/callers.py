"""Callers without manners, and a port of the router's with an application that does as it is told.

Callers are raw sockets, so that they may send what no HTTP library would.
"""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from optipath_router.room import Room
from optipath_router.serving.caller import Caller
from optipath_router.serving.hosts import hosts_of
from optipath_router.serving.limits import Limits
from optipath_router.serving.serving import Serving
from optipath_router.settings import Address
from support.router import until

LIMITS = Limits(connections=1000, requests=1000)
PIECE = b"x" * 2**16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back on a connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error in it, which has OpenAI's shape."""
        found = json.loads(self.body)
        assert list(found) == ["error"]
        assert set(found["error"]) == {"message", "type", "param", "code"}
        return dict(found["error"])


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of a caller's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send some bytes, or as many of them as the other side takes."""
        self.writer.write(data)
        with suppress(ConnectionError):
            await self.writer.drain()

    async def answer(self) -> Answer:
        """The next answer, whose length is declared."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        line, *lines = head.decode().removesuffix("\r\n\r\n").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self.reader.readexactly(int(headers["content-length"]))
        return Answer(int(line.split()[1]), headers, body)

    async def closed(self) -> bytes:
        """What still comes until the other side closes, or resets, the connection."""
        received = b""
        try:
            while piece := await self.reader.read(2**16):
                received += piece
        except ConnectionError:
            pass
        return received

    def reset(self) -> None:
        """Leave without good manners, by RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.writer.transport.abort()


class Application:
    """Reads every request to its end, and answers with its length.

    At `/hold` it waits to be told, at `/flood` it writes until the caller has
    left, at `/long` it answers at length, and at `/hasty` before it has read
    anything.
    """

    def __init__(self) -> None:
        self.asked: list[Scope] = []
        self.received = 0
        """Bytes of bodies."""
        self.sent = 0
        """Bytes of floods."""
        self.go_on = asyncio.Event()
        self.left: asyncio.Queue[str] = asyncio.Queue()
        """Whom it noticed leaving, by path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self.asked.append(scope)
        if scope["path"] != "/hasty":
            size = await self._read(receive)
            if size is None:
                self.left.put_nowait(scope["path"])
                return
        else:
            size = 0
        if scope["path"] in ("/hold", "/flood"):
            working = asyncio.ensure_future(self.go_on.wait() if scope["path"] == "/hold" else self._flood(send))
            leaving = asyncio.ensure_future(receive())
            await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
            for task in (working, leaving):
                task.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)
            if not leaving.cancelled():
                self.left.put_nowait(scope["path"])
                return
        body = str(size).encode() if scope["path"] != "/long" else PIECE * 200
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _read(self, receive: Receive) -> int | None:
        size = 0
        while (message := await receive())["type"] == "http.request":
            size += len(message["body"])
            self.received += len(message["body"])
            if not message["more_body"]:
                return size
        return None

    async def _flood(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
            self.sent += len(PIECE)
            await asyncio.sleep(0)  # as whoever has to wait for the next piece


@dataclass(frozen=True, slots=True)
class Door:
    """A port that is open."""

    address: Address
    application: Application
    serving: Serving
    turned_away: Counter[str] = field(default_factory=Counter)

    async def connect(self) -> Connection:
        """A connection to it."""
        return Connection(*await asyncio.open_connection(self.address.host, self.address.port))

    async def ask(self, data: bytes) -> Answer:
        """The answer to some bytes, on a connection of their own."""
        connection = await self.connect()
        try:
            await connection.send(data)
            return await connection.answer()
        finally:
            connection.writer.close()

    async def has_received(self, size: int) -> bool:
        """Whether so many bytes of bodies have come."""
        return self.application.received >= size

    async def takes_no_more(self) -> bool:
        """Whether every connection will be closed after the answer that is under way."""
        return all(each.cycle is not None and not each.cycle.keep_alive for each in self.callers())

    def callers(self) -> list[Caller]:
        """Its connections."""
        return [each for each in self.serving.connections if isinstance(each, Caller)]

    def look(self, seconds_ahead: float) -> None:
        """Have all connections looked at, as will happen some time from now."""
        now = asyncio.get_running_loop().time() + seconds_ahead
        for connection in self.callers():
            connection.look(now)


@asynccontextmanager
async def opened(
    limits: Limits = LIMITS,
    room: Room | None = None,
    is_ours: Callable[[bytes], bool] | None = hosts_of(()),  # noqa: B008  it remembers hosts, which stay what they are
) -> AsyncIterator[Door]:
    """A port on loopback, open as long as the block lasts; at its end nothing of the room is held.

    Time does not pass for its callers, unless they are looked at.
    """
    application, counter, room = Application(), Counter[str](), room or Room()
    serving = Serving(limits, room, lambda reason: counter.update([reason]), is_ours)
    config = uvicorn.Config(application, ws="none", lifespan="off", access_log=False, log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Caller(config, serving, {}, loop), "127.0.0.1", 0)

    async def gone() -> bool:
        return not serving.connections

    async with server:
        try:
            yield Door(Address(*server.sockets[0].getsockname()), application, serving, counter)
        finally:
            for connection in serving.connections:
                connection.transport.abort()
            await asyncio.gather(*serving.tasks)
            await until(gone)
    assert room.held == 0


def request(method: str = "POST", target: str = "/", body: bytes = b"{}", **headers: str | None) -> bytes:
    """A request in one piece; a header that is None is left out."""
    given: dict[str, str | None] = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body
