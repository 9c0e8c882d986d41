"""Room for buffers: the bytes that the router holds for its callers are counted here, and there is a most of them."""

from typing import Final

ROOM_BYTES: Final = 128 * 1024 * 1024


class Room:
    """What all requests and answers may hold together, in bytes."""

    def __init__(self, size: int = ROOM_BYTES) -> None:
        self.size, self.held = size, 0

    def has(self, count: int) -> bool:
        """Whether so many more would fit."""
        return self.held + count <= self.size


class Share:
    """What one request, or one answer, holds of the room."""

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
