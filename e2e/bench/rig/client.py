"""A client that costs little and remembers when each piece of an answer arrived.

It shares a loop with the scripted upstream, so that moments on either side
are of one clock.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field
from typing import Any, Final, cast

import httptools

_WHERE: Final = "/v1/chat/completions"


@dataclass(slots=True)
class Answer:
    """An answer, as it was received. Moments are seconds of `time.perf_counter`."""

    begun: float
    status: int = 0
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    """Pieces of the body, each with the moment of its arrival."""
    whole: bool = False
    """Whether it came to its proper end; False where the connection was cut."""
    ended: float = 0.0

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(piece for _, piece in self.pieces)

    @property
    def served(self) -> bool:
        """Whether it is a good answer, and a whole one."""
        return self.whole and self.status == 200

    @property
    def took(self) -> float:
        """Seconds from its beginning to its end; infinite where it was no good answer."""
        return self.ended - self.begun if self.served else math.inf

    @property
    def opened_after(self) -> float:
        """The same to its first piece, in which a stream has content."""
        return self.pieces[0][0] - self.begun if self.served and self.pieces else math.inf


class Connection(asyncio.Protocol):
    """One connection, which carries one request at a time."""

    def __init__(self) -> None:
        self._answer = Answer(0.0)
        self._done: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None

    @property
    def open(self) -> bool:
        """Whether it can carry another request."""
        return self._transport is not None and not self._transport.is_closing()

    @property
    def answer(self) -> Answer:
        """What has arrived so far."""
        return self._answer

    def begin(self, request: bytes, begun: float) -> "asyncio.Future[Answer]":
        """Send a request; the answer is there when it has ended, in whatever way."""
        assert self._transport is not None, "a connection is made before it is used"
        self._answer = Answer(begun)
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._done

    def abort(self) -> None:
        """Leave, without a word."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop has a class of its own for it.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.abort()

    def on_body(self, piece: bytes) -> None:
        self._answer.pieces.append((time.perf_counter(), piece))

    def on_message_complete(self) -> None:
        if not self._parser.should_keep_alive():
            self.abort()
        self._end(whole=True)

    def connection_lost(self, _: Exception | None) -> None:
        self._transport = None
        self._end(whole=False)

    def _end(self, *, whole: bool) -> None:
        if self._done is None or self._done.done():
            return
        self._answer.whole, self._answer.ended = whole, time.perf_counter()
        self._answer.status = self._parser.get_status_code()
        self._done.set_result(self._answer)


class Client:
    """Asks at a port of 127.0.0.1, over kept connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Connection] = []

    async def ask(self, body: bytes, begun: float | None = None) -> Answer:
        """The answer to a chat request, counted from now or from when it was meant to begin."""
        begun = time.perf_counter() if begun is None else begun
        connection = await self.connection()
        try:
            answer = await connection.begin(self.request(body), begun)
        except BaseException:
            connection.abort()
            raise
        if connection.open:
            self._idle.append(connection)
        return answer

    async def get(self, path: str) -> Answer:
        """The answer to a GET, over a connection of its own."""
        connection = await self._connect()
        try:
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n"
            return await connection.begin(head.encode(), time.perf_counter())
        finally:
            connection.abort()

    def request(self, body: bytes) -> bytes:
        """The bytes of a chat request."""
        head = (
            f"POST {_WHERE} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nAuthorization: Bearer sk-nobody\r\nUser-Agent: bench\r\n\r\n"
        )
        return head.encode() + body

    async def connection(self) -> Connection:
        """A connection that is free, or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.open:
                return connection
        return await self._connect()

    async def _connect(self) -> Connection:
        loop: Any = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        assert isinstance(connection, Connection)
        return connection

    def close(self) -> None:
        """Close what is idle."""
        for connection in self._idle:
            connection.abort()
        self._idle.clear()
