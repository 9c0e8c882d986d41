"""Room: how many bytes the router holds for its callers is counted here; how many files it may open, divided."""

import resource
from typing import Final

ROOM_BYTES: Final = 128 * 1024 * 1024
_MAX_CONNECTIONS: Final = 4096
_FILES_APART: Final = 64
"""Files that are no caller's: logs, the snapshot, listening sockets, probes, and callers who are being refused."""


class Room:
    """What all requests and answers may hold together, in bytes."""

    def __init__(self, size: int = ROOM_BYTES) -> None:
        self.size, self.held = size, 0

    def has(self, count: int) -> bool:
        """Whether so many more would fit."""
        return self.held + count <= self.size


class Share:
    """What one request, or one answer, holds of the room; given back at the latest when nobody knows it any more."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: Room) -> None:
        self._room, self._held = room, 0

    def take(self, count: int) -> bool:
        """Hold more; False, and nothing is held, where it does not fit."""
        if self._room.held + count > self._room.size:
            return False
        self._held += count
        self._room.held += count
        return True

    def hold(self, count: int) -> None:
        """Hold more of what is here already, whether it fits or not."""
        self._held += count
        self._room.held += count

    def give_back(self) -> None:
        """Hold nothing any more."""
        self._room.held -= self._held
        self._held = 0

    def __del__(self) -> None:
        if self._held:
            self.give_back()


def connections_within(files: int) -> int:
    """How many connections callers may have, where so many files may be open.

    A request needs one for its caller, one for its provider, and a third where
    it is hedged; and as many to providers may be kept idle as callers have.
    """
    return max(1, min(_MAX_CONNECTIONS, (files - _FILES_APART) // 4))


def open_files() -> int:
    """How many files this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def raise_open_files() -> None:
    """Let this process have as many files open as it may grant itself."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
