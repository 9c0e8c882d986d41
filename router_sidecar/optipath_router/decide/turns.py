"""Turns: how many requests each route has ranked, for strategies that take turns. Outlives a reload."""

from collections import Counter
from collections.abc import Collection, Mapping
from types import MappingProxyType


class Turns:
    """Counts, by the id of the route."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.counts: Mapping[str, int] = MappingProxyType(self._counts)
        """As deciding sees them; it shows the present, and changes with it."""
        self.version = 0
        """Grows with each of them."""

    def taken(self, route: str) -> None:
        """Count a request that a route ranked."""
        self.version += 1
        self._counts[route] += 1

    def keep(self, routes: Collection[str]) -> None:
        """Forget all routes but these."""
        for gone in self._counts.keys() - set(routes):
            del self._counts[gone]
