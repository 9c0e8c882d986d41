"""Time that passes when the test says so: a clock, sleeps and later calls that agree with one another."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

_TURNS = 60
"""Turns of the loop after which whatever can go on has gone on."""


async def settle() -> None:
    """Let every task go on as far as it gets by itself."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)


class _Timer:
    def __init__(self, back: Callable[[], None]) -> None:
        self.back = back
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Timers:
    """Seconds, as time.monotonic() tells them, and everything that waits for some of them."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self._waiting: list[tuple[float, int, _Timer]] = []
        self._count = itertools.count()
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, back: Callable[[], None]) -> _Timer:
        """What loop.call_later does."""
        timer = _Timer(back)
        heapq.heappush(self._waiting, (self.now + seconds, next(self._count), timer))
        return timer

    async def sleep(self, seconds: float) -> None:
        """What asyncio.sleep does."""
        self.slept.append(seconds)
        over = asyncio.get_running_loop().create_future()
        timer = self.later(seconds, lambda: None if over.done() else over.set_result(None))
        try:
            await over
        finally:
            timer.cancel()

    async def advance(self, seconds: float = 0.0) -> None:
        """Let time pass, and everything happen that happens meanwhile."""
        until = self.now + seconds
        await settle()
        while self._waiting and self._waiting[0][0] <= until:
            self.now, _, timer = heapq.heappop(self._waiting)
            if not timer.cancelled:
                timer.back()
                await settle()
        self.now = until
        await settle()
