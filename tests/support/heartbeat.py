"""How long the event loop is held up at a stretch, by the processor's time, which other programs do not add to."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Heartbeat:
    """The longest turn of the loop so far."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds of this thread's processor time."""

    async def beat(self) -> None:
        """Take part in every turn of the loop."""
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest = max(self.longest, now - before)
            before = now


@asynccontextmanager
async def heartbeat() -> AsyncIterator[Heartbeat]:
    """A heartbeat for as long as the block lasts."""
    heart = Heartbeat()
    beating = asyncio.create_task(heart.beat())
    try:
        yield heart
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
