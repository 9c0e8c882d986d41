"""Patience: the moment up to which an attempt is waited for.

One timer an attempt, which is moved rather than made anew: a stream moves its
moment with every piece, and most timers never fire. What waits inside the
block is cancelled when the moment comes, as asyncio.timeout() does it.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from optipath_router.errors import Outcome, UpstreamBroken


class Patience:
    """Guards what is awaited inside its block; the block may be entered again and again, by one task at a time."""

    __slots__ = ("_cancelling", "_expired", "_moment", "_now", "_task", "_timer")

    def __init__(self, moment: float, now: Callable[[], float]) -> None:
        """Take a moment of the clock."""
        self._moment, self._now = moment, now
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._expired = False

    @property
    def left(self) -> float:
        """Seconds until the moment."""
        return self._moment - self._now()

    def until(self, moment: float) -> None:
        """Move the moment, inside the block or outside of it."""
        earlier, self._moment = moment < self._moment, moment
        if earlier:
            self.end()  # a timer that fires early moves by itself, one that fires late would not
            if self._task is not None:
                self._arm()

    def end(self) -> None:
        """Wait for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> Self:
        if self.left <= 0:
            raise _silent()
        if self._timer is None:
            self._arm()
        self._task = asyncio.current_task()
        if self._task is None:
            raise RuntimeError("what waits must be a task")
        self._cancelling = self._task.cancelling()
        self._expired = False
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        task, self._task = self._task, None
        if kind is None and not self._expired:
            return
        if (
            self._expired
            and task is not None
            and task.uncancel() <= self._cancelling
            and kind is asyncio.CancelledError
        ):
            raise _silent() from error

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(max(0.0, self.left), self._fire)

    def _fire(self) -> None:
        self._timer = None
        if self.left > 0:
            self._arm()
        elif self._task is not None:
            self._expired = True
            self._task.cancel()


def _silent() -> UpstreamBroken:
    return UpstreamBroken(Outcome.TIMEOUT, "it was silent for too long")
