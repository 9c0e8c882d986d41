"""The step between deciding and calling: a request is let in, waits for its turn, or is refused.

It comes after deciding, for which policy's rule routes a request is what says
which limits bind it, and a refusal can then say all that any record says. Who
is not going to be called for has no need of a place: a request that nobody can
serve is told so at once, however much is going on.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from optipath_router.call.limits.limit import Held, Limit, Place, leave
from optipath_router.call.limits.limits import Limits
from optipath_router.call.observe import why_cancelled
from optipath_router.chat.conversation import Wire
from optipath_router.chat.reply import Failed, Tried
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.wait import Wait
from optipath_router.decide.decision import Decision
from optipath_router.errors import Code, Outcome
from optipath_router.telemetry.metrics import Metrics

Abandoned = Callable[[ChatRequest, Decision, tuple[Tried, ...], Outcome, Wait | None], None]

QUEUE_FULL, QUEUE_TIMEOUT = "queue_full", "queue_timeout"
"""Why a request is refused, as a metric says it."""

_NO_WORK: Final = frozenset({Wire.COUNT_TOKENS})
"""No model is at work on these, and who asks for them does so before the request that counts."""


class Admit:
    """Lets requests in as far as the limits in force allow."""

    def __init__(self, limits: Limits, abandoned: Abandoned, metrics: Metrics, now: Callable[[], float]) -> None:
        """Take who is told of a request that was given up while it waited."""
        self._limits, self._abandoned, self._metrics, self._now = limits, abandoned, metrics, now

    async def __call__(self, request: ChatRequest, decision: Decision, held: Held) -> Wait | None:
        """What a limit had a request wait for, or refused it by; None where it is let in at once.

        `held` gets its places, which it keeps to the end of its reply.
        """
        if not decision.ranking or decision.features.wire in _NO_WORK:
            return None
        limits = self._limits.binding(decision.policy)
        for at, limit in enumerate(limits):
            place = limit.enter()
            if place is None:
                return await self._queue(request, decision, held, limits[at:])
            held.append(place)
        return None

    async def _queue(self, request: ChatRequest, decision: Decision, held: Held, limits: Sequence[Limit]) -> Wait:
        """Get places in limits of which the first is full."""
        began, deadline = self._now(), request.arrived + decision.resilience.request_timeout_seconds
        full = limits[0]
        try:
            for limit in limits:
                place = limit.enter()
                if place is None:
                    full = limit
                    came = await self._turn(limit, deadline)
                    if isinstance(came, Failed):
                        leave(held, served=False)
                        return self._wait(full, began, came)
                    place = came
                held.append(place)
        except asyncio.CancelledError as cancelled:
            leave(held, served=False)
            self._abandoned(request, decision, (), why_cancelled(cancelled), self._wait(full, began))
            raise
        return self._wait(full, began)

    def _wait(self, limit: Limit, began: float, refusal: Failed | None = None) -> Wait:
        return Wait(limit.concurrency.policy.full_name, self._now() - began, refusal)

    async def _turn(self, limit: Limit, deadline: float) -> Place | Failed:
        """A place in a limit that is full, or why there is none."""
        bound, began = limit.concurrency, self._now()
        if limit.queue_full:
            return self._refusal(limit, QUEUE_FULL, f", and {limit.waiting} wait" if bound.queue_length else "")
        seconds = max(0.0, min(bound.queue_seconds, deadline - began))
        try:
            place = await limit.turn(seconds)
        finally:
            self._metrics.waited(*limit.labels, self._now() - began)
        return place or self._refusal(limit, QUEUE_TIMEOUT, f"; no turn came within {seconds:g} s")

    def _refusal(self, limit: Limit, reason: str, more: str) -> Failed:
        self._metrics.limited(*limit.labels, reason)
        bound = limit.concurrency
        message = (
            f"policy '{bound.policy.full_name}' lets {bound.max_concurrent} requests be under way at once in a pod's "
            f"router, and so many are{more}"
        )
        # Nobody was asked, so a retry of the caller's multiplies nothing.
        seconds = limit.retry_seconds()
        return Failed(429, Code.RATE_LIMITED, message, retry_after_seconds=seconds, worth_a_retry=True)
