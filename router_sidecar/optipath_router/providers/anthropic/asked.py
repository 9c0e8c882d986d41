"""The lean look at a request in Messages that routing takes.

Its words are those of `Asked`: the system prompt is a message, a tool's result
one of the role `tool`, what a model called is beside its message, and parts
have the names that classifying knows.
"""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from optipath_router.chat.request import (
    MAX_MESSAGES,
    Asked,
    Message,
    Part,
    ResponseFormat,
    Tokens,
    WebSearchOptions,
)
from optipath_router.providers.lean import looked_at, with_model

_Few = msgspec.Meta(max_length=MAX_MESSAGES)
_PARTS: Final = {"text": "text", "thinking": "text", "image": "image_url", "document": "file"}
_WEB_SEARCH: Final = b'"web_search_'
"""How the types of the hosted tool begin."""


class _Inner(msgspec.Struct, frozen=True):
    """A block in a tool's result."""

    type: str = ""
    text: str | None = None


class _Block(msgspec.Struct, frozen=True):
    type: str = ""
    text: str | None = None
    thinking: str | None = None
    content: msgspec.Raw = msgspec.Raw(b"")
    input: msgspec.Raw = msgspec.Raw(b"")


_Content = str | Annotated[list[_Block], _Few]


class _Message(msgspec.Struct, frozen=True):
    role: str
    content: _Content


class _Tool(msgspec.Struct, frozen=True):
    type: str = ""


class _Config(msgspec.Struct, frozen=True):
    format: ResponseFormat | None = None


class _Request(msgspec.Struct, frozen=True):
    model: str
    messages: Annotated[list[_Message], _Few]
    system: _Content | None = None
    stream: bool | None = None
    max_tokens: Tokens | None = None
    tools: Annotated[list[msgspec.Raw], _Few] | None = None
    output_config: _Config | None = None
    output_format: ResponseFormat | None = None


_decode: Final = msgspec.json.Decoder(_Request).decode
_decode_content: Final = msgspec.json.Decoder(str | list[_Inner] | None).decode
_decode_tool: Final = msgspec.json.Decoder(_Tool).decode


def read_asked(body: bytes) -> Asked:
    """What a body asks for, of messages or of a count of their tokens; raises RequestRejected where it is neither."""
    return with_model(looked_at(body, _asked, "one for messages"))


def _asked(body: bytes) -> Asked:
    request = _decode(body)
    form = (request.output_config and request.output_config.format) or request.output_format
    return Asked(
        request.model,
        list(_messages(request)),
        stream=request.stream,
        max_tokens=request.max_tokens,
        tools=request.tools,
        response_format=form,
        web_search_options=WebSearchOptions() if _searches(request.tools) else None,
    )


def _searches(tools: list[msgspec.Raw] | None) -> bool:
    """Whether one of the tools is the hosted search of the web."""
    return any(_WEB_SEARCH in bytes(tool) and _decode_tool(tool).type.startswith("web_search_") for tool in tools or ())


def _messages(request: _Request) -> Iterator[Message]:
    if request.system:
        system = request.system
        yield Message("system", system if isinstance(system, str) else [_part(each, each.text) for each in system])
    for message in request.messages:
        if isinstance(message.content, str):
            yield Message(message.role, message.content)
        else:
            yield from _split(message.role, message.content)


def _split(role: str, blocks: list[_Block]) -> Iterator[Message]:
    """The messages that blocks make: one for each result of a tool, and one for all the rest."""
    parts: list[Part] = []
    calls: list[bytes] = []
    for block in blocks:
        if block.type == "tool_result":
            yield Message("tool", _result(block.content))
        elif block.type == "tool_use":
            calls.append(bytes(block.input))
        else:
            parts.append(_part(block, block.text or block.thinking))
    if calls:
        yield Message(role, parts, msgspec.Raw(b"[" + b",".join(calls) + b"]"))
    elif parts:
        yield Message(role, parts)


def _result(content: msgspec.Raw) -> str | list[Part] | None:
    """What a tool said."""
    told = _decode_content(content) if bytes(content) else None
    if told is None or isinstance(told, str):
        return told
    return [_part(each, each.text) for each in told]


def _part(block: _Block | _Inner, text: str | None) -> Part:
    return Part(_PARTS.get(block.type, block.type), text)
