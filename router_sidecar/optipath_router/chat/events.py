"""Events: a streamed reply, piece by piece."""

from enum import Enum, auto

import msgspec

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


class Event(msgspec.Struct, frozen=True):
    """One event, or several that came in one piece and mean the same, with their bytes."""

    kind: Kind
    raw: bytes
    """Empty where the caller need not see it."""
    usage: Usage | None = None
    tokens: int = 0
    """An estimate of what is said in it."""
