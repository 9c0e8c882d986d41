"""The worklist: namespaces that wait, each once, edits first, then what follows from them, then the backlog.

What is only to be said comes last. But who has waited for long has a turn in
four: tenants who edit without end must not keep a tier from all others.

           touch                take                  done
    ─────▶ waiting ───────────▶ working ───────────▶ resting ──▶ forgotten
              ▲    ◀── touched meanwhile, or failed ──┘ (a rest, a growing pause)

A namespace rests for a moment after it was worked on, and for longer while it
is touched again and again: a hundred edits in a second become a few writes, of
which the last has them all. One that fails comes back after a pause that
grows; an edit ends the pause, be it its own or one that it follows from.
"""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

_FIRST_REST_SECONDS: Final = 0.1
_LONGEST_REST_SECONDS: Final = 1.0
_FIRST_PAUSE_SECONDS: Final = 0.5
_LONGEST_PAUSE_SECONDS: Final = 300.0
_LONG_SECONDS: Final = 10.0
_A_TURN_IN: Final = 4


class Lane(StrEnum):
    """How urgent it is."""

    EDIT = "edit"
    """Somebody waits for it."""
    FOLLOW = "follow"
    """Something of another namespace has changed that it is made of, and so are perhaps a thousand others."""
    SWEEP = "sweep"
    """It is looked at to be sure."""
    REPORT = "report"
    """Its routers have what they need, and its status is yet to be written."""


_NEWS: Final = (Lane.EDIT, Lane.FOLLOW)
"""Something has changed, so that what has failed may go well now."""


class Timer(Protocol):
    """Something that will be called."""

    def cancel(self) -> None:
        """Call it never."""


Later = Callable[[float, Callable[[], None]], Timer]
"""Calls something after so many seconds, as `loop.call_later` does."""


@dataclass(slots=True)
class _Off:
    """A namespace that is left alone for a while."""

    timer: Timer
    then: Lane | None
    """The lane it goes to afterwards; None where nobody has asked for it."""
    failed: bool = False


class Worklist:
    """Waiting namespaces, in lanes."""

    def __init__(self, now: Callable[[], float], later: Later | None = None) -> None:
        self._now = now
        self._later = later or (lambda seconds, back: asyncio.get_running_loop().call_later(seconds, back))
        self._lanes: dict[Lane, OrderedDict[str, float]] = {lane: OrderedDict() for lane in Lane}
        self._working: dict[str, Lane | None] = {}
        """Each with the lane that it goes to afterwards."""
        self._off: dict[str, _Off] = {}
        self._failures: dict[str, int] = {}
        self._rests: dict[str, int] = {}
        """How often in a row a namespace was touched again while it rested."""
        self._taken = 0
        self._wake = asyncio.Event()

    def touch(self, namespace: str, lane: Lane) -> None:
        """Put a namespace on the list. The more urgent lane counts, and news end the pause after a failure."""
        if namespace in self._working:
            self._working[namespace] = _sooner(self._working[namespace], lane)
            return
        if off := self._off.get(namespace):
            if not (off.failed and lane in _NEWS):
                off.then = _sooner(off.then, lane)
                return
            off.timer.cancel()
            del self._off[namespace]
        since = self._now()
        for other, waiting in self._lanes.items():
            if namespace in waiting:
                if _sooner(other, lane) is other:
                    return
                since = waiting.pop(namespace)
        self._lanes[lane][namespace] = since
        self._wake.set()

    async def take(self) -> tuple[str, Lane]:
        """The next namespace, and why it is next; `done`, `failed` or `put_back` must follow."""
        while True:
            if waiting := [lane for lane in Lane if self._lanes[lane]]:
                lane = self._next_of(waiting)
                namespace, _ = self._lanes[lane].popitem(last=False)
                self._working[namespace] = None
                return namespace, lane
            self._wake.clear()
            await self._wake.wait()

    def published(self, namespace: str) -> None:
        """Its routers have what they need; now its status has its turn."""
        self._rest(namespace, _sooner(self._working.pop(namespace), Lane.REPORT))

    def done(self, namespace: str) -> None:
        """It is as it should be."""
        self._failures.pop(namespace, None)
        self._rest(namespace, self._working.pop(namespace))

    def failed(self, namespace: str) -> float:
        """It could not be done; the seconds after which it comes back."""
        failures = self._failures[namespace] = self._failures.get(namespace, 0) + 1
        if (then := self._working.pop(namespace)) in _NEWS:
            return self._rest(namespace, then)
        longest: float = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, 20))
        pause = longest * random.uniform(0.5, 1.0)  # noqa: S311  spreads load, hides nothing
        self._leave(namespace, pause, Lane.SWEEP, failed=True)
        return pause

    def put_back(self, namespace: str) -> None:
        """It was not its fault, and it is the first to be taken again."""
        self._working.pop(namespace)
        self._lanes[Lane.EDIT][namespace] = self._now()
        self._lanes[Lane.EDIT].move_to_end(namespace, last=False)
        self._wake.set()

    def clear(self) -> None:
        """Forget what waits and what pauses; what is being worked on ends by itself."""
        for lane in self._lanes.values():
            lane.clear()
        for off in self._off.values():
            off.timer.cancel()
        self._off.clear()
        self._failures.clear()
        self._rests.clear()

    def idle(self) -> bool:
        """Whether nothing waits, is worked on, or rests before its next turn; what pauses after a failure aside."""
        return not (
            any(self._lanes.values())
            or self._working
            or any(off.then is not None and not off.failed for off in self._off.values())
        )

    def depth(self, lane: Lane) -> int:
        """How many namespaces wait in a lane."""
        return len(self._lanes[lane])

    def age(self) -> float:
        """How many seconds the one that waits longest has waited."""
        return max((self._now() - since for lane in self._lanes.values() for since in lane.values()), default=0.0)

    def _next_of(self, waiting: list[Lane]) -> Lane:
        """The most urgent lane; but now and then that of whoever has waited longest, if that is long."""
        self._taken += 1
        if self._taken % _A_TURN_IN == 0:
            longest = min(waiting, key=self._since)
            if self._now() - self._since(longest) >= _LONG_SECONDS:
                return longest
        return waiting[0]

    def _since(self, lane: Lane) -> float:
        """Since when the first of a lane has waited."""
        return next(iter(self._lanes[lane].values()))

    def _rest(self, namespace: str, then: Lane | None) -> float:
        rests = self._rests.get(namespace, 0)
        rest: float = min(_LONGEST_REST_SECONDS, _FIRST_REST_SECONDS * 3 ** min(rests, 10))
        self._leave(namespace, rest, then)
        return rest

    def _leave(self, namespace: str, seconds: float, then: Lane | None, *, failed: bool = False) -> None:
        timer = self._later(seconds, lambda: self._back(namespace))
        self._off[namespace] = _Off(timer, then, failed)

    def _back(self, namespace: str) -> None:
        off = self._off.pop(namespace)
        if off.then in (None, Lane.REPORT):
            self._rests.pop(namespace, None)
        elif not off.failed:
            self._rests[namespace] = self._rests.get(namespace, 0) + 1
        if off.then is not None:
            self.touch(namespace, off.then)


def _sooner(one: Lane | None, other: Lane) -> Lane:
    return next(lane for lane in Lane if lane in (one, other))
