"""The beat: ten times a second all who have something to look at are woken, in one turn of the loop.

To be woken one after the other would cost a router at rest three times as
much. How late a beat comes is the event loop's lag: a stalled loop stalls
every stream.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

PERIOD_SECONDS: Final = 0.1


class Later(Protocol):
    """What loop.call_later does."""

    def __call__(self, seconds: float, back: Callable[[], None], /) -> object:
        """Call back after some seconds."""
        ...


class Beat:
    """Wakes those who wait, and hands on how late it was, in seconds."""

    def __init__(
        self, late: Callable[[float], None], *, now: Callable[[], float] = time.monotonic, later: Later | None = None
    ) -> None:
        """Take who is told of the lag; the clock, and what calls back later on it."""
        self._late, self._now = late, now
        self._later = later or asyncio.get_running_loop().call_later
        self._waiting: list[asyncio.Future[None]] = []
        self._due = 0.0

    async def sleep(self, _seconds: float = PERIOD_SECONDS) -> None:
        """Wait for the next beat, however long one wanted to sleep."""
        if not self._waiting:
            self._due = self._now() + PERIOD_SECONDS
            self._later(PERIOD_SECONDS, self._strike)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        await waiting

    def _strike(self) -> None:
        self._late(max(0.0, self._now() - self._due))
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
