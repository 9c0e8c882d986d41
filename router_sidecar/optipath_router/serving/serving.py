"""What the connections of one port share: their limits, and the count of those that were turned away."""

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any, Final

from uvicorn.server import ServerState

from optipath_router.room import Room
from optipath_router.serving.limits import Limits
from optipath_router.serving.refusal import TOO_MANY

log = logging.getLogger(__name__)

_QUIET_SECONDS: Final = 10.0
"""The log tells of callers turned away once in so long, whatever their number."""


class Serving(ServerState):
    """The state of one port's server."""

    def __init__(
        self,
        limits: Limits,
        room: Room,
        count: Callable[[str], None],
        is_ours: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Take what counts each caller turned away, by the reason, and which Hosts are ours where that matters."""
        super().__init__()
        # uvicorn knows of no protocols but its own.
        self.connections: set[Any] = set()
        self.unserved: OrderedDict[Any, float] = OrderedDict()
        """Connections within the limit on which nothing is served, and since when; the first has waited longest."""
        self.crowd: set[Any] = set()
        """Connections beyond the limit."""
        self.common = b""
        """The lines that stand in the head of every answer."""
        self.limits, self.room, self.is_ours = limits, room, is_ours
        self._count = count
        self._untold: Counter[str] = Counter()
        self._quiet_until = 0.0

    def date(self) -> None:
        """Put into every head what uvicorn says of the time."""
        self.common = b"".join(b"%b: %b\r\n" % header for header in self.default_headers)

    def make_way(self, now: float) -> bool:
        """Cut the connection that has waited longest, so that a new one finds a place.

        False where each is served, or has come so lately that its request may be on the way.
        """
        longest, since = next(iter(self.unserved.items()), (None, now))
        if longest is None or now - since < self.limits.patience.begin:
            return False
        self.connections.discard(longest)
        del self.unserved[longest]
        self.turned_away(TOO_MANY.code)
        longest.transport.abort()
        return True

    def turned_away(self, reason: str) -> None:
        """Count a caller who was refused or cut."""
        self._count(reason)
        self._untold[reason] += 1

    def tell(self, now: float) -> None:
        """Log who was turned away, unless that was logged a short while ago."""
        if self._untold and now >= self._quiet_until:
            log.warning("callers were turned away", extra={"reasons": dict(self._untold)})
            self._untold.clear()
            self._quiet_until = now + _QUIET_SECONDS
