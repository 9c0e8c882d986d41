"""One request on its way: what it may still try, and what that may take.

             next                     next: the first one elsewhere is free,
    ranking ──────▶ attempt ── failed ─────────────────────────────────────▶ attempt …
                       │              others are paid from the retry budget
                       │ served
                       ▼              nothing left, and what failed may pass:
                     reply            again: rests, and is tried once more

A target is asked for its health each time its turn comes. One that was tried
is not tried with another key unless it was the key that was refused.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, Final, assert_never

import msgspec

from optipath_router.call.attempt import Attempt
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.health import Healths
from optipath_router.call.health.cooldown import KEY_TROUBLE
from optipath_router.call.refused import PASSED_OVER
from optipath_router.call.trail import Trail
from optipath_router.chat.reply import Content, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import Key
from optipath_router.decide.decision import Decision, Reason
from optipath_router.decide.eligible import SUSPICIONS
from optipath_router.decide.health import Obstacle
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamError
from optipath_router.providers import Exchange
from optipath_snapshot import HedgeDelay, HedgeQuantile, Target

# What may be over a moment later.
_PASSES: Final = frozenset(
    {
        Outcome.BUSY,
        Outcome.OVERLOADED,
        Outcome.SERVER_ERROR,
        Outcome.BROKEN,
        Outcome.TIMEOUT,
        Outcome.UNREACHABLE,
    }
)


class Line(msgspec.Struct, frozen=True):
    """A target that can be called, with the keys that it may be called with."""

    target: Target
    endpoint: Endpoint
    exchange: Exchange
    keys: tuple[Key | None, ...]


class Served(msgspec.Struct, frozen=True):
    """An attempt whose answer may be shown."""

    attempt: Attempt
    content: Content


Service = Callable[[Attempt], Awaitable[Content]]
"""What one attempt comes to."""


class Call:
    """One request, its candidates and its purse."""

    def __init__(
        self,
        request: ChatRequest,
        decision: Decision,
        lines: Sequence[Line],
        *,
        trail: Trail,
        healths: Healths,
        now: Callable[[], float],
    ) -> None:
        """Take the candidates in the order of the decision."""
        self._request, self._healths, self._now, self._trail = request, healths, now, trail
        self._resilience = decision.resilience
        self._deadline = request.arrived + decision.resilience.request_timeout_seconds
        self._lines = lines
        self._queue = [(line, key) for line in lines for key in line.keys]
        self._tried: set[str] = set()
        self._running: set[str] = set()
        self._passes: set[str] = set()
        """Targets that failed in a way that may be over a moment later."""
        self._attempts_left = decision.resilience.attempts
        self._free = True
        self._taken = 0
        """From the retry budget."""
        self._retries = 0
        self._prepared: tuple[Line, Key | None] | None = None
        self.refusal: Served | None = None
        """An answer to show where no other target can do better."""

    def next(self) -> Attempt | None:
        """The next attempt; None where there is nothing left to try, or nothing to try it with."""
        if self._prepared is not None:
            (line, key), self._prepared = self._prepared, None
            obstacle = self._healths.obstacle(line.target, (key,))
            if obstacle is None:
                return self._attempt(line, key)
            self._passed_over(line.target, obstacle)  # it has come about during the rest
            return None
        if not self._may_try():
            return None
        suspected: tuple[Line, Key | None] | None = None
        for line, key in self._candidates():
            obstacle = self._healths.obstacle(line.target, (key,))
            if obstacle is None:
                if self._paid(line.target):
                    return self._attempt(line, key)
            else:
                self._passed_over(line.target, obstacle)
                if suspected is None and obstacle.reason in SUSPICIONS:
                    suspected = line, key
        return self._attempt(*suspected) if suspected and not self._tried else None

    def failed(self, attempt: Attempt, problem: TargetUnavailable | UpstreamError) -> None:
        """Note an attempt that came to nothing."""
        name = attempt.target.name
        self._running.discard(name)
        if problem.outcome in KEY_TROUBLE:
            return
        self._queue = [(line, key) for line, key in self._queue if line.target.name != name]
        if problem.outcome in _PASSES:
            self._passes.add(name)

    def too_long(self, attempt: Attempt, answer: Whole) -> None:
        """Note a target into which the prompt does not fit: one that is larger may be tried, once."""
        self._running.discard(attempt.target.name)
        window = attempt.target.context_window or 0
        larger = [(line, key) for line, key in self._queue if (line.target.context_window or 0) > window]
        self._queue = larger if self.refusal is None else []
        self._passes.clear()
        self.refusal = Served(attempt, answer)

    def again(self, draw: float) -> float | None:
        """Seconds to rest before a target that failed is tried again by `next`; None where none is to be.

        Full jitter above the route's base, which doubles with each rest; `draw` is chance, 0 to 1. What a
        provider asks for is respected, and if it is longer than the route waits, the call is given up.
        """
        resilience, now = self._resilience, self._now()
        if not self._may_try() or not self._passes:
            return None
        ready = [
            found for line in self._lines if line.target.name in self._passes and (found := self._ready(line, now))
        ]
        if not ready:
            return None
        moment, line, key = min(ready, key=lambda found: found[0])
        base, most = resilience.backoff_base_seconds, resilience.backoff_max_seconds
        rest = max(moment - now, min(most, base + draw * base * 2.0**self._retries))
        if rest > most or now + rest >= self._deadline or not self._take():
            return None
        self._retries += 1
        self._prepared = line, key
        return rest

    def hedge_seconds(self) -> float | None:
        """How long to wait for the first attempt before a second one is made beside it; None for ever."""
        hedge = self._resilience.hedge
        if hedge is None or self._attempts_left < 2 or (first := next(self._candidates(), None)) is None:
            return None
        match hedge:
            case HedgeDelay(seconds=seconds):
                return seconds
            case HedgeQuantile(quantile=quantile):
                return self._healths.hedge_delay(first[0].target, quantile)
            case _:
                assert_never(hedge)

    def hedge(self) -> bool:
        """Whether a second attempt may be made beside the first, which `next` then gives."""
        if not self._may_try():
            return False
        for line, key in self._candidates():
            if self._healths.obstacle(line.target, (key,)) is None:
                if self._take():
                    self._prepared = line, key
                    return True
                return False
        return False

    def end(self) -> None:
        """Give back what was taken from the retry budget."""
        for _ in range(self._taken):
            self._healths.budget.give_back()
        self._taken = 0

    def _may_try(self) -> bool:
        # One attempt is made even where the time is up: it fails with a reason.
        return self._attempts_left > 0 and not (self._tried and self._now() >= self._deadline)

    def _candidates(self) -> Iterator[tuple[Line, Key | None]]:
        """Who may come next. However many keys a target has, the last attempt is for one that was not tried yet."""
        queue, tried, running = self._queue, self._tried, self._running
        only_fresh = self._attempts_left == 1 and any(line.target.name not in tried for line, _ in queue)
        for entry in queue:
            name = entry[0].target.name
            if name not in running and not (only_fresh and name in tried):
                yield entry

    def _paid(self, target: Target) -> bool:
        """Whether an attempt may be made: the first one, the first elsewhere, or one that the budget pays."""
        if not self._tried:
            return True
        if self._free and target.name not in self._tried and self._healths.is_closed(target):
            self._free = False
            return True
        return self._take()

    def _take(self) -> bool:
        if not self._healths.budget.take():
            return False
        self._taken += 1
        return True

    def _attempt(self, line: Line, key: Key | None) -> Attempt:
        self._queue = [entry for entry in self._queue if not (entry[0] is line and entry[1] is key)]
        self._attempts_left -= 1
        self._tried.add(line.target.name)
        self._running.add(line.target.name)
        self._passes.discard(line.target.name)
        return Attempt(
            self._request,
            line.target,
            line.endpoint,
            line.exchange,
            key,
            self._resilience,
            self._deadline,
            self._trail,
        )

    def _ready(self, line: Line, now: float) -> tuple[float, Line, Key | None] | None:
        """When a target that failed may be tried again, and with which key; None where it is not to be."""
        soonest = None
        for key in line.keys:
            obstacle = self._healths.obstacle(line.target, (key,))
            if obstacle is None:
                return now, line, key
            until = obstacle.until
            if obstacle.reason is Reason.COOLING_DOWN and until is not None and (not soonest or until < soonest[0]):
                soonest = until, line, key
        return soonest

    def _passed_over(self, target: Target, obstacle: Obstacle) -> None:
        until = obstacle.until
        wait = None if until is None else max(0.0, until - self._now())
        self._trail.passed_over(target, PASSED_OVER[obstacle.reason], obstacle.detail, retry_after_seconds=wait)


Walk = Callable[[Call], Coroutine[Any, Any, Served | None]]
"""A way through the candidates of a call; None where none of them served it."""
