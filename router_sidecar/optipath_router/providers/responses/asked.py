"""What routing looks at in a caller's body, and no more: read before anybody knows who will answer."""

from collections.abc import Iterator
from typing import Annotated, Final

import msgspec

from optipath_router.chat.request import (
    MAX_MESSAGES,
    Asked,
    Message,
    Part,
    ResponseFormat,
    StreamOptions,
    Tokens,
    WebSearchOptions,
    is_there,
)
from optipath_router.providers.lean import looked_at, with_model
from optipath_router.providers.responses.read_chat import LOG_PROBS

_Few = msgspec.Meta(max_length=MAX_MESSAGES)


class _Part(msgspec.Struct, frozen=True):
    type: str = ""
    text: str | None = None
    refusal: str | None = None


class _Item(msgspec.Struct, frozen=True):
    """An item. What its members hold hangs on its type."""

    type: str | None = None
    role: str | None = None
    content: msgspec.Raw = msgspec.Raw()
    output: msgspec.Raw = msgspec.Raw()
    summary: msgspec.Raw = msgspec.Raw()
    encrypted_content: msgspec.Raw = msgspec.Raw()


class _Text(msgspec.Struct, frozen=True):
    format: ResponseFormat | None = None


class _Tool(msgspec.Struct, frozen=True):
    type: str = ""


class _Body(msgspec.Struct, frozen=True):
    model: str
    input: str | Annotated[list[msgspec.Raw], _Few] | None = None
    instructions: str | None = None
    stream: bool | None = None
    max_output_tokens: Tokens | None = None
    tools: Annotated[list[msgspec.Raw], _Few] | None = None
    text: _Text | None = None
    top_logprobs: int | None = None
    include: list[str] | None = None
    prompt: msgspec.Raw = msgspec.Raw()
    previous_response_id: msgspec.Raw = msgspec.Raw()
    conversation: msgspec.Raw = msgspec.Raw()


_decode_body: Final = msgspec.json.Decoder(_Body).decode
_decode_item: Final = msgspec.json.Decoder(_Item).decode
_decode_tool: Final = msgspec.json.Decoder(_Tool).decode
_decode_content: Final = msgspec.json.Decoder(str | Annotated[list[_Part], _Few] | None).decode

_TYPES: Final = {
    "input_text": "text",
    "output_text": "text",
    "summary_text": "text",
    "reasoning_text": "text",
    "refusal": "text",
    "input_image": "image_url",
    "input_file": "file",
}
"""What the parts of a message are called in OpenAI's chats, and so by those who look at them."""
_RESULTS: Final = frozenset({"function_call_output", "custom_tool_call_output"})
_PICTURES: Final = frozenset({"image_generation_call", "computer_call_output"})
"""Items that hold a picture, whose length says nothing of its tokens."""
_KEPT: Final = Part("item_reference")
"""Something said before, that the provider keeps and that is not seen here."""
_TELLS_USAGE: Final = StreamOptions(include_usage=True)
"""The end of a stream always does."""


def read_asked(body: bytes) -> Asked:
    """What a body asks for; raises RequestRejected where it is no request for a response."""
    return with_model(looked_at(body, _asked, "one for a response"))


def _asked(body: bytes) -> Asked:
    asked = _decode_body(body)
    searches = any(_decode_tool(tool).type.startswith("web_search") for tool in asked.tools or ())
    return Asked(
        model=asked.model,
        messages=list(_messages(asked)),
        stream=asked.stream,
        stream_options=_TELLS_USAGE,
        max_tokens=asked.max_output_tokens,
        tools=asked.tools,
        response_format=asked.text.format if asked.text else None,
        logprobs=True if asked.top_logprobs or LOG_PROBS in (asked.include or ()) else None,
        web_search_options=WebSearchOptions() if searches else None,
    )


def _messages(asked: _Body) -> Iterator[Message]:
    """The instructions and the input, as the messages of a chat."""
    yield from _before(asked)
    if isinstance(asked.input, str):
        yield Message("user", asked.input)
        return
    for raw in asked.input or ():
        item = _decode_item(raw)
        if item.role is not None and item.type in ("message", None):
            yield Message(item.role, _content(item.content))
        elif item.type in _RESULTS:
            yield Message("tool", _content(item.output))
        elif item.type == "reasoning":
            yield Message("assistant", _thoughts(item))
        elif item.type == "item_reference":
            yield Message("assistant", [_KEPT])
        elif item.type in _PICTURES:
            yield Message("assistant", [Part("image_url")])
        else:
            # Calls of all kinds; as long as what they say.
            yield Message("assistant", None, raw)


def _before(asked: _Body) -> Iterator[Message]:
    """What stands before the input."""
    if asked.instructions is not None:
        yield Message("system", asked.instructions)
    if is_there(asked.prompt):
        # A prompt that the provider keeps, and what is put into it.
        yield Message("system", None, asked.prompt)
    if is_there(asked.previous_response_id) or is_there(asked.conversation):
        yield Message("assistant", [_KEPT])


def _thoughts(item: _Item) -> list[Part]:
    parts: list[Part] = []
    for told in (_content(item.summary), _content(item.content)):
        parts += [Part("text", told)] if isinstance(told, str) else told or ()
    return [*parts, Part("encrypted_content")] if is_there(item.encrypted_content) else parts


def _content(raw: msgspec.Raw) -> str | list[Part] | None:
    told = _decode_content(raw) if bytes(raw) else None
    if not isinstance(told, list):
        return told
    return [Part(_TYPES.get(part.type, part.type), part.refusal if part.text is None else part.text) for part in told]
