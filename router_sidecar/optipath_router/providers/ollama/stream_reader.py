"""A streamed answer of Ollama's: a line of JSON for each piece, the last of which is `done`."""

from collections.abc import Iterator

from optipath_router.chat.answer import Failing
from optipath_router.providers.codec import Read
from optipath_router.providers.lines import LineParser
from optipath_router.providers.ollama.reading import Reading
from optipath_router.providers.ollama.wire import line
from optipath_router.providers.sse import Message


class OllamaReader:
    """Reads the lines of `/api/chat`."""

    __slots__ = ("_parser", "_reading")

    def __init__(self) -> None:
        self._parser = LineParser()
        self._reading = Reading()

    @property
    def kept(self) -> int:
        """Bytes of a line that is not complete."""
        return self._parser.kept

    @property
    def finished(self) -> bool:
        """Whether the answer is done."""
        return self._reading.finished

    def feed(self, chunk: bytes) -> Iterator[Read]:
        """The lines that are complete with this piece; raises UpstreamBroken when it comes to one that is none."""
        return map(self._read, self._parser.feed(chunk))

    def close(self) -> Iterator[Read]:
        """What is left when no more comes."""
        return map(self._read, self._parser.close())

    def _read(self, message: Message) -> Read:
        raw, data = message
        if data is None:
            return Read(raw)
        told = line(data)
        if told.error is not None:
            return Read(raw, (Failing(data),))
        return Read(raw, tuple(self._reading.read(told)))
