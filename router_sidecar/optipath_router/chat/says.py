"""What a chat says that not every dialect can say. What there is to say stands in the snapshot's `Saying`."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonObject, JsonSchema, Tool
from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Document,
    Extra,
    Hosted,
    Image,
    Message,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_snapshot import Saying

_STATE: Final = frozenset({"previous_response_id", "conversation"})
"""Members of a request that name what the provider kept."""
_HINTS: Final = frozenset({"eager_input_streaming", "include_obfuscation", "prediction", "stream_options"})
"""Members that say how an answer may be sent or sped up, and nothing of what it is to be."""
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_NAMES: Final = 8
_CITING: Final = "citations"
"""The member by which a document asks to be cited."""


def says(chat: Chat) -> frozenset[Saying]:
    """Everything that a chat says. What is the default everywhere is not said: losing it changes nothing."""
    return frozenset(
        {
            *_tools(chat),
            *_settings(chat),
            *_identity(chat),
            *_order(chat.messages),
            *(saying for message in chat.messages for saying in _message(message)),
        }
    )


def _tools(chat: Chat) -> Iterator[Saying]:
    for tool in chat.tools:
        yield from [Saying.HOSTED_TOOLS] if isinstance(tool, HostedTool) else _tool(tool)
    if chat.parallel_tool_calls is False:
        yield Saying.PARALLEL_TOOLS
    choice = chat.tool_choice
    if choice is None:
        return
    yield from _extra(choice.extra)
    if choice.choosing is not Choosing.AUTO:
        yield Saying.TOOL_CHOICE
    if choice.custom:
        yield Saying.CUSTOM_TOOLS
    if choice.names and choice.choosing is not Choosing.ONE:
        yield Saying.ALLOWED_TOOLS


def _tool(tool: Tool) -> Iterator[Saying]:
    yield Saying.TOOLS
    if tool.strict:
        yield Saying.STRICT_TOOLS
    if tool.custom:
        yield Saying.CUSTOM_TOOLS
    yield from _mark(tool.cache)
    yield from _extra(tool.extra)


def _settings(chat: Chat) -> Iterator[Saying]:
    said = {
        Saying.SEVERAL_CHOICES: chat.n is not None and chat.n > 1,
        Saying.STOP: bool(chat.stop),
        Saying.SEED: chat.seed is not None,
        Saying.TOP_P: chat.top_p is not None and chat.top_p != 1,
        Saying.TOP_K: chat.top_k is not None,
        Saying.PENALTIES: bool(chat.presence_penalty or chat.frequency_penalty),
        Saying.LOGIT_BIAS: chat.logit_bias is not None and bytes(chat.logit_bias) != b"{}",
        Saying.LOG_PROBS: bool(chat.logprobs or chat.top_logprobs),
        Saying.JSON_MODE: isinstance(chat.format, JsonObject),
        Saying.JSON_SCHEMA: isinstance(chat.format, JsonSchema),
        Saying.THINKING: chat.thinking is not None,
        Saying.VERBOSITY: chat.verbosity is not None,
        Saying.AUDIO_OUTPUT: chat.audio is not None or "audio" in chat.modalities,
        Saying.OTHER: bool(set(chat.modalities) - {"text", "audio"}),
        Saying.CACHE_MARKS: chat.cache_key is not None,
    }
    yield from (saying for saying, is_said in said.items() if is_said)
    yield from _mark(chat.cache)
    if chat.thinking is not None:
        yield from _extra(chat.thinking.extra)


def _identity(chat: Chat) -> Iterator[Saying]:
    """What a request says of itself, and not of the answer that it wants."""
    if chat.user is not None or chat.safety_identifier is not None or chat.metadata is not None:
        yield Saying.USER
    if chat.service_tier not in (None, "auto"):
        yield Saying.SERVICE_TIER
    if chat.store:
        yield Saying.STORE
    if chat.extra is None:
        return
    if not _STATE.isdisjoint(chat.extra.members):
        yield Saying.STATE
    yield from _members(chat.extra.members.keys() - _STATE)


def _order(messages: tuple[Message, ...]) -> Iterator[Saying]:
    spoken = False
    for message in messages:
        if message.role not in (Role.SYSTEM, Role.DEVELOPER):
            spoken = True
        elif spoken:
            yield Saying.LATE_SYSTEM
    if messages and messages[-1].role is Role.ASSISTANT:
        parts = messages[-1].parts
        if any(isinstance(part, Text) for part in parts) and not any(isinstance(part, ToolCall) for part in parts):
            yield Saying.PREFILL


def _message(message: Message) -> Iterator[Saying]:
    if message.name is not None:
        yield Saying.NAMES
    yield from _extra(message.extra)
    for part in message.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[Saying]:
    match part:
        case Text():
            yield from _text(part)
        case Image():
            yield from _file(part, Saying.IMAGE_DATA, Saying.IMAGE_URL)
        case Document():
            yield from _document(part)
        case Audio():
            yield Saying.STATE if part.id is not None else Saying.AUDIO_INPUT
            yield from _extra(part.extra)
        case Reasoning():
            yield Saying.THOUGHTS
        case ToolCall():
            yield from _call(part)
        case ToolResult():
            yield from _result(part)
        case Hosted():
            # In OpenAI's chat format no tool of the provider's is heard of later: it is a part that we do not know.
            yield Saying.OTHER if part.wire is Wire.CHAT else Saying.HOSTED_TOOLS
        case Refusal():
            yield from _extra(part.extra)


def _document(document: Document) -> Iterator[Saying]:
    yield from _file(document, Saying.DOCUMENT_DATA, Saying.DOCUMENT_URL)
    if document.text is not None:
        yield Saying.DOCUMENT_TEXT
    if document.extra is not None and _CITING in document.extra.members:
        yield Saying.CITATIONS


def _text(text: Text) -> Iterator[Saying]:
    if text.citations:
        yield Saying.CITATIONS
    yield from _mark(text.cache)
    yield from _extra(text.extra)


def _file(part: Image | Document, data: Saying, url: Saying) -> Iterator[Saying]:
    if part.data is not None:
        yield data
    if part.url is not None:
        yield url
    if part.file_id is not None:
        yield Saying.FILE_ID
    yield from _mark(part.cache)
    yield from _extra(part.extra)


def _call(call: ToolCall) -> Iterator[Saying]:
    yield Saying.TOOLS
    if call.custom:
        yield Saying.CUSTOM_TOOLS
    if call.signature is not None:
        yield Saying.THOUGHTS
    yield from _mark(call.cache)
    yield from _extra(call.extra)


def _result(result: ToolResult) -> Iterator[Saying]:
    yield Saying.TOOLS
    if result.custom:
        yield Saying.CUSTOM_TOOLS
    if result.failed:
        yield Saying.TOOL_FAILED
    yield from _mark(result.cache)
    yield from _extra(result.extra)
    for part in result.parts:
        if not isinstance(part, Text):
            yield Saying.RICH_RESULTS
        yield from _part(part)


def _mark(cache: CacheMark | None) -> Iterator[Saying]:
    if cache is not None:
        yield Saying.CACHE_MARKS
        yield from _extra(cache.extra)


def _extra(extra: Extra | None) -> Iterator[Saying]:
    if extra is not None:
        yield from _members(extra.members.keys())


def _members(names: AbstractSet[str]) -> Iterator[Saying]:
    if not _HINTS.isdisjoint(names):
        yield Saying.HINTS
    if names - _HINTS:
        yield Saying.OTHER


def others(chat: Chat) -> tuple[str, ...]:
    """Names of the members that make a chat say `Other`, a few of them, and `…` for what is no name.

    They are told in records, and a name may be anything that a tenant writes.
    """
    names = {name for extra in _extras(chat) for name in extra.members} - _HINTS - _STATE
    return tuple(sorted({name if _NAME.fullmatch(name) else "…" for name in names})[:_MOST_NAMES])


def _extras(value: Any) -> Iterator[Extra]:
    """All that stands anywhere in a value and that only its wire format knows."""
    if isinstance(value, Extra):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _extras(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _extras(each)
