"""Failover: the next key or the next target, as long as nothing has been said to the caller.

What a service returns may be shown, and with it the reply is committed: from
then on there is no other attempt. That rule lives here and nowhere else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping

from optipath_router.call.attempt import Attempt
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.refused import all_failed, nothing_to_try
from optipath_router.call.trail import Trail
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.credentials import Key, Keys
from optipath_router.decide.decision import Decision
from optipath_router.errors import Outcome, RequestRejected, TargetUnavailable, UpstreamError
from optipath_snapshot import Target

Service = Callable[[Attempt], Awaitable[Whole | Streamed]]
Abandoned = Callable[[ChatRequest, Decision, tuple[Tried, ...]], None]

# The provider has no quarrel with the request, only with the key.
_KEY_TROUBLE = frozenset({Outcome.AUTH, Outcome.QUOTA})


class Failover:
    """Calls the targets of a decision in their order until one answers."""

    def __init__(
        self,
        service: Service,
        endpoints: Mapping[str, Endpoint],
        keys: Callable[[], Keys],
        abandoned: Abandoned,
        now: Callable[[], float],
    ) -> None:
        """Take what makes one attempt, and who is told where the caller leaves; endpoints are by provider's name."""
        self._service, self._endpoints, self._keys, self._now = service, endpoints, keys, now
        self._abandoned = abandoned

    async def __call__(self, request: ChatRequest, decision: Decision) -> Reply:
        """The reply of the first target that answers, or why none did."""
        if not decision.ranking:
            return Reply(nothing_to_try(decision))
        resilience, now, trail = decision.resilience, self._now, Trail(self._now)
        deadline = request.arrived + resilience.request_timeout_seconds
        made = 0
        for target, endpoint, keys in self._callable(decision, trail):
            # However many keys a target has, one attempt is left for the next: it may have one that is accepted.
            left = resilience.attempts - made
            for key in keys if target is decision.ranking[-1] else keys[: max(1, left - 1)]:
                if made and (made == resilience.attempts or now() >= deadline):
                    return Reply(all_failed(trail.tried), trail.tried)
                made += 1
                begun = now()
                try:
                    content = await self._service(Attempt(request, target, endpoint, key, resilience, deadline))
                except (TargetUnavailable, UpstreamError) as problem:
                    trail.failed(target, key, begun, problem)
                    if problem.outcome not in _KEY_TROUBLE:
                        break
                except RequestRejected as problem:
                    return Reply(Failed(problem.status, problem.code, str(problem), problem.param), trail.tried)
                except asyncio.CancelledError:
                    trail.abandoned(target, key, begun)
                    self._abandoned(request, decision, trail.tried)
                    raise
                else:
                    trail.served(target, key, begun, content)
                    return Reply(content, trail.tried, target)
        return Reply(all_failed(trail.tried), trail.tried)

    def _callable(self, decision: Decision, trail: Trail) -> Iterator[tuple[Target, Endpoint, tuple[Key | None, ...]]]:
        """The targets of a decision that can be called, each with its keys; the trail is told of the others."""
        for target in decision.ranking:
            try:
                endpoint = self._endpoint(target)
                keys = endpoint.keys(self._keys())
            except TargetUnavailable as problem:
                trail.failed(target, None, self._now(), problem)
            else:
                yield target, endpoint, keys

    def _endpoint(self, target: Target) -> Endpoint:
        endpoint = self._endpoints.get(target.provider)
        if endpoint is None:
            raise TargetUnavailable(Outcome.NOT_SPOKEN, "its provider is of a type that this release does not speak")
        return endpoint
