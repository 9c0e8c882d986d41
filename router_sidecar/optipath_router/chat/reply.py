"""A reply, and the attempts that it took."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from optipath_router.chat.events import Event
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code, Outcome
from optipath_snapshot import Target

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt that has ended, or has been committed to."""

    target: str
    provider: str
    outcome: Outcome
    started_seconds: float
    """From the start of the call."""
    seconds: float
    """To its head, its first content or its failure."""
    status: int | None = None
    key: str | None = None
    """The name of the key that was used."""
    message: str = ""
    retry_after_seconds: float | None = None
    """What the provider asked to wait."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer in one piece."""

    status: int
    headers: Headers
    body: bytes
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer piece by piece; its first event is content, or brings content with it.

    It ends after an answer that finished, and raises an
    UpstreamError where it did not. Closing it closes the connection.
    """

    status: int
    headers: Headers
    events: AsyncGenerator[Event]


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer, and why."""

    status: int
    code: Code
    message: str
    param: str | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request."""

    content: Whole | Streamed | Failed
    tried: tuple[Tried, ...] = ()
    target: Target | None = None
    """Who served it."""

    @property
    def failed_over(self) -> bool:
        """Whether another target served it than the first that was tried."""
        return self.target is not None and self.tried[0].target != self.target.name
