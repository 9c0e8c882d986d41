"""Events: a streamed reply, piece by piece."""

from dataclasses import dataclass
from enum import Enum, auto

from optipath_router.chat.usage import Usage


class Kind(Enum):
    """What an event means for the one who passes it on."""

    OPENING = auto()
    """Nothing of the answer yet: a role, a keep-alive, usage alone."""
    CONTENT = auto()
    """Text, reasoning, refusal, tool call or audio, or the finish. With the first one the reply is committed."""
    ERROR = auto()
    """The provider says, inside the stream, that it failed."""
    END = auto()
    """The dialect's end mark."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with the bytes in which it came."""

    kind: Kind
    raw: bytes
    usage: Usage | None = None
