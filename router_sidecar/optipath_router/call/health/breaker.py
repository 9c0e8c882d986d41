"""A breaker, as a value: whether a target may be called, after what became of its latest calls.

                 5 failures in a row, or too few
                 successes among the latest calls
        CLOSED ───────────────────────────────────▶ OPEN ◀─────────────┐
           ▲                                          │ it has rested   │ a probe fails:
           │  a success                               ▼                 │ the rest grows
           └────────────────────────────────────── HALF OPEN ──────────┘
                                                   one probe at a time

A call made while the breaker is not closed is a probe, also one that is made
for want of a better target. How other calls end, that began before it opened,
says nothing about now, and changes nothing until it is closed again.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from optipath_router.call.health.window import Window


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When a breaker opens, and for how long. Defaults are clause C7 of the contract."""

    failures: int = 5
    """So many in a row open it."""
    window_seconds: int = 10
    samples: int = 10
    """Fewer in the window say nothing about the rate."""
    success_rate: float = 0.5
    """A lower one opens it."""
    rest_seconds: float = 30.0
    """For the first opening; twice that for the second in a row, and so on."""
    longest_rest_seconds: float = 300.0
    jitter: float = 0.1
    """The share of a rest that chance may add to it, so that the routers of many pods do not probe at once."""


class State(StrEnum):
    """What a breaker does with the next call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker(msgspec.Struct, frozen=True):
    """The breaker of one target. Moments are of a monotonic clock; a draw is chance, 0 to 1."""

    settings: BreakerSettings
    window: Window
    failures: int = 0
    """In a row."""
    openings: int = 0
    """In a row, without a success between them."""
    rests_until: float | None = None
    """None while it is closed."""
    probes: int = 0
    """Under way."""

    def state(self, now: float) -> State:
        """What it does with a call at this moment."""
        if self.rests_until is None:
            return State.CLOSED
        return State.OPEN if now < self.rests_until else State.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Whether a call may be made."""
        return self.rests_until is None or (now >= self.rests_until and not self.probes)

    def begun(self) -> "Breaker":
        """The breaker once a call has been made: a probe, unless it is closed."""
        return self if self.rests_until is None else replace(self, probes=self.probes + 1)

    def given_back(self, *, probe: bool) -> "Breaker":
        """The breaker once a call has ended that says nothing about the target."""
        return replace(self, probes=self.probes - 1) if probe and self.probes else self

    def after_success(self, now: float, *, probe: bool) -> "Breaker":
        """The breaker once a call has gone well."""
        if self.rests_until is None:
            return Breaker(self.settings, self.window.adding(now, good=True))
        return closed(self.settings) if probe and self.probes else self

    def after_failure(self, now: float, draw: float, *, probe: bool) -> "Breaker":
        """The breaker once a call has failed."""
        if self.rests_until is not None:
            given_back, failed = self.given_back(probe=probe), probe and self.probes
            return _opened(given_back, now, draw) if failed and self.state(now) is State.HALF_OPEN else given_back
        worse = replace(self, failures=self.failures + 1, window=self.window.adding(now, good=False))
        return _opened(worse, now, draw) if worse.failures >= self.settings.failures else _judged(worse, now, draw)

    def after_busy(self, now: float, draw: float, *, probe: bool) -> "Breaker":
        """The breaker once a target has asked for patience: no failure, but no success either."""
        if self.rests_until is not None:
            return self.given_back(probe=probe)
        return _judged(replace(self, window=self.window.adding(now, good=False)), now, draw)


def closed(settings: BreakerSettings) -> Breaker:
    """A breaker that knows of no calls."""
    return Breaker(settings, Window(settings.window_seconds))


def _judged(breaker: Breaker, now: float, draw: float) -> Breaker:
    rate = breaker.window.rate(now, breaker.settings.samples)
    return breaker if rate is None or rate >= breaker.settings.success_rate else _opened(breaker, now, draw)


def _opened(breaker: Breaker, now: float, draw: float) -> Breaker:
    settings, openings = breaker.settings, breaker.openings + 1
    rest = min(settings.rest_seconds * openings, settings.longest_rest_seconds) * (1 + settings.jitter * draw)
    return replace(breaker, openings=openings, rests_until=now + rest)
