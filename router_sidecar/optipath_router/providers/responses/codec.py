"""The format as one value a side."""

from typing import Final

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.responses.read_answer import read_answer
from optipath_router.providers.responses.read_chat import read_chat
from optipath_router.providers.responses.sayings import SAYINGS
from optipath_router.providers.responses.stream_reader import StreamReader
from optipath_router.providers.responses.stream_writer import StreamWriter
from optipath_router.providers.responses.write_answer import write_answer
from optipath_router.providers.responses.write_chat import write_chat
from optipath_snapshot import Saying


class ResponsesCaller:
    """Callers of `POST /v1/responses`."""

    __slots__ = ()

    def read_chat(self, body: bytes) -> Chat:
        """What a body asks for; raises RequestRejected, which names the member that is wrong."""
        return read_chat(body)

    def write_answer(self, answer: Answer, chat: Chat) -> bytes:
        """A whole answer to a chat."""
        return write_answer(answer, chat)

    def writer(self, chat: Chat, *, tells_usage: bool) -> StreamWriter:
        """A writer for one streamed answer to a chat."""
        return StreamWriter(chat, tells_usage=tells_usage)


class ResponsesProvider:
    """Providers that answer at `/responses`."""

    __slots__ = ()

    @property
    def sayings(self) -> frozenset[Saying]:
        """What a chat of another wire format can say to them."""
        return SAYINGS

    def write_chat(
        self,
        chat: Chat,
        model: str,
        *,
        streams: bool,
        max_output_tokens: int | None = None,  # noqa: ARG002  it demands no limit
    ) -> Outgoing:
        """A chat as they want it asked; raises RequestRejected."""
        return write_chat(chat, model, streams=streams)

    def read_answer(self, body: bytes) -> Answer:
        """A whole answer; raises UpstreamBroken or ErrorTold where it is none."""
        return read_answer(body)

    def reader(self, choices: int = 1) -> StreamReader:  # noqa: ARG002  it has one choice
        """A reader for one streamed answer."""
        return StreamReader()


CALLER: Final = ResponsesCaller()
PROVIDER: Final = ResponsesProvider()
