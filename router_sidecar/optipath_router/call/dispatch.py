"""From a decision to a reply: a Call is made of it, goes through the layers, and what it came to is told."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from optipath_router.call.call import Call, Line, Walk
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.estimated import estimated
from optipath_router.call.health import Healths
from optipath_router.call.limits.admit import Abandoned
from optipath_router.call.observe import why_cancelled
from optipath_router.call.refused import all_failed, nothing_to_try
from optipath_router.call.trail import Trail
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Failed, Reply
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.wait import Wait
from optipath_router.credentials import Keys
from optipath_router.decide.decision import Decision, LeftOut, Reason
from optipath_router.errors import Outcome, RequestRejected, TargetUnavailable
from optipath_snapshot import Target

ShutOut = Callable[[Target, Features], LeftOut | None]

_SHUT_OUT: Final = {Reason.DATA_BOUNDARY: Outcome.DATA_BOUNDARY, Reason.NOT_ALLOWED: Outcome.NOT_ALLOWED}


class Dispatch:
    """Calls the targets of a decision."""

    def __init__(
        self,
        walk: Walk,
        endpoints: Mapping[str, Endpoint],
        *,
        keys: Callable[[], Keys],
        healths: Healths,
        shut_out: ShutOut,
        abandoned: Abandoned,
        now: Callable[[], float],
    ) -> None:
        """Take the layers, the endpoints by provider's name, and who is told where a request is given up.

        `shut_out` tells whether a policy keeps a request from a target.
        """
        self._shut_out = shut_out
        self._walk, self._endpoints, self._keys = walk, endpoints, keys
        self._healths, self._abandoned, self._now = healths, abandoned, now

    async def __call__(self, request: ChatRequest, decision: Decision, wait: Wait | None = None) -> Reply:
        """The reply of the first target that answers, or why none did; `wait` is what came before, for the record."""
        if decision.route:
            self._healths.turns.taken(decision.route)
        if not decision.ranking:
            return Reply(estimated(decision) or nothing_to_try(decision, self._now()))
        trail = Trail(self._now)
        lines = tuple(self._lines(request, decision, trail))
        call = Call(request, decision, lines, trail=trail, healths=self._healths, now=self._now)
        try:
            served = await self._walk(call)
        except RequestRejected as problem:
            return Reply(Failed(problem.status, problem.code, str(problem), problem.param), trail.tried)
        except asyncio.CancelledError as cancelled:
            self._abandoned(request, decision, trail.tried(), why_cancelled(cancelled), wait)
            raise
        except Exception:
            self._abandoned(request, decision, trail.tried(), Outcome.INTERNAL, wait)
            raise
        finally:
            call.end()
        if served is None:
            return Reply(all_failed(trail.tried()), trail.tried)
        attempt = served.attempt
        says, sayings = decision.features.says, attempt.exchange.sayings
        lost = tuple(sorted(says - sayings)) if says and sayings is not None else ()
        return Reply(served.content, trail.tried, attempt.target, lost, attempt.exchange.downgrades)

    def _lines(self, request: ChatRequest, decision: Decision, trail: Trail) -> Iterator[Line]:
        """The targets of a decision that can be called; the trail is told of the others."""
        for target in decision.ranking:
            try:
                self._check(target, decision)
                endpoint = self._endpoint(target)
                exchange = endpoint.exchange(request, target)
                keys = endpoint.keys(self._keys())
            except TargetUnavailable as problem:
                trail.passed_over(target, problem.outcome, str(problem), retry_after_seconds=None)
            else:
                yield Line(target, endpoint, exchange, keys)

    def _check(self, target: Target, decision: Decision) -> None:
        # Whoever has ranked the targets, and were it a plug-in: what must not go there does not.
        if (left_out := self._shut_out(target, decision.features)) is not None:
            raise TargetUnavailable(_SHUT_OUT[left_out.reason], left_out.detail)

    def _endpoint(self, target: Target) -> Endpoint:
        endpoint = self._endpoints.get(target.provider)
        if endpoint is None:
            raise TargetUnavailable(Outcome.NOT_SPOKEN, "its provider is of a type that this release does not speak")
        return endpoint
