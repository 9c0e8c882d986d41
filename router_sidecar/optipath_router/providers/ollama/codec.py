"""The dialect as one value."""

from dataclasses import dataclass

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.ollama.read_answer import read_answer
from optipath_router.providers.ollama.sayings import SAYINGS
from optipath_router.providers.ollama.stream_reader import OllamaReader
from optipath_router.providers.ollama.write_chat import write_chat
from optipath_snapshot import Saying


@dataclass(frozen=True, slots=True)
class OllamaCodec:
    """Ollama's own `/api/chat`."""

    sayings: frozenset[Saying] = SAYINGS

    def write_chat(
        self,
        chat: Chat,
        model: str,
        *,
        streams: bool,
        max_output_tokens: int | None = None,  # noqa: ARG002  it demands no limit
    ) -> Outgoing:
        """A chat as Ollama wants it; raises RequestRejected for what no dialect can make sense of."""
        return write_chat(chat, model, streams=streams)

    def read_answer(self, body: bytes) -> Answer:
        """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
        return read_answer(body)

    def reader(self, choices: int = 1) -> OllamaReader:  # noqa: ARG002  it has one choice
        """A reader for one streamed answer."""
        return OllamaReader()


OLLAMA = OllamaCodec()
