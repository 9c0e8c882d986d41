"""What a dialect can do. It takes and gives bytes; it never sees a connection."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from optipath_router.chat.events import Event
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken


class Outgoing(msgspec.Struct, frozen=True):
    """A request as the provider wants it; the path follows the provider's base URL."""

    path: str
    body: bytes
    schema_in_prompt: bool = False
    """Whether the prompt tells the JSON schema, as the provider cannot hold an answer to one by itself."""


class ErrorTold(UpstreamBroken):
    """A body whose status promised an answer tells an error; `failure_inside` knows which."""

    def __init__(self) -> None:
        super().__init__(Outcome.BROKEN, "an error came in the place of its answer")


class StreamReader(Protocol):
    """Reads one streamed reply, in whatever pieces it arrives.

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

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete; raises UpstreamBroken when it comes to one that is none."""
        ...

    def close(self) -> Iterator[Event]:
        """What is left when no more comes."""
        ...


class Dialect(Protocol):
    """The wire format of a provider."""

    def request(self, request: ChatRequest, upstream_model: str) -> Outgoing:
        """A chat request in this dialect."""
        ...

    def answer(self, body: bytes) -> tuple[Usage | None, int]:
        """The usage in a whole answer, and where it tells none, an estimate of the tokens that it says.

        Raises UpstreamBroken where the body is no answer, ErrorTold where it tells an error instead.
        """
        ...

    def reader(self, request: ChatRequest) -> StreamReader:
        """A reader for the streamed reply to a request."""
        ...
