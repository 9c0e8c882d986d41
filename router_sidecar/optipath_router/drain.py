"""Draining: after SIGTERM the router serves on until nobody needs it, or its time is up.

A native sidecar is stopped after the app, which may still be calling while it
shuts down itself. So late calls are served too, and the end is a quiet moment.
"""

from collections.abc import Awaitable, Callable
from typing import Final

QUIET_SECONDS: Final = 1.0
"""How long nobody must have called."""
RESERVE_SECONDS: Final = 5.0
"""What is left of the grace period for closing down."""
_STEP_SECONDS: Final = 0.1


async def drained(
    in_flight: Callable[[], int],
    begun: Callable[[], int],
    *,
    grace_seconds: float,
    now: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> bool:
    """Wait for a quiet moment; False where the time was up before there was one.

    `begun` counts all calls that ever were: one may come and go between two looks.
    """
    quiet_since = started = now()
    known = begun()
    while now() - quiet_since < QUIET_SECONDS:
        if now() - started >= grace_seconds - RESERVE_SECONDS:
            return in_flight() == 0
        await sleep(_STEP_SECONDS)
        if in_flight() or begun() != known:
            quiet_since, known = now(), begun()
    return True
