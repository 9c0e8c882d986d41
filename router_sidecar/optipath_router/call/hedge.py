"""Hedging: a second attempt beside one that is slow to answer. The first good answer is taken, the other given up."""

import asyncio
from collections.abc import Awaitable, Callable

from optipath_router.call.call import Call, Served, Walk
from optipath_router.call.observe import why_cancelled
from optipath_router.chat.reply import Streamed
from optipath_router.errors import Outcome

Going = asyncio.Task[Served | None]


def hedge(walk: Walk, *, sleep: Callable[[float], Awaitable[None]]) -> Walk:
    """A way that is gone twice at once where the first attempt takes longer than the route likes."""

    async def hedged(call: Call) -> Served | None:
        seconds = call.hedge_seconds()
        if seconds is None:
            return await walk(call)
        going = [asyncio.create_task(walk(call))]
        slow = asyncio.ensure_future(sleep(seconds))
        why, best = Outcome.LOST, None
        try:
            await asyncio.wait((*going, slow), return_when=asyncio.FIRST_COMPLETED)
            if not going[0].done() and call.hedge():
                going.append(asyncio.create_task(walk(call)))
            best = await _first_good(going)
            return best.result()
        except asyncio.CancelledError as cancelled:
            why = why_cancelled(cancelled)
            raise
        finally:
            slow.cancel()
            await _give_up([one for one in going if one is not best], why)

    return hedged


async def _first_good(going: list[Going]) -> Going:
    """The first that has served the call, or else the last one."""
    pending = set(going)
    while True:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for one in sorted(done, key=going.index):
            if one.exception() is not None or one.result() is not None:
                return one
        if not pending:
            return one


async def _give_up(going: list[Going], why: Outcome) -> None:
    for one in going:
        one.cancel(why)
    await asyncio.gather(*going, return_exceptions=True)
    for one in going:
        # It may have answered in the same moment; nobody reads on.
        late = None if one.cancelled() or one.exception() else one.result()
        if late is not None and isinstance(late.content, Streamed):
            await late.content.events.aclose()
