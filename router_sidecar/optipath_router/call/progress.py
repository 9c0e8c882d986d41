"""Progress: whether something still goes on, however slowly."""

import asyncio
from collections.abc import Callable


class Watch:
    """Calls back once a number has not changed for some time: at least the seconds given, at most twice as many."""

    def __init__(self, seconds: float, count: Callable[[], int], stuck: Callable[[float], None]) -> None:
        """Begin to watch."""
        self._loop = asyncio.get_running_loop()
        self._seconds, self._count, self._stuck = seconds, count, stuck
        self._timer = self._loop.call_later(seconds, self._look, count())

    def end(self) -> None:
        """Watch no more."""
        self._timer.cancel()

    def _look(self, before: int) -> None:
        now = self._count()
        if now == before:
            self._stuck(self._seconds)
        else:
            self._timer = self._loop.call_later(self._seconds, self._look, now)
