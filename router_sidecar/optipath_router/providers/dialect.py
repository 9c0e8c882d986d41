"""What a dialect can do. It takes and gives bytes; it never sees a connection.

A dialect has an exchange for each wire format that callers may speak to its
provider: a passage where both speak the same, a translation where they do not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from optipath_router.chat.conversation import Wire
from optipath_router.chat.events import Event
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.errors import Code, Outcome, UpstreamBroken
from optipath_snapshot import Capability, Provider, Saying, Target


class Outgoing(msgspec.Struct, frozen=True):
    """A request as the provider wants it; the path follows the provider's base URL."""

    path: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """Of the caller's, those that only this wire format knows."""
    schema_in_prompt: bool = False
    """Whether the prompt tells the JSON schema, as the provider cannot hold an answer to one by itself."""


class Given(msgspec.Struct, frozen=True):
    """A whole answer as the caller is given it."""

    body: bytes
    usage: Usage | None
    tokens: int = 0
    """An estimate of what it says, where the provider told no usage."""


class ErrorTold(UpstreamBroken):
    """A body whose status promised an answer tells an error; `failure_inside` knows which."""

    def __init__(self) -> None:
        super().__init__(Outcome.BROKEN, "an error came in the place of its answer")


class StreamReader(Protocol):
    """Reads one streamed reply, in whatever pieces it arrives, into events for the caller.

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


class Exchange(Protocol):
    """How a caller's request is put to a provider, and how its answer is given to the caller."""

    @property
    def sayings(self) -> frozenset[Saying] | None:
        """What can be said; None for all, as it came."""
        ...

    @property
    def translates(self) -> bool:
        """Whether the caller and the provider speak different wire formats."""
        ...

    @property
    def downgrades(self) -> tuple[str, ...]:
        """What the provider is asked for in a weaker form than the caller asked us."""
        ...

    def request(self, request: ChatRequest, target: Target) -> Outgoing:
        """A request in the provider's words; raises RequestRejected."""
        ...

    def answer(self, request: ChatRequest, body: bytes) -> Given:
        """A whole answer; raises UpstreamBroken where the body is none, ErrorTold where it tells an error instead."""
        ...

    def reader(self, request: ChatRequest) -> StreamReader:
        """A reader for the streamed reply to a request."""
        ...

    def refusal(self, status: int, code: Code, body: bytes) -> bytes:
        """What the provider says that the caller must mend, in the caller's words."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """The wire formats of a provider, and how it is told the key."""

    exchanges: Mapping[Wire, Exchange]
    """By what the caller speaks."""
    weaker: Mapping[Wire, Exchange] = field(default_factory=dict)
    """The same where an answer must keep to a JSON schema and the model knows JSON mode alone."""
    knows_schema: bool = True
    """Whether its models keep to JSON schemas, where a target does not say so itself."""
    key_header: bytes = b"authorization"
    key_prefix: bytes = b"Bearer "
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """What every request to it carries."""
    located: Callable[[Provider, str, str], str] | None = None
    """From a provider, the name of a model and a path to the path there; None where that is the same."""

    def exchange(self, request: ChatRequest, target: Target) -> Exchange | None:
        """How a request is put to a target; None where the provider has nothing like it."""
        if request.asked.wants_schema and self.weaker and not self._keeps_to_schema(target):
            return self.weaker.get(request.wire)
        return self.exchanges.get(request.wire)

    def _keeps_to_schema(self, target: Target) -> bool:
        if Capability.JSON_SCHEMA in target.capabilities:
            return True
        return self.knows_schema and Capability.JSON_SCHEMA not in target.lacks
