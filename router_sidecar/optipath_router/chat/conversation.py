"""A conversation in words that no dialect owns: messages, made of parts.

Every part may carry what a dialect says of it beyond these words, in `extra`: the same
dialect says it again, and to any other it is a saying of its own (sayings.py).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class Wire(StrEnum):
    """A wire format: of chats, and of the few other things that are asked of models."""

    CHAT = "openai.chat"
    RESPONSES = "openai.responses"
    MESSAGES = "anthropic.messages"
    GEMINI = "gemini.generate"
    OLLAMA = "ollama.chat"
    COMPLETIONS = "openai.completions"
    EMBEDDINGS = "openai.embeddings"
    MODERATIONS = "openai.moderations"
    COUNT_TOKENS = "anthropic.count_tokens"


class Extra(msgspec.Struct, frozen=True):
    """Members of an object that only one wire format knows, to the letter."""

    wire: Wire
    members: Mapping[str, msgspec.Raw]


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class Citation(msgspec.Struct, frozen=True):
    """Where a text has its facts from."""

    url: str | None = None
    title: str | None = None
    quoted: str | None = None
    """The words that are cited."""
    start: int | None = None
    """Where in the text it belongs, in characters; and `end`, behind it."""
    end: int | None = None
    extra: Extra | None = None


class CacheMark(msgspec.Struct, frozen=True):
    """That a provider may keep the prompt up to here, so that the next request need not read it again."""

    ttl: str | None = None
    """Such as `5m` or `1h`, as it was asked for."""
    extra: Extra | None = None


class Text(msgspec.Struct, frozen=True):
    """Words."""

    text: str
    citations: tuple[Citation, ...] = ()
    cache: CacheMark | None = None
    extra: Extra | None = None
    item: str | None = None
    """The id of the message that it stands in, where a dialect says several in one go and names each."""
    phase: str | None = None
    """`commentary` or `final_answer`, where a dialect tells them apart."""


class Refusal(msgspec.Struct, frozen=True):
    """Words of a model that will not answer."""

    text: str
    extra: Extra | None = None
    item: str | None = None
    """As a text's."""


class Image(msgspec.Struct, frozen=True):
    """A picture: `url`, or `data` in base64 with its media type, or the `file_id` that a provider gave it."""

    url: str | None = None
    data: str | None = None
    media_type: str | None = None
    file_id: str | None = None
    detail: str | None = None
    cache: CacheMark | None = None
    extra: Extra | None = None


class Document(msgspec.Struct, frozen=True):
    """A file to read: `url`, `data` in base64, plain `text`, or the `file_id` that a provider gave it."""

    url: str | None = None
    data: str | None = None
    text: str | None = None
    media_type: str | None = None
    file_id: str | None = None
    name: str | None = None
    """Its file name or title."""
    cache: CacheMark | None = None
    extra: Extra | None = None


class Audio(msgspec.Struct, frozen=True):
    """A sound: `data` in base64, or the `id` of one that the model said before."""

    data: str | None = None
    format: str | None = None
    """Such as `wav`."""
    id: str | None = None
    transcript: str | None = None
    extra: Extra | None = None


class Reasoning(msgspec.Struct, frozen=True):
    """What a model thought. What proves or hides it means something only to the provider that wrote it."""

    text: str = ""
    signature: str | None = None
    hidden: str | None = None
    """All of it, encrypted or redacted, where the provider does not show it."""
    id: str | None = None
    summary: bool = False
    """Whether the text is a summary of it."""
    wire: Wire | None = None
    """Whose signature or encryption it has."""
    extra: Extra | None = None


class ToolCall(msgspec.Struct, frozen=True):
    """The model's wish that the caller calls a tool of the caller's."""

    id: str
    name: str
    arguments: str
    """JSON, as the model wrote it, which may be broken; free text where the tool is `custom`."""
    custom: bool = False
    item: str | None = None
    """A second name of the call, where a dialect gives one to the wish and one to the result that answers it."""
    signature: str | None = None
    """Of the thought that led to it, where a provider wants that back."""
    cache: CacheMark | None = None
    extra: Extra | None = None


class ToolResult(msgspec.Struct, frozen=True):
    """What a tool said."""

    call_id: str
    parts: tuple["Text | Image | Document | Audio", ...] = ()
    failed: bool = False
    custom: bool = False
    name: str | None = None
    """Of the tool, where it is told; else the call says it."""
    cache: CacheMark | None = None
    extra: Extra | None = None


class Hosted(msgspec.Struct, frozen=True):
    """What a tool that the provider runs by itself was asked, or said; never the caller's to answer."""

    wire: Wire
    raw: msgspec.Raw
    """As the provider wrote it; only the same dialect can say it again."""
    name: str = ""
    """Of the tool."""


Part = Text | Refusal | Image | Document | Audio | Reasoning | ToolCall | ToolResult | Hosted


class Message(msgspec.Struct, frozen=True):
    """What one side said in one go. A system or developer message stands where it was written."""

    role: Role
    parts: tuple[Part, ...]
    plain: bool = False
    """Whether it was written as one text, and not as a list with one text in it."""
    name: str | None = None
    extra: Extra | None = None


DATA_URL: Final = "data:"


def data_url(media_type: str, data: str) -> str:
    """A URL that holds the data itself (RFC 2397)."""
    return f"{DATA_URL}{media_type};base64,{data}"


def parse_data_url(url: str) -> tuple[str, str] | None:
    """Media type and base64 of a URL that holds its data itself; None for any other."""
    if not url.startswith(DATA_URL):
        return None
    # Found and cut out once: what follows may be an image of many megabytes.
    comma = url.find(",")
    media_type, *parameters = url[len(DATA_URL) : max(comma, 0)].split(";")
    if "base64" not in parameters:
        return None
    return media_type or "text/plain", url[comma + 1 :]
