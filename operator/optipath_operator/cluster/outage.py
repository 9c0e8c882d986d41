"""An outage of the API server: all work waits, and one question every few seconds asks whether it is over."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)

_FIRST_SECONDS: Final = 1.0
"""A connection that broke is no outage yet."""
# Election and kopf's three watches ask on their own account; with them it is half a request a second.
_ASK_SECONDS: Final = 8.0
_LONGEST_PAUSE_SECONDS: Final = 20.0
"""Whatever it asks for: work is to go on within half a minute of its return."""


class Outage:
    """Whether the API server can be asked for anything just now."""

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self._over.set()
        self._began = asyncio.Event()
        self._pause = _FIRST_SECONDS

    async def over(self) -> None:
        """Return at once, or when the API server answers again."""
        await self._over.wait()

    def began(self, why: object, retry_after_seconds: float | None = None) -> None:
        """Note that it did not answer, or asked for patience."""
        if retry_after_seconds is not None:
            self._pause = min(_LONGEST_PAUSE_SECONDS, max(self._pause, retry_after_seconds))
        if self._over.is_set():
            log.warning("the API server cannot be reached: %s", why)
            self._over.clear()
            self._began.set()

    async def run(
        self, answers: Callable[[], Awaitable[bool]], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Ask during outages, for as long as this task lives."""
        while True:
            await self._began.wait()
            await sleep(self._pause * random.uniform(1.0, 1.2))  # noqa: S311  spreads load, hides nothing
            self._pause = _ASK_SECONDS
            if await answers():
                log.info("the API server answers again")
                self._pause = _FIRST_SECONDS
                self._began.clear()
                self._over.set()
