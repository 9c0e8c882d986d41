"""How long the event loop is held up at a stretch, by the processor's time, which other programs do not add to."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress


class Heartbeat:
    """The longest turn of the loop so far."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.longest = 0.0
        """Seconds of processor time."""

    async def beat(self) -> None:
        """Take part in every turn of the loop."""
        before = self._now()
        while True:
            await asyncio.sleep(0)
            now = self._now()
            self.longest = max(self.longest, now - before)
            before = now


@asynccontextmanager
async def heartbeat(now: Callable[[], float] = time.thread_time) -> AsyncIterator[Heartbeat]:
    """A heartbeat for as long as the block lasts; by `time.process_time`, waits for other threads count, too."""
    heart = Heartbeat(now)
    beating = asyncio.create_task(heart.beat())
    try:
        yield heart
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
