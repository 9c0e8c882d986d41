"""Failover: the next key or the next target, as long as nothing has been said to the caller.

What a service returns may be shown, and with it the reply is committed: from
then on there is no other attempt. That rule lives here and nowhere else.
"""

from optipath_router.call.call import Call, Served, Service, Walk
from optipath_router.call.upstream import ContextTooLong
from optipath_router.errors import TargetUnavailable, UpstreamError


def failover(service: Service) -> Walk:
    """The way through the candidates, one after the other and without a rest, until one answers."""

    async def walk(call: Call) -> Served | None:
        while (attempt := call.next()) is not None:
            try:
                return Served(attempt, await service(attempt))
            except ContextTooLong as problem:
                call.too_long(attempt, problem.answer)
            except (TargetUnavailable, UpstreamError) as problem:
                call.failed(attempt, problem)
        return None

    return walk
