"""A streamed answer as it is read: held back up to its first content, and then piece by piece to its honest end."""

from collections.abc import Iterator
from typing import Final, Self

from optipath_router.call.patience import Patience
from optipath_router.call.seam import Incoming
from optipath_router.chat.events import Event, Kind
from optipath_router.errors import Code, Outcome, RequestRejected, UpstreamBroken, UpstreamError
from optipath_router.providers import StreamReader
from optipath_router.providers.failure import data_of, failure_inside
from optipath_router.room import Room, Share

MAX_HEAD_BYTES: Final = 1024 * 1024
"""What may come before a stream's first content; keep-alives could go on for ever."""
_UNCOUNTED_BYTES: Final = 16 * 1024
"""Nearly every stream holds less than this, and takes nothing of the room."""
_COPIES: Final = 2
"""An event is held as it came, and once more when it is whole."""
_NO_ROOM: Final = "this router has no room for the answer; it holds too many"


class Stream:
    """The events of one answer.

    It ends after an answer that finished, and raises UpstreamError where it
    did not; what goes wrong once the answer is finished takes nothing from it.
    """

    __slots__ = (
        "_body",
        "_counted",
        "_events",
        "_head",
        "_idle_seconds",
        "_left",
        "_opened",
        "_patience",
        "_pieces",
        "_read_bytes",
        "_reader",
        "_share",
        "_whole",
    )

    def __init__(
        self, answer: Incoming, reader: StreamReader, patience: Patience, room: Room, *, idle_seconds: float
    ) -> None:
        """Take an open answer, and the patience that is left for its first content."""
        self._body, self._reader, self._patience = answer, reader, patience
        self._idle_seconds = idle_seconds
        self._pieces = aiter(answer)
        answer.count_in(room)
        self._share = Share(room)
        self._counted = self._opened = False
        self._events: Iterator[Event] = iter(())
        self._whole = False
        self._read_bytes = 0
        self._head: Event | None = None
        self._left = 0.0

    async def open(self) -> Event | None:
        """Read up to the first content; the provider's error, where it tells one in the place of that.

        Raises UpstreamError where there is neither, RequestRejected where there is no room for what comes before.
        """
        event = await self._next()
        raw, usage = bytearray(event.raw), event.usage
        while event.kind is not Kind.CONTENT:
            if event.kind is Kind.ERROR:
                return event
            # Counted as read: what is hidden from the caller took as much to read.
            if self._read_bytes > MAX_HEAD_BYTES:
                raise UpstreamBroken(Outcome.BROKEN, f"{self._read_bytes} bytes of its answer held no content")
            event = await self._next()
            raw += event.raw
            usage = event.usage or usage
        self._head = Event(Kind.CONTENT, bytes(raw), usage, event.tokens)
        self._left = self._idle_seconds
        self._opened = True
        return None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        if self._head is not None:
            event, self._head = self._head, None
            return event
        # The time that the caller took to read is not the provider's.
        self._patience.renew(self._left)
        try:
            event = await self._next()
            if event.kind is Kind.ERROR:
                raise failure_inside(data_of(event.raw)) or UpstreamError(Outcome.REFUSED, "it refused to go on")
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
        self._share.give_back()
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
            # Up to its first content all of it is held back, and then what is no whole event.
            held = self._reader.kept if self._opened else self._read_bytes
            if held > _UNCOUNTED_BYTES or self._counted:
                self._count(held)
            with self._patience:
                piece = await anext(self._pieces, None)
            if piece is None:
                self._whole = True
                self._events = self._reader.close()
            else:
                self._read_bytes += len(piece)
                self._events = self._reader.feed(piece)

    def _count(self, held: int) -> None:
        """Take room for what is held while more is waited for; raises where there is none."""
        self._share.give_back()
        self._counted = held > _UNCOUNTED_BYTES
        if not self._counted or self._share.take(_COPIES * held):
            return
        raise UpstreamError(Outcome.NO_ROOM, _NO_ROOM) if self._opened else no_room()


def no_room() -> RequestRejected:
    """What an answer is refused with for which there is no room, as long as nothing of it has been shown."""
    return RequestRejected(503, Code.OVERLOADED, _NO_ROOM)


def _checked(event: Event, reader: StreamReader) -> Event:
    if event.kind is Kind.END and not reader.finished:
        raise UpstreamBroken(Outcome.BROKEN, "its answer was marked as ended before it was finished")
    return event
