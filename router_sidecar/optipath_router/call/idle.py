"""Idle connections of all pools: each is an open file, of which there are so many and no more."""

from optipath_router.call.connection import Connection


class Idle:
    """The connections that nobody uses, whatever their origin."""

    def __init__(self, most: int) -> None:
        """Take how many there may be."""
        self._most = most
        self._connections: dict[Connection, None] = {}
        """The one that has been idle longest is the first."""

    def add(self, connection: Connection) -> None:
        """Count one that has become idle, and close the one that has been so longest where it is one too many."""
        self._connections[connection] = None
        if len(self._connections) > self._most:
            longest = next(iter(self._connections))
            self.remove(longest)
            longest.abort()

    def remove(self, connection: Connection) -> None:
        """Count one no longer, if it was counted."""
        self._connections.pop(connection, None)
