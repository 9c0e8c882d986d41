"""What every reader of a provider's stream does alike: pieces go in, and each message that is complete is read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from optipath_router.providers.codec import Read
from optipath_router.providers.lines import LineParser
from optipath_router.providers.sse import Message, SseParser


class MessageReader(ABC):
    """An AnswerReader of messages; a dialect says what each of them tells, and what `finished` is."""

    __slots__ = ("_parser",)

    END_OF_MESSAGE: ClassVar[bytes] = b""
    """What stands after a last message that lacks its end: without it no reader would take it for a message."""

    def __init__(self, parser: SseParser | LineParser) -> None:
        self._parser = parser

    @property
    def kept(self) -> int:
        """Bytes of a message that is not complete."""
        return self._parser.kept

    def feed(self, chunk: bytes) -> Iterator[Read]:
        """The messages that are complete with this piece; raises UpstreamBroken when it comes to one that is none."""
        return map(self._read, self._parser.feed(chunk))

    def close(self) -> Iterator[Read]:
        """What is left when no more comes."""
        return (self._read(Message(raw + self.END_OF_MESSAGE, data)) for raw, data in self._parser.close())

    @abstractmethod
    def _read(self, message: Message) -> Read:
        """What a message tells; raises UpstreamBroken where it is none of the dialect's."""
