"""What a dialect must know: requests read into `Asked`, answers written as its own bytes.

A dialect is pure, and knows nothing of connections, waits, faults or how events are written: those are the script's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp


class BadRequest(ValueError):
    """A body that the dialect refuses, with what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    data: bytes
    """What its data field says, in one line."""
    kind: Literal["opening", "content", "finish", "usage", "done", "error"] = "content"
    """What it is in its stream."""
    tokens: int = 0
    name: str | None = None
    """What its event field says; None for no such field."""


class Dialect(Protocol):
    """One provider's way to say what all of them say."""

    def serves(self, path: str) -> bool:
        """Whether chats in this dialect are posted to the path."""

    @property
    def streams_lines(self) -> bool:
        """Whether a stream is JSON, a line an event, in the place of server-sent events."""

    def read(self, path: str, body: bytes) -> Asked:
        """What is asked for at a path; raises BadRequest."""

    def reply(self, asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
        """The body of a reply in one piece, and the tokens in it."""

    def events(self, asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
        """The reply as a stream, up to its end mark."""

    def error(self, status: int, message: str, reason: Reason = "status") -> bytes:
        """The body of an error with the type and code that go with its reason, or its status if that is all."""

    def error_event(self, message: str) -> Event:
        """An error in the middle of a stream."""
