"""Hedging: a second attempt beside one that is slow to answer. The first good answer is taken, the other given up."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from optipath_router.call.call import Call, Served, Walk
from optipath_router.call.observe import why_cancelled
from optipath_router.chat.reply import Streamed, Whole
from optipath_router.errors import Outcome

Going = asyncio.Task[Served | None]


def hedge(walk: Walk, *, sleep: Callable[[float], Awaitable[None]]) -> Walk:
    """A way that is gone twice at once where the first attempt takes longer than the route likes."""

    def hedged(call: Call) -> Coroutine[Any, Any, Served | None]:
        seconds = call.hedge_seconds()
        return walk(call) if seconds is None else twice(call, seconds)

    async def twice(call: Call, seconds: float) -> Served | None:
        going = [asyncio.create_task(walk(call))]
        slow = asyncio.ensure_future(sleep(seconds))
        why, best = Outcome.LOST, None
        try:
            await asyncio.wait((*going, slow), return_when=asyncio.FIRST_COMPLETED)
            if not going[0].done() and call.hedge():
                going.append(asyncio.create_task(walk(call)))
            best = await _best(going)
        except asyncio.CancelledError as cancelled:
            why = why_cancelled(cancelled)
            raise
        finally:
            slow.cancel()
            try:
                await _give_up([one for one in going if one is not best], why)
            except asyncio.CancelledError as cancelled:
                if best is not None:
                    await _give_up([best], why_cancelled(cancelled))
                raise
        return best.result()

    return hedged


async def _best(going: list[Going]) -> Going:
    """The first that has served the call; where none has, one that says why, or else the last one."""
    pending, failed = set(going), None
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for one in sorted(done, key=going.index):
            if one.exception() is not None:
                failed = one
            elif one.result() is not None:
                return one
    return failed or going[-1]


async def _give_up(going: list[Going], why: Outcome) -> None:
    for one in going:
        one.cancel(why)
    try:
        await asyncio.gather(*going, return_exceptions=True)
    finally:
        for one in going:
            # It may have answered in the same moment; nobody reads on.
            late = None if not one.done() or one.cancelled() or one.exception() else one.result()
            match late and late.content:
                case Streamed(events=events):
                    await events.aclose()
                case Whole() as whole:
                    whole.release()
