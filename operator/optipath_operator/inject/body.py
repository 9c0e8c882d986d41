"""Bodies of reviews, read as they come: none beyond its limit, and not too many at a time."""

from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from optipath_operator.inject.pod import Malformed

MAX_BYTES: Final = 4 * 1024 * 1024
"""The API server takes 3 MiB of whoever creates a pod, and etcd half of that; the rest is what a review adds."""
MAX_HELD_BYTES: Final = 32 * 1024 * 1024
"""Of all bodies that are on their way. A usual one has ten KiB."""


class BodyRefused(Exception):
    """A body that is not read to its end."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Take what its sender is told."""
        super().__init__(message)
        self.status = status


class Bodies:
    """All bodies that are being read."""

    def __init__(self) -> None:
        self._held = 0

    async def read(self, request: Request) -> bytes:
        """The whole body of a request; raises BodyRefused as soon as it is too long, ClientDisconnect."""
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > MAX_BYTES:
            raise _too_long()
        pieces, size = [], 0
        try:
            async for piece in request.stream():
                size += len(piece)
                self._held += len(piece)
                if size > MAX_BYTES:
                    raise _too_long()
                if self._held > MAX_HELD_BYTES:
                    raise BodyRefused(HTTPStatus.SERVICE_UNAVAILABLE, "too much is being reviewed at once")
                pieces.append(piece)
            return b"".join(pieces)
        finally:
            self._held -= size


def _too_long() -> BodyRefused:
    return BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the review is longer than {MAX_BYTES} bytes")


UNREADABLE: Final = (Malformed, BodyRefused, ClientDisconnect)
"""What keeps a review from being read, whatever it is of."""


def unreadable(error: Exception) -> Response:
    """What its sender is told; nothing of what was sent is repeated."""
    status = error.status if isinstance(error, BodyRefused) else HTTPStatus.BAD_REQUEST
    return PlainTextResponse(f"{error}\n", status)
