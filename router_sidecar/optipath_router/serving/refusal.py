"""Refusals: what a caller is told who is turned away before anybody has read the request."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from optipath_router.errors import Code
from optipath_router.providers.surface import Error


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken."""

    status: HTTPStatus
    code: Code
    message: str

    def answer(self, common: bytes, error: Error) -> bytes:
        """All of the answer in the caller's form, with the lines of every head; the connection ends with it."""
        body = error(self.status, self.code, self.message, None)
        lines = [b"content-type: application/json", b"content-length: %d" % len(body), b"connection: close", b"", body]
        if self.code is Code.OVERLOADED:
            # Nobody was asked, so an SDK's own retry multiplies nothing.
            lines = [b"retry-after: 1", b"x-should-retry: true", *lines]
        return b"HTTP/1.1 %d %b\r\n" % (self.status, self.status.phrase.encode()) + common + b"\r\n".join(lines)


def invalid(message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Refusal:
    """A refusal of what the caller must mend."""
    return Refusal(status, Code.INVALID_REQUEST, message)


MALFORMED: Final = invalid("this is not HTTP/1.1, or its framing can be read in two ways")
HEAD_TOO_LARGE: Final = invalid(
    "the request's headers are too long or too many", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
)
TOO_SLOW: Final = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, Code.REQUEST_TIMEOUT, "the rest of the request did not come in time"
)
TOO_MANY: Final = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, Code.OVERLOADED, "this router serves as many requests as it may"
)
NO_ROOM: Final = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, Code.OVERLOADED, "this router holds as many bytes of requests and answers as it may"
)


def too_large(limit: int) -> Refusal:
    """A refusal of a body beyond a limit in bytes."""
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Code.REQUEST_TOO_LARGE, f"the request is longer than {limit} bytes"
    )
