"""Retry: what failed is tried again after a rest, once nothing else is left to try.

Another target is asked first and at once. Asking the same one again in the
same second is no retry, it is load.
"""

from collections.abc import Awaitable, Callable

from optipath_router.call.call import Call, Served, Walk


def retry(walk: Walk, *, sleep: Callable[[float], Awaitable[None]], draw: Callable[[], float]) -> Walk:
    """A way that is gone again as long as it may still lead somewhere; draws are chance from 0 to 1."""

    async def retried(call: Call) -> Served | None:
        while (served := await walk(call)) is None:
            seconds = call.again(draw())
            if seconds is None:
                return call.refusal
            await sleep(seconds)
        return served

    return retried
