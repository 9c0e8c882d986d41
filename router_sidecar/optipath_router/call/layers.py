"""What surrounds a call has the shape of a call. The order stands here, and nowhere else.

    Call ─ retry ─ hedge ─ failover ─▶ Attempt ─ observe ─ upstream ─▶ Content

A retry goes through the candidates again, after a rest; a hedge goes through
them twice at once; failover goes through them one by one. All three take their
next attempt from the same Call, which knows what it may still try.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from optipath_router.call.call import Service, Walk
from optipath_router.call.failover import failover
from optipath_router.call.health import Healths
from optipath_router.call.hedge import hedge
from optipath_router.call.observe import observe
from optipath_router.call.retry import retry


def layers(
    upstream: Service,
    healths: Healths,
    now: Callable[[], float],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    draw: Callable[[], float] = random.random,
) -> Walk:
    """The layers around one attempt, the innermost first. Time and chance are handed in; a draw is from 0 to 1."""
    service = observe(upstream, healths, now)
    walk = failover(service)
    walk = hedge(walk, sleep=sleep)
    return retry(walk, sleep=sleep, draw=draw)
