"""What a wire format of chats can do: for callers who speak it, and for providers who do.

    caller's bytes ─ read_chat ─▶ Chat ─ write_chat ─▶ provider's bytes
    caller's bytes ◀─ write_answer ─ Answer ◀─ read_answer ─ provider's bytes
    caller's bytes ◀─ writer ─ Delta … ◀─ reader ─ provider's bytes, piece by piece

All of it is pure. Translation goes by way of chat/, never from one format to another.
"""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from optipath_router.chat.answer import Answer, Delta
from optipath_router.chat.chat import Chat
from optipath_router.providers.dialect import Outgoing
from optipath_snapshot import Saying


class Read(msgspec.Struct, frozen=True):
    """An event of a provider's stream: its bytes, and what it means."""

    raw: bytes
    deltas: tuple[Delta, ...] = ()
    ends: bool = False
    """Whether it is the dialect's end mark."""


class AnswerReader(Protocol):
    """Reads one streamed answer, in whatever pieces it arrives.

    Events are read as they are asked for: `finished` is as of the last one,
    and what cannot be read takes nothing from what came before it.
    """

    @property
    def kept(self) -> int:
        """Bytes of an event that is not complete."""
        ...

    @property
    def finished(self) -> bool:
        """Whether the answer has come to its end, as the dialect tells it."""
        ...

    def feed(self, chunk: bytes) -> Iterator[Read]:
        """The events that are complete; raises UpstreamBroken when it comes to one that is none."""
        ...

    def close(self) -> Iterator[Read]:
        """What is left when no more comes."""
        ...


class AnswerWriter(Protocol):
    """Writes one streamed answer."""

    def write(self, delta: Delta) -> bytes:
        """The events that say a delta; empty where the dialect has none for it, or none yet. Never gets a Failing."""
        ...

    def end(self) -> bytes:
        """What ends an answer that is finished, with the usage where the caller wants it, and the end mark."""
        ...


class ProviderCodec(Protocol):
    """The provider's side of a wire format."""

    @property
    def sayings(self) -> frozenset[Saying]:
        """What it can say."""
        ...

    def write_chat(self, chat: Chat, model: str, *, streams: bool, max_output_tokens: int | None = None) -> Outgoing:
        """A chat as the provider wants it, without what its dialect cannot say: who may lose it was asked before.

        `max_output_tokens` is what the model can say at most, for dialects that demand a limit where the caller
        named none. Raises RequestRejected for what no dialect can make sense of, and TargetUnavailable
        (`unsayable`) for what this one cannot and another may: then nothing was sent, and the next target is asked.
        """
        ...

    def read_answer(self, body: bytes) -> Answer:
        """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
        ...

    def reader(self, choices: int = 1) -> AnswerReader:
        """A reader for one streamed answer of so many choices."""
        ...


class CallerCodec(Protocol):
    """The caller's side of a wire format."""

    def read_chat(self, body: bytes) -> Chat:
        """What a body asks for; raises RequestRejected, which names the member that is wrong."""
        ...

    def write_answer(self, answer: Answer, chat: Chat) -> bytes:
        """A whole answer to a chat."""
        ...

    def writer(self, chat: Chat, *, tells_usage: bool) -> AnswerWriter:
        """A writer for one streamed answer to a chat, and whether its end tells the usage."""
        ...
