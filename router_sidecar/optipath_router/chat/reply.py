"""A reply, and the attempts that it took."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

import msgspec

from optipath_router.chat.events import Event
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code, Outcome
from optipath_snapshot import Target

Headers = tuple[tuple[bytes, bytes], ...]


class Tried(msgspec.Struct, frozen=True):
    """An attempt that has ended, or a target that was passed over when its turn had come."""

    target: Target
    outcome: Outcome
    started_seconds: float
    """From the start of the call."""
    seconds: float
    """To its end: the last byte of its answer, or its failure."""
    first_content_seconds: float | None = None
    """To the first content of its answer, or all of it; None where there was none."""
    status: int | None = None
    key: str | None = None
    """The name of the key that was used."""
    message: str = ""
    retry_after_seconds: float | None = None
    """What the provider asked to wait."""
    usage: Usage | None = None
    """As the provider counted it."""
    tokens: int = 0
    """An estimate of what its answer said, as far as it was seen."""
    sent: bool = True
    """Whether the provider may have seen anything of it."""
    made: bool = True
    """Whether it was an attempt at all; False where the target was passed over."""


def failed_over(tried: tuple[Tried, ...], served_by: Target | None) -> bool:
    """Whether another target served than the first that had its turn."""
    return served_by is not None and tried[0].target is not served_by


def _nothing() -> None:
    """Release what holds nothing."""


class Whole(msgspec.Struct, frozen=True):
    """An answer in one piece."""

    status: int
    headers: Headers
    body: bytes
    usage: Usage | None = None
    tokens: int = 0
    """An estimate of what it says, where the provider told no usage."""
    release: Callable[[], None] = _nothing
    """Gives back the room that it takes, once it is written or nobody wants it."""


class Events(Protocol):
    """The events of a streamed answer, as an asynchronous generator gives them."""

    def __aiter__(self) -> AsyncIterator[Event]: ...

    async def __anext__(self) -> Event: ...

    async def aclose(self) -> None:
        """Read no further."""
        ...


class Streamed(msgspec.Struct, frozen=True):
    """An answer piece by piece; its first event is content, or brings content with it.

    It ends after an answer that finished, and raises an
    UpstreamError where it did not. Closing it closes the connection.
    """

    status: int
    headers: Headers
    events: Events


Content = Whole | Streamed


class Failed(msgspec.Struct, frozen=True):
    """No answer, and why."""

    status: int
    code: Code
    message: str
    param: str | None = None
    retry_after_seconds: float | None = None
    worth_a_retry: bool = False
    """Whether nobody was asked, so that a retry of the caller's multiplies nothing."""


class Reply(msgspec.Struct, frozen=True):
    """What came of a request."""

    content: Whole | Streamed | Failed
    tried: Callable[[], tuple[Tried, ...]] = tuple
    """What was tried so far, in the order in which it began; all of it once the reply has ended."""
    target: Target | None = None
    """Who served it."""
    lost: tuple[str, ...] = ()
    """What the caller said and the provider's dialect cannot say, where the policy allows that."""
    downgraded: tuple[str, ...] = ()
    """What the provider was asked for in a weaker form."""
