"""One limit: places for requests under way, and a queue before them.

    enter ─▶ a place ─▶ leave, and whoever has waited longest takes the place over
      └──── full ────▶ turn ─▶ a place, or none: the time is up

While there is a free place nobody waits: one that becomes free goes to the
queue's first, so that no newcomer overtakes those who are there already.
"""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from optipath_snapshot import Concurrency

_WEIGHT: Final = 0.1
"""Of the latest request in the average of how long places are held: about the last ten count."""
_SOONEST_SECONDS, _LATEST_SECONDS = 1.0, 60.0
"""Between these a caller who is refused is told to come back."""


class Timer(Protocol):
    """Something that will be done, unless it is cancelled before."""

    def cancel(self) -> None:
        """Leave it undone."""
        ...


Later = Callable[[float, Callable[[], None]], Timer]
"""Does something in so many seconds, as loop.call_later does."""


def later(seconds: float, do: Callable[[], None]) -> Timer:
    """Do something in so many seconds of the running loop."""
    return asyncio.get_running_loop().call_later(seconds, do)


class Place:
    """A request's place in a limit, which it leaves once."""

    __slots__ = ("_limit", "_since")

    def __init__(self, limit: "Limit", since: float) -> None:
        self._limit, self._since = limit, since

    def leave(self, *, served: bool) -> None:
        """Make room; the time of one who was served tells how long places are held."""
        self._limit.left(self._since, served=served)


Held = list[Place]
"""The places that one request has."""


def leave(held: Held, *, served: bool = True) -> None:
    """Leave every place."""
    while held:
        held.pop().leave(served=served)


class Limit:
    """A bound on requests under way; the bound may change while they are, their number stays."""

    def __init__(self, concurrency: Concurrency, now: Callable[[], float], later: Later = later) -> None:
        self._concurrency, self._now, self._later = concurrency, now, later
        self._most = concurrency.max_concurrent
        self.under_way = 0
        self._waiting: OrderedDict[asyncio.Future[bool], None] = OrderedDict()
        """Who waits for a turn, the first one first; what a turn comes to is whether there is a place."""
        self._held_seconds: float | None = None
        """How long places are held on average; None while nobody has left one."""

    @property
    def concurrency(self) -> Concurrency:
        """What it keeps to."""
        return self._concurrency

    @property
    def in_force(self) -> bool:
        """Whether there still is a bound."""
        return self._most < sys.maxsize

    @property
    def labels(self) -> tuple[str, str]:
        """What it is called in metrics: its policy, and what it counts."""
        return self._concurrency.policy.full_name, "router" if self._concurrency.whole else "policy"

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @property
    def queue_full(self) -> bool:
        """Whether nobody else may wait."""
        return len(self._waiting) >= self._concurrency.queue_length

    def take(self, concurrency: Concurrency | None) -> None:
        """Keep to another bound from now on, or to none; who fits in by it need not wait any longer."""
        if concurrency is not None:
            self._concurrency = concurrency
        self._most = sys.maxsize if concurrency is None else concurrency.max_concurrent
        self._call_in()

    def enter(self) -> Place | None:
        """A place; None where there is none."""
        if self.under_way >= self._most:
            return None
        self.under_way += 1
        return Place(self, self._now())

    async def turn(self, seconds: float) -> Place | None:
        """A place, when those who came before have had theirs; None where there is none in so many seconds."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = None
        timer = self._later(seconds, partial(self._give_up, turn))
        try:
            came = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._make_room()  # its turn came in the same moment
            raise
        finally:
            timer.cancel()
            self._waiting.pop(turn, None)
        return Place(self, self._now()) if came else None

    def left(self, since: float, *, served: bool) -> None:
        """Note that a place was left that was taken then."""
        if served:
            held, average = self._now() - since, self._held_seconds
            self._held_seconds = held if average is None else average + _WEIGHT * (held - average)
        self._make_room()

    def retry_seconds(self) -> float:
        """When somebody who comes now might have had a turn, as far as one can tell."""
        # Places are left one after the other, so many of them in the time for which one is held.
        held = self._held_seconds or 0.0
        wait = (self.waiting + 1) * held / self._concurrency.max_concurrent
        return min(_LATEST_SECONDS, max(_SOONEST_SECONDS, wait))

    def _make_room(self) -> None:
        self.under_way -= 1
        self._call_in()

    def _call_in(self) -> None:
        """Give every free place to whoever has waited longest."""
        while self._waiting and self.under_way < self._most:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():  # a caller who has just left has nobody to take a place
                self.under_way += 1
                turn.set_result(True)

    def _give_up(self, turn: asyncio.Future[bool]) -> None:
        if not turn.done():
            turn.set_result(False)
