"""What a dialect must know: requests read into `Asked`, answers written as its own bytes.

A dialect is pure, and knows nothing of connections, waits or faults: those are the script's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from optipath_cli.simulator.behaviour import Refusal
from optipath_cli.simulator.chat import Answer, Asked, Stamp


class BadRequest(ValueError):
    """A body that the dialect refuses, with what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    data: bytes
    """As it stands on the wire."""
    tokens: int = 0


class Dialect(Protocol):
    """One provider's way to say what all of them say."""

    def serves(self, path: str) -> bool:
        """Whether chats in this dialect are posted to the path."""

    def read(self, body: bytes) -> Asked:
        """What the body asks for; raises BadRequest."""

    def reply(self, asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
        """The body of a reply in one piece, and the tokens in it."""

    def events(self, asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
        """The reply as a stream, up to its end mark."""

    def refusal(self, refusal: Refusal, key: str | None) -> bytes:
        """The body of a refusal, which may quote a part of the key."""

    def error(self, status: int, message: str) -> bytes:
        """The body of an error with the type and code that go with its status."""

    def error_event(self, message: str) -> Event:
        """An error in the middle of a stream."""
