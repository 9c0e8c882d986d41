"""Turns: how many requests each route has ranked, for strategies that take turns. Outlives a reload."""

from collections import Counter
from collections.abc import Collection
from types import MappingProxyType

from optipath_router.decide.health import Health


class Turns:
    """Counts, and shows the counts as deciding sees them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._version = 0

    def taken(self, route: str) -> None:
        """Count a request that a route ranked."""
        self._version += 1
        self._counts[route] += 1

    def keep(self, routes: Collection[str]) -> None:
        """Forget all routes but these."""
        for gone in self._counts.keys() - set(routes):
            del self._counts[gone]

    def health(self) -> Health:
        """The counts of this moment; good until the next one is counted."""
        return Health(self._version, MappingProxyType(self._counts))
