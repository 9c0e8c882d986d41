"""An answer as it arrives: its head, then its body in pieces. It does no I/O of its own.

The connection puts in what it reads, and one task takes it out. What was read
before something went wrong is given out first, and then the reason: an answer
that broke off never ends like one that is whole.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Self

import httpx

from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.room import Room, Share

MAX_WAITING_BYTES: Final = 64 * 1024
"""With more than this unread, the connection stops reading. What one read brought beyond it is held, too."""
_RESUME_BYTES: Final = MAX_WAITING_BYTES // 2
PIECE_BYTES: Final = 16 * 1024
"""The most that is given out at once: of keep-alives alone, a reader takes several milliseconds for so many bytes."""


class Answer(httpx.AsyncByteStream):
    """The answer to one request."""

    def __init__(self, *, read_seconds: float | None, abort: Callable[[], None], resume: Callable[[], None]) -> None:
        """Take how long to wait for each read, and how the connection is closed and told to read on."""
        self._loop = asyncio.get_running_loop()
        self._read_seconds, self._abort, self._resume = read_seconds, abort, resume
        self._unread: bytes | bytearray = b""
        self._share: Share | None = None
        self._waiter: asyncio.Future[None] | None = None
        self.status = 0
        """0 until the head has arrived, and with it the headers."""
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self.error: Exception | None = None
        self.holds_back = False
        """Whether so much of it is unread that the connection was told to stop."""

    def count_in(self, room: Room) -> None:
        """Count what is unread in the room, while it is so much that the connection does not read on."""
        self._share = Share(room)
        if self.holds_back:
            self._share.hold(len(self._unread))

    def add(self, data: bytes) -> bool:
        """Take a part of the body, and say whether the connection must now stop reading."""
        unread = self._unread
        if not unread:
            # Most are read before the next one comes.
            self._unread = unread = data
        else:
            # Joined, for a chunk may be of two bytes, and an object of its own would take forty.
            if isinstance(unread, bytes):
                self._unread = unread = bytearray(unread)
            unread += data
        if len(unread) <= MAX_WAITING_BYTES:
            return False
        stops, self.holds_back = not self.holds_back, True
        if self._share is not None:
            self._share.hold(len(unread) if stops else len(data))
        return stops

    def fail(self, error: Exception) -> None:
        """Say why no more of it comes; what ended has ended, and the first reason counts."""
        if self.error is None and not self.complete:
            self.error = error
            self.wake()

    def wake(self) -> None:
        """Tell the reader that something has happened."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def head(self) -> None:
        """Wait for the status and the headers; raises why they do not come."""
        while not self.status:
            if self.error is not None:
                raise self.error
            await self.news(self._read_seconds)

    async def news(self, seconds: float | None = None) -> None:
        """Wait until something has happened; a reader that is cancelled here takes the connection along."""
        self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, self._too_long, seconds)
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.give_up(UpstreamBroken(Outcome.BROKEN, "its answer was no longer waited for"))
            raise
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """What has arrived, in pieces of up to PIECE_BYTES; raises UpstreamBroken."""
        while not self._unread:
            if self.error is not None:
                raise self.error
            if self.complete:
                raise StopAsyncIteration
            await self.news(self._read_seconds)
        if len(self._unread) > PIECE_BYTES:
            # Whoever has to wait for nothing would keep the loop to itself.
            await asyncio.sleep(0)
        piece = self._take()
        if self.holds_back and len(self._unread) <= _RESUME_BYTES:
            self.holds_back = False
            self._give_back()
            self._resume()
        return piece

    async def aclose(self) -> None:
        """Want no more of it; a connection in the middle of an answer is no use to others and is closed."""
        self._unread = b""
        self._give_back()
        if not self.complete:
            self.give_up(UpstreamBroken(Outcome.BROKEN, "its answer was closed before its end"))

    def give_up(self, why: UpstreamBroken) -> None:
        """Close the connection, unless it has done with this answer: it may be serving another by now."""
        if not self.complete:
            self.fail(why)
            self._abort()

    def _take(self) -> bytes:
        unread = self._unread
        if len(unread) <= PIECE_BYTES:
            self._unread = b""
            return bytes(unread)
        if isinstance(unread, bytes):
            self._unread = unread = bytearray(unread)
        piece = bytes(unread[:PIECE_BYTES])
        del unread[:PIECE_BYTES]
        return piece

    def _give_back(self) -> None:
        if self._share is not None:
            self._share.give_back()

    def _too_long(self, seconds: float) -> None:
        self.give_up(UpstreamBroken(Outcome.TIMEOUT, f"it sent nothing for {seconds:g} s"))
