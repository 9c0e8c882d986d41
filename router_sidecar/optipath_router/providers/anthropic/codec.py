"""Both sides of Messages, each as one object."""

from dataclasses import dataclass

from optipath_router.chat.answer import Answer
from optipath_router.chat.chat import Chat
from optipath_router.chat.request import Asked
from optipath_router.providers.anthropic import asked, faults, read_answer, read_chat, write_answer, write_chat
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

    def read_asked(self, body: bytes) -> Asked:
        """What routing looks at; raises RequestRejected."""
        return asked.read_asked(body)

    def read_chat(self, body: bytes) -> Chat:
        """What a body asks for; raises RequestRejected, which names the member that is wrong."""
        return read_chat.read_chat(body)

    def write_answer(self, answer: Answer, chat: Chat) -> bytes:  # noqa: ARG002  no part of it hangs on the chat
        """A whole answer to a chat."""
        return write_answer.write_answer(answer)

    def writer(self, chat: Chat, *, tells_usage: bool) -> MessagesWriter:  # noqa: ARG002  it always tells the usage
        """A writer for one streamed answer."""
        return MessagesWriter()

    def error(self, status: int, code: str, message: str, param: str | None = None) -> bytes:
        """An error as the body of an answer."""
        return faults.error(status, code, message, param)

    def broken_off(self, message: str) -> bytes:
        """The event that ends a stream whose answer did not finish."""
        return faults.broken_off(message)
