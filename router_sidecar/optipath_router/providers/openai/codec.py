"""OpenAI's chat format as values: one for callers, and one for each of the family of providers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.openai import read_answer, read_chat, write_answer, write_chat
from optipath_router.providers.openai.family import FAMILY, Family
from optipath_router.providers.openai.stream_reader import OpenAIAnswerReader
from optipath_router.providers.openai.stream_writer import OpenAIAnswerWriter
from optipath_snapshot import Saying


@dataclass(frozen=True, slots=True)
class OpenAICodec:
    """The provider's side, as one of the family speaks it."""

    family: Family

    @property
    def sayings(self) -> frozenset[Saying]:
        """What it can say."""
        return self.family.sayings

    def write_chat(
        self,
        chat: Chat,
        model: str,
        *,
        streams: bool,
        max_output_tokens: int | None = None,  # noqa: ARG002  it demands no limit
    ) -> Outgoing:
        """A chat as the provider wants it, without what it cannot say."""
        return write_chat.write_chat(chat, model, self.family, streams=streams)

    def read_answer(self, body: bytes) -> Answer:
        """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
        return read_answer.read_answer(body)

    def reader(self, choices: int = 1) -> OpenAIAnswerReader:
        """A reader for one streamed answer of so many choices."""
        return OpenAIAnswerReader(choices=choices)


class OpenAICallerCodec:
    """The caller's side."""

    def read_chat(self, body: bytes) -> Chat:
        """What a body asks for; raises RequestRejected, which names the member that is wrong."""
        return read_chat.read_chat(body)

    def write_answer(self, answer: Answer, chat: Chat) -> bytes:
        """A whole answer to a chat."""
        return write_answer.write_answer(answer, chat)

    def writer(self, chat: Chat, *, tells_usage: bool) -> OpenAIAnswerWriter:
        """A writer for one streamed answer to a chat, and whether its end tells the usage."""
        return OpenAIAnswerWriter(legacy=chat.legacy_functions, tells_usage=tells_usage)


CODECS: Final[Mapping[str, OpenAICodec]] = {name: OpenAICodec(family) for name, family in FAMILY.items()}
"""By type of provider."""
CALLER: Final = OpenAICallerCodec()
