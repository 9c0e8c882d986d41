"""A surface: what callers post to a path, in which wire format, and how they are told what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import Asked

Error = Callable[[int, str, str, str | None], bytes]
"""From status, code, message and the member that is at fault, to a body in the surface's format."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One way to ask something of models."""

    wire: Wire
    path: str
    read_asked: Callable[[bytes], Asked]
    """What routing looks at in a body; raises RequestRejected."""
    error: Error
    broken_off: Callable[[str], bytes]
    """The events that end a stream which did not finish, with a message that says why."""
    read_chat: Callable[[bytes], Chat] | None = None
    """All that a body asks for; None where nothing of it is ever translated. Raises RequestRejected."""
