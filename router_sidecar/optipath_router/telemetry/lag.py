"""The event loop's lag: how late it gets round to what is due. A stalled loop stalls every stream."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

PERIOD_SECONDS: Final = 0.25


async def watch_lag(
    observe: Callable[[float], None],
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Hand on the lag in seconds, four times a second, for as long as this task lives."""
    while True:
        due = now() + PERIOD_SECONDS
        await sleep(PERIOD_SECONDS)
        observe(max(0.0, now() - due))
