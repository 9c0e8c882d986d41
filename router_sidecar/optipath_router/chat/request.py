"""A chat request: the bytes as they came, and the fields that we act on.

What the tenant sent stays untouched beside what was read of it; a field that
we do not know is the provider's to judge.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

import msgspec

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Wire

MAX_MODEL_LENGTH: Final = 256
"""Names of models are kept in records and told in messages; no declared one is that long."""

MAX_COMMAS: Final = 500_000
"""In a request. Millions of tiny values take seconds and a gigabyte to read; as text they fit into no context."""
MAX_MESSAGES: Final = 10_000
"""And as many tools, and parts of a message."""
MAX_PARTS: Final = 50_000
"""In all messages of a chat."""
_Few = msgspec.Meta(max_length=MAX_MESSAGES)


class Part(msgspec.Struct, frozen=True):
    """A piece of a message: text, an image, a sound, a file."""

    type: str = ""
    text: str | None = None


class Message(msgspec.Struct, frozen=True):
    """A message of the conversation."""

    role: str = ""
    content: str | Annotated[list[Part], _Few] | None = None
    tool_calls: msgspec.Raw = msgspec.Raw(b"")
    function_call: msgspec.Raw = msgspec.Raw(b"")
    reasoning_content: msgspec.Raw = msgspec.Raw(b"")
    reasoning: msgspec.Raw = msgspec.Raw(b"")
    refusal: msgspec.Raw = msgspec.Raw(b"")
    audio: msgspec.Raw = msgspec.Raw(b"")
    images: msgspec.Raw = msgspec.Raw(b"")
    reasoning_details: msgspec.Raw = msgspec.Raw(b"")
    thinking_blocks: msgspec.Raw = msgspec.Raw(b"")


def is_there(written: msgspec.Raw) -> bool:
    """Whether a member that nobody has read says something."""
    length = len(written)
    return length > len("null") or (length > 0 and bytes(written) not in (b"null", b'""', b"[]", b"{}"))


class ResponseFormat(msgspec.Struct, frozen=True):
    """The form that an answer should have."""

    type: str = ""
    json_schema: msgspec.Raw = msgspec.Raw(b"")
    """What it must keep to, as OpenAI's chats say it; others say a `schema`."""
    schema: msgspec.Raw = msgspec.Raw(b"")


class WebSearchOptions(msgspec.Struct, frozen=True):
    """That the provider may search; how is the provider's affair."""


class StreamOptions(msgspec.Struct, frozen=True):
    """What a stream should tell besides its answer."""

    include_usage: bool | None = None


Tokens = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class Asked(msgspec.Struct, frozen=True):
    """The fields of a chat completion request that routing looks at."""

    model: str
    messages: Annotated[list[Message], _Few]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = None
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    tools: Annotated[list[msgspec.Raw], _Few] | None = None
    functions: Annotated[list[msgspec.Raw], _Few] | None = None
    response_format: ResponseFormat | None = None
    modalities: list[str] | None = None
    logprobs: bool | None = None
    web_search_options: WebSearchOptions | None = None
    prediction: msgspec.Raw = msgspec.Raw(b"")
    """What the answer will mostly be."""
    suffix: msgspec.Raw = msgspec.Raw(b"")
    """What follows a completion."""
    best_of: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = None
    """Completions that are made, and billed, of which the best `n` are given."""

    @property
    def wants_schema(self) -> bool:
        """Whether the answer must be JSON after a schema."""
        return self.response_format is not None and self.response_format.type == "json_schema"

    @property
    def tells_usage(self) -> bool:
        """Whether the caller of a stream wants to know what it used."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


ReadAsked = Callable[[bytes], Asked]
"""What routing looks at in a body; raises RequestRejected."""


class Once:
    """A body that is read when somebody first asks what it says."""

    __slots__ = ("_body", "_chat", "_read")

    def __init__(self, read: Callable[[bytes], Chat] | None, body: bytes) -> None:
        """Take how to read it; None where it is no chat, and nobody may ask."""
        self._read, self._body = read, body
        self._chat: Chat | None = None

    def __call__(self) -> Chat:
        """All that it says; raises RequestRejected."""
        if self._chat is None:
            if self._read is None:
                raise LookupError("this request is no chat")
            self._chat = self._read(self._body)
        return self._chat


_NO_CHAT: Final = Once(None, b"")


class ChatRequest(msgspec.Struct, frozen=True):
    """A request to complete a chat, or one of the few others that models are asked."""

    id: str
    """What the caller names it, or else the decision's id."""
    decision_id: str
    arrived: float
    """A moment of the monotonic clock, in seconds."""
    headers: Mapping[str, str]
    """Names in lower case; those that carry secrets are not among them."""
    body: bytes
    """As it came."""
    asked: Asked
    created: int = 0
    """Seconds since 1970, for answers that say when they were made."""
    wire: Wire = Wire.CHAT
    """The format of the body, and of the answer to it."""
    chat: Callable[[], Chat] = _NO_CHAT
    """All that it says, read when somebody wants to know; raises RequestRejected."""

    @property
    def streams(self) -> bool:
        """Whether the answer is wanted piece by piece."""
        return bool(self.asked.stream)
