"""A streamed answer of Ollama's: a line of JSON for each piece, the last of which is `done`."""

from optipath_router.chat.answer import Failing
from optipath_router.providers.codec import Read
from optipath_router.providers.lines import LineParser
from optipath_router.providers.message_reader import MessageReader
from optipath_router.providers.ollama.reading import Reading
from optipath_router.providers.ollama.wire import line
from optipath_router.providers.sse import Message


class OllamaReader(MessageReader):
    """Reads the lines of `/api/chat`."""

    __slots__ = ("_reading",)

    def __init__(self) -> None:
        super().__init__(LineParser())
        self._reading = Reading()

    @property
    def finished(self) -> bool:
        """Whether the answer is done."""
        return self._reading.finished

    def _read(self, message: Message) -> Read:
        raw, data = message
        if data is None:
            return Read(raw)
        told = line(data)
        if told.error is not None:
            return Read(raw, (Failing(data),))
        return Read(raw, tuple(self._reading.read(told)))
