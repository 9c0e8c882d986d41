"""Patience: the moment up to which an attempt is waited for.

One timer an attempt, which is moved rather than made anew: a stream moves its
moment with every piece, and most timers never fire. What waits inside the
block is cancelled when the moment comes, as asyncio.timeout() does it.

The moment is never later than the deadline of the request. An attempt that
the deadline takes by surprise is out of time; one that was silent for as long
as it may be has timed out.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from optipath_router.errors import Outcome, UpstreamBroken

_SHORT: Final = 0.1
"""A share of its patience that a target may lack; a request's first attempt begins a moment after its arrival."""


class Patience:
    """Guards what is awaited inside its block; the block may be entered again and again, by one task at a time."""

    __slots__ = ("_cancelling", "_deadline", "_expired", "_moment", "_now", "_seconds", "_task", "_timer", "_until")

    def __init__(self, seconds: float, deadline: float, now: Callable[[], float]) -> None:
        """Begin to wait; the deadline is a moment of the clock."""
        self._deadline, self._now = deadline, now
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._expired = False
        self._seconds = seconds
        self._until = now() + seconds
        """When it would end if there were no deadline."""
        self._moment = min(self._until, deadline)

    @property
    def left(self) -> float:
        """The seconds that it would last if there were no deadline."""
        return self._until - self._now()

    def renew(self, seconds: float) -> None:
        """Wait so long from now, inside the block or outside of it."""
        self._seconds = seconds
        self._until = until = self._now() + seconds
        moment = min(until, self._deadline)
        earlier, self._moment = moment < self._moment, moment
        if earlier:
            self.end()  # a timer that fires early moves by itself, one that fires late would not
            if self._task is not None:
                self._arm(self._now())

    def end(self) -> None:
        """Wait for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> Self:
        now = self._now()
        if now >= self._moment:
            raise self._over()
        if self._timer is None:
            self._arm(now)
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
            raise self._over() from error

    def _arm(self, now: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(max(0.0, self._moment - now), self._fire)

    def _fire(self) -> None:
        self._timer = None
        if (now := self._now()) < self._moment:
            self._arm(now)
        elif self._task is not None:
            self._expired = True
            self._task.cancel()

    def _over(self) -> UpstreamBroken:
        if self._until - self._deadline > _SHORT * self._seconds:
            return UpstreamBroken(Outcome.OUT_OF_TIME, "the request's time was up")
        return UpstreamBroken(Outcome.TIMEOUT, "it was silent for too long")
