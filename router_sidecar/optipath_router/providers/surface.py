"""A surface: what callers post to a path, in which wire format, and how they are told what went wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import ChatRequest, Once, ReadAsked
from optipath_router.providers.codec import CallerCodec

Error = Callable[[int, str, str, str | None], bytes]
"""From status, code, message and the member that is at fault, to a body in the caller's format."""


@dataclass(frozen=True, slots=True)
class Speech:
    """How callers are told what went wrong."""

    error: Error
    broken_off: Callable[[str], bytes]
    """The events that end a stream which did not finish, with a message that says why."""


@dataclass(frozen=True)
class Surface:
    """One way to ask something of models. What it takes to speak it is loaded when somebody first does."""

    wire: Wire
    path: str
    speech: Speech
    load_asked: Callable[[], ReadAsked]
    load_codec: Callable[[], CallerCodec] | None = None
    """None where nothing of it is ever translated."""

    @cached_property
    def read_asked(self) -> ReadAsked:
        """What routing looks at in a body; raises RequestRejected."""
        return self.load_asked()

    @cached_property
    def codec(self) -> CallerCodec:
        """The caller's side of its wire format; raises LookupError where it has no chats."""
        if self.load_codec is None:
            raise LookupError(f"nothing that is asked at {self.path} is a chat")
        return self.load_codec()

    def request(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        name: str = "",
        decision: str = "",
        arrived: float = 0.0,
        created: int = 0,
    ) -> ChatRequest:
        """A body as a request; raises RequestRejected.

        Names of headers are in lower case; `name` is the caller's for it, and `decision` the id of what is decided.
        It arrived at a moment of the monotonic clock, and so many seconds since 1970.
        """
        asked = self.read_asked(body)
        chat = Once(self._read_chat if self.load_codec else None, body)
        return ChatRequest(name or decision, decision, arrived, headers, body, asked, created, self.wire, chat)

    def _read_chat(self, body: bytes) -> Chat:
        return self.codec.read_chat(body)
