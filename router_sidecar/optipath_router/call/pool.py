"""The connections to one origin: kept while idle, limited in number, and given out fairly.

The one used last is taken first, so that the others can go. Where as many are
open as may be, requests wait in line: whoever came first gets the connection
that is free first, or the place of one that is closed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from optipath_router.call.connection import Connection
from optipath_router.call.idle import Idle
from optipath_router.errors import Outcome, TargetUnavailable

Connect = Callable[[Callable[[], Connection], float | None], Awaitable[Connection]]
"""Opens a connection within some seconds; raises TargetUnavailable."""


class Pool:
    """The connections to one origin."""

    def __init__(self, connect: Connect, *, idle: Idle, limit: int, keepalive_seconds: float) -> None:
        """Take where idle ones are counted, how many may be open at once, and for how long one is kept idle."""
        self._all_idle = idle
        self._connect, self._limit, self._keepalive_seconds = connect, limit, keepalive_seconds
        self._connections: set[Connection] = set()
        self._idle: deque[Connection] = deque()
        """The one that has been idle longest is the first."""
        self._places = 0
        """Places taken: by connections, and by those who are connecting or were just given a place."""
        self._line: deque[asyncio.Future[Connection | None]] = deque()
        """Who waits. The answer is a connection, or None for a place."""
        self._expiry: asyncio.TimerHandle | None = None
        self._retired = False
        self._emptied: asyncio.Future[None] | None = None

    @property
    def taken(self) -> int:
        """Places taken, at most the limit."""
        return self._places

    @property
    def idle(self) -> int:
        """Connections that nobody uses."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """Requests in line."""
        return len(self._line)

    async def take(self, *, pool_seconds: float | None, connect_seconds: float | None) -> Connection:
        """A connection for one request; raises TargetUnavailable where there is none in time."""
        deadline: float | None = None
        while True:
            while self._idle:
                connection = self._idle.pop()
                self._all_idle.remove(connection)
                if connection.usable:
                    return connection
                connection.abort()
            if self._places < self._limit:
                self._places += 1
                return await self._open(connect_seconds)
            if deadline is None and pool_seconds is not None:
                deadline = asyncio.get_running_loop().time() + pool_seconds
            try:
                async with asyncio.timeout_at(deadline):
                    given = await self._turn()
            except TimeoutError as error:
                raise TargetUnavailable(
                    Outcome.CONCURRENCY, f"none of its {self._limit} connections was free within {pool_seconds:g} s"
                ) from error
            if given is None:
                return await self._open(connect_seconds)
            if given.usable:
                return given
            given.abort()

    async def replace(self, stale: Connection, *, connect_seconds: float | None) -> Connection:
        """A fresh connection in the place of one that was closed."""
        self._connections.discard(stale)
        return await self._open(connect_seconds)

    def retire(self) -> None:
        """Keep no connection any more; those in use are closed after their answer."""
        self._retired = True
        if self._expiry:
            self._expiry.cancel()
            self._expiry = None
        while self._idle:
            self._close(self._idle.pop())

    async def aclose(self) -> None:
        """Close all connections, also those in use, and return when they are closed."""
        self.retire()
        while self._line:
            if not (waiter := self._line.popleft()).done():
                waiter.set_exception(TargetUnavailable(Outcome.UNREACHABLE, "its connections are being closed"))
        for connection in tuple(self._connections):  # an abort may take it out
            connection.abort()
        if self._connections:
            self._emptied = asyncio.get_running_loop().create_future()
            await self._emptied

    async def _open(self, connect_seconds: float | None) -> Connection:
        """A new connection, for which a place is taken."""
        try:
            connection = await self._connect(lambda: Connection(free=self._free, lost=self._lost), connect_seconds)
        except BaseException:
            self._leave()
            raise
        if not connection.is_open:
            self._leave()
            raise TargetUnavailable(Outcome.UNREACHABLE, "it closed the connection as soon as it was open")
        self._connections.add(connection)
        return connection

    async def _turn(self) -> Connection | None:
        """What the next in line is given."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._line.append(waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.cancelled():
                with suppress(ValueError):
                    self._line.remove(waiter)
            elif waiter.exception() is None:
                # It was given something in the very moment in which it left.
                given = waiter.result()
                self._leave() if given is None else self._free(given)
            raise

    def _free(self, connection: Connection) -> None:
        """Take back a connection whose answer has ended."""
        if self._retired or not connection.is_open:
            connection.abort()
        elif waiter := self._next():
            waiter.set_result(connection)
        else:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
            self._all_idle.add(connection)
            if self._expiry is None:
                self._expire()

    def _lost(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        if connection in self._connections:
            self._connections.remove(connection)
            with suppress(ValueError):
                self._idle.remove(connection)
            self._all_idle.remove(connection)
            self._leave()

    def _leave(self) -> None:
        """Give a place to the next in line."""
        if waiter := self._next():
            waiter.set_result(None)
        else:
            self._places -= 1
        if self._emptied and not self._connections and not self._emptied.done():
            self._emptied.set_result(None)

    def _next(self) -> asyncio.Future[Connection | None] | None:
        while self._line:
            if not (waiter := self._line.popleft()).done():
                return waiter
        return None

    def _close(self, idle: Connection) -> None:
        self._all_idle.remove(idle)
        idle.abort()

    def _expire(self) -> None:
        """Close what has been idle for too long, and come again when the next one will have been."""
        loop = asyncio.get_running_loop()
        self._expiry = None
        too_old = loop.time() - self._keepalive_seconds
        while self._idle and self._idle[0].idle_since <= too_old:
            self._close(self._idle.popleft())
        if self._idle:
            self._expiry = loop.call_at(self._idle[0].idle_since + self._keepalive_seconds, self._expire)
