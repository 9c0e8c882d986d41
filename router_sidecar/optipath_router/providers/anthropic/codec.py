"""Both sides of Messages, each as one object."""

from dataclasses import dataclass
from typing import Final

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.providers.anthropic import read_answer, read_chat, write_answer, write_chat
from optipath_router.providers.anthropic.sayings import SAYINGS
from optipath_router.providers.anthropic.stream_reader import MessagesReader
from optipath_router.providers.anthropic.stream_writer import MessagesWriter
from optipath_router.providers.dialect import Outgoing
from optipath_snapshot import Saying


@dataclass(frozen=True, slots=True)
class MessagesProvider:
    """Anthropic, and whoever speaks Messages as it does."""

    sayings: frozenset[Saying] = SAYINGS

    def write_chat(self, chat: Chat, model: str, *, streams: bool, max_output_tokens: int | None = None) -> Outgoing:
        """A chat as Anthropic wants it, without what Messages cannot say."""
        return write_chat.write_chat(chat, model, streams=streams, max_output_tokens=max_output_tokens)

    def read_answer(self, body: bytes) -> Answer:
        """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
        return read_answer.read_answer(body)

    def reader(self, choices: int = 1) -> MessagesReader:  # noqa: ARG002  it has one choice
        """A reader for one streamed answer."""
        return MessagesReader()


@dataclass(frozen=True, slots=True)
class MessagesCaller:
    """Callers with Anthropic's SDKs, Claude Code, and the like."""

    def read_chat(self, body: bytes) -> Chat:
        """What a body asks for; raises RequestRejected, which names the member that is wrong."""
        return read_chat.read_chat(body)

    def write_answer(self, answer: Answer, chat: Chat) -> bytes:  # noqa: ARG002  no part of it hangs on the chat
        """A whole answer to a chat."""
        return write_answer.write_answer(answer)

    def writer(self, chat: Chat, *, tells_usage: bool) -> MessagesWriter:  # noqa: ARG002  it always tells the usage
        """A writer for one streamed answer."""
        return MessagesWriter()


MESSAGES_CALLER: Final = MessagesCaller()
MESSAGES_PROVIDER: Final = MessagesProvider()
