"""What a reply is made of, in the order it happens on the wire.

A script yields actions and a connection performs them. The script is told when the caller has left, by
having `CallerLeft` raised where it stands.
"""

from collections.abc import Generator
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and headers."""

    status: int
    headers: Headers
    length: int | None
    """Bytes of body to come; None for a body in chunks."""
    until_close: bool = False
    """Neither length nor chunks: the body lasts until the connection is closed."""


@dataclass(frozen=True, slots=True)
class Write:
    """A piece of the body."""

    data: bytes
    tokens: int = 0
    """Tokens of the answer in it."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, past all framing."""

    data: bytes
    tokens: int = 0
    """Tokens of the answer in it."""


@dataclass(frozen=True, slots=True)
class End:
    """The body is complete."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing, for a time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing, until the caller leaves."""


@dataclass(frozen=True, slots=True)
class Close:
    """FIN, whatever was promised."""


@dataclass(frozen=True, slots=True)
class Reset:
    """RST."""


Action = Head | Write | Raw | End | Wait | Stall | Close | Reset
Script = Generator[Action, None, None]


class CallerLeft(Exception):
    """The caller closed the connection before the reply was complete."""


def whole(status: int, headers: Headers, body: bytes, *, tokens: int = 0) -> Script:
    """A reply whose body is known and complete."""
    yield Head(status, headers, len(body))
    yield Write(body, tokens)
    yield End()
