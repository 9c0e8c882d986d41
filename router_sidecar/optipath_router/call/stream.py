"""A streamed answer as it is read: held back up to its first content, and then piece by piece to its honest end."""

from collections.abc import Callable, Iterator
from typing import Final, Self

import httpx

from optipath_router.call.patience import Patience
from optipath_router.chat.events import Event, Kind
from optipath_router.errors import Outcome, UpstreamBroken, UpstreamError
from optipath_router.providers import StreamReader
from optipath_router.providers.failure import failure_inside

MAX_HEAD_BYTES: Final = 1024 * 1024
"""What may come before a stream's first content; keep-alives could go on for ever."""


class Stream:
    """The events of one answer.

    It ends after an answer that finished, and raises UpstreamError where it
    did not; what goes wrong once the answer is finished takes nothing from it.
    """

    __slots__ = (
        "_body",
        "_deadline",
        "_events",
        "_head",
        "_idle_seconds",
        "_left",
        "_now",
        "_patience",
        "_pieces",
        "_reader",
        "_whole",
    )  # fmt: skip

    def __init__(
        self,
        response: httpx.Response,
        reader: StreamReader,
        patience: Patience,
        *,
        idle_seconds: float,
        deadline: float,
        now: Callable[[], float],
    ) -> None:
        """Take an open response, and the patience that is left for its first content."""
        self._body, self._reader, self._patience = stream_of(response), reader, patience
        self._idle_seconds, self._deadline, self._now = idle_seconds, deadline, now
        self._pieces = aiter(self._body)
        self._events: Iterator[Event] = iter(())
        self._whole = False
        self._head: Event | None = None
        self._left = 0.0

    async def open(self) -> None:
        """Read up to the first content; raises UpstreamError where there is none."""
        head, size = [await self._next()], 0
        while head[-1].kind is not Kind.CONTENT:
            size += len(head[-1].raw)
            if size > MAX_HEAD_BYTES:
                raise UpstreamBroken(Outcome.BROKEN, f"{size} bytes of its answer held no content")
            head.append(await self._next())
        raw = b"".join(event.raw for event in head)
        self._head = Event(Kind.CONTENT, raw, head[-1].usage or head[0].usage, head[-1].tokens)
        self._left = self._idle_seconds

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        if self._head is not None:
            event, self._head = self._head, None
            return event
        # The time that the caller took to read is not the provider's.
        self._patience.until(min(self._now() + self._left, self._deadline))
        try:
            event = await self._next()
        except UpstreamError:
            await self.aclose()
            if self._reader.finished:
                raise StopAsyncIteration from None
            raise
        except StopAsyncIteration:
            await self.aclose()
            raise
        # A keep-alive is no progress.
        self._left = self._patience.left if event.kind is Kind.OPENING else self._idle_seconds
        return event

    async def aclose(self) -> None:
        """Read no further."""
        self._patience.end()
        await self._body.aclose()

    async def _next(self) -> Event:
        """The next event, of what has come or of what comes; raises StopAsyncIteration after an honest end."""
        while True:
            for event in self._events:
                return _checked(event, self._reader)
            if self._whole:
                if not self._reader.finished:
                    raise UpstreamBroken(Outcome.BROKEN, "its answer ended before it was finished")
                raise StopAsyncIteration
            with self._patience:
                piece = await anext(self._pieces, None)
            if piece is None:
                self._whole = True
                self._events = self._reader.close()
            else:
                self._events = self._reader.feed(piece)


def stream_of(response: httpx.Response) -> httpx.AsyncByteStream:
    """A response's body as its transport gives it; httpx's own ways to it take as long as all the rest."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101  an asynchronous transport gives nothing else
    return stream


def _checked(event: Event, reader: StreamReader) -> Event:
    if event.kind is Kind.ERROR:
        raise failure_inside(event.raw)
    if event.kind is Kind.END and not reader.finished:
        raise UpstreamBroken(Outcome.BROKEN, "its answer was marked as ended before it was finished")
    return event
