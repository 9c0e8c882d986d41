"""A streamed answer of Gemini's: server-sent events, each a piece in the shape of a whole answer, and no end mark."""

from optipath_router.chat.answer import Delta, Failing
from optipath_router.providers.codec import Read
from optipath_router.providers.gemini.reading import Reading
from optipath_router.providers.gemini.wire import chunks
from optipath_router.providers.message_reader import MessageReader
from optipath_router.providers.sse import Message, SseParser


class GeminiReader(MessageReader):
    """Reads the events of `streamGenerateContent?alt=sse`."""

    __slots__ = ("_reading",)

    def __init__(self) -> None:
        super().__init__(SseParser())
        self._reading = Reading()

    @property
    def finished(self) -> bool:
        """Whether every candidate has told why it ended, or the prompt was blocked."""
        return self._reading.finished

    def _read(self, message: Message) -> Read:
        raw, data = message
        if data is None and raw.lstrip()[:1] in (b"{", b"["):
            data = raw  # an error comes as it would have come without a stream
        if not data:
            return Read(raw)
        deltas: list[Delta] = []
        for piece in chunks(data.strip()):
            deltas += [Failing(data)] if piece.error is not None else self._reading.read(piece)
        return Read(raw, tuple(deltas))
