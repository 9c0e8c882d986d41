"""One router pod, as far as it is known here: whether it has what it should, and when it is asked next.

              has it                          has it
    UNASKED ─────────▶ AGREES ◀──────────── STALE, OUT_OF_REACH
       ▲  │ has not, and nobody waits any longer ─────▲
       └──┼── a change of the namespace's digest
          └─ asked again while somebody waits

A router that agreed keeps that name until it has failed to for a while, so
that one lost answer is no news.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NEVER: Final = float("inf")
_PATIENCE_SECONDS: Final = 15.0
"""How long one that was told has to have it: kubelet takes less than one second of them."""
UNTOLD_SECONDS: Final = 120.0
"""The same for one that was not told: kubelet looks by itself every 60 to 90 seconds."""
FIRST_SECONDS: Final = 1.0
"""Nearly all have it so soon after they were told."""
_RETRY_SECONDS: Final = (1.0, 1.0, 2.0, 2.0, 3.0)
_REST_SECONDS: Final = (30.0, 60.0, 120.0, 300.0)
"""One that does not have it, or that cannot be reached, is asked again less and less often."""
_UNTOLD_RETRY_SECONDS: Final = 20.0
_TRIES: Final = 3
"""After so many one that cannot be reached is not waited for: a NetworkPolicy does not pass in 15 seconds."""
_NOT_READY_SECONDS: Final = 60.0


class State(StrEnum):
    """Whether a router has the configuration that it should have."""

    UNASKED = "unasked"
    """Not known yet."""
    AGREES = "agrees"
    STALE = "stale"
    """It answers, and has another one."""
    OUT_OF_REACH = "out_of_reach"
    """It does not answer; perhaps a NetworkPolicy forbids it."""
    LEAVING = "leaving"
    """Its pod ends, and it counts no more."""


@dataclass(slots=True)
class Router:
    """A router pod."""

    uid: str
    address: str
    """Empty while it has none."""
    ready: bool
    labels: Mapping[str, str]
    state: State = State.UNASKED
    awaited: bool = False
    """Whether somebody waits for what comes of asking it now."""
    due: float = NEVER
    """When it is asked next; those that agree are only sampled."""
    until: float = 0.0
    """How long it may take until something is said against it."""
    tries: int = 0
    """In a row, without success."""

    def await_it(self, now: float, *, first: float, patience: float = _PATIENCE_SECONDS) -> None:
        """Have it asked soon, and wait for it to agree."""
        if self.address:
            self.due, self.until, self.tries = now + first, now + patience, 0
            # That one was out of reach is known: nobody waits for it to change.
            self.awaited = self.state is not State.OUT_OF_REACH

    def look(self, now: float) -> None:
        """Have it asked some time, though nobody waits for it."""
        self.due = now + _NOT_READY_SECONDS if self.address else NEVER

    def agreed(self) -> None:
        """It has what it should."""
        self.state, self.due, self.awaited, self.tries = State.AGREES, NEVER, False, 0

    def disagreed(self, now: float) -> None:
        """It has something else."""
        if self._may_yet(now):
            self._again(now)
        else:
            self._settle(State.STALE, now)

    def silent(self, now: float) -> None:
        """It could not be reached, or answered what no router does."""
        if not self.ready and self.state is State.UNASKED:
            # It is only starting, and nobody's policy is to blame.
            self.awaited, self.tries = False, self.tries + 1
            self.due = now + _NOT_READY_SECONDS
        elif self.state is not State.OUT_OF_REACH and self._may_yet(now) and self.tries < _TRIES:
            self._again(now)
        else:
            self._settle(State.OUT_OF_REACH, now)

    def _may_yet(self, now: float) -> bool:
        if self.state is State.AGREES and not self.tries and self.until <= now:
            self.until = now + _PATIENCE_SECONDS
        return now < self.until

    def _again(self, now: float) -> None:
        told = self.until - now <= _PATIENCE_SECONDS
        self.due = now + (_RETRY_SECONDS[min(self.tries, len(_RETRY_SECONDS) - 1)] if told else _UNTOLD_RETRY_SECONDS)
        self.tries += 1

    def _settle(self, state: State, now: float) -> None:
        self.tries = 0 if state is not self.state else self.tries + 1
        self.state, self.awaited = state, False
        self.due = now + _REST_SECONDS[min(self.tries, len(_REST_SECONDS) - 1)]
