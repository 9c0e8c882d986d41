"""A caller's chat completion request, read into neutral words.

Not kept, as nothing hangs on it: members that are null, `response_format: text`, `prefix: false`, the `index`
of a tool call that is sent back, stream options. A single `stop` is read as a list of one.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, JsonObject, JsonSchema
from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Document,
    Extra,
    Image,
    Message,
    Part,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
    parse_data_url,
)
from optipath_router.providers.members import Members, bounded, refused
from optipath_router.providers.openai.parts import read_citations, read_content, rest_of
from optipath_router.providers.openai.thinking import read_thinking
from optipath_router.providers.openai.thoughts import read_thoughts
from optipath_router.providers.openai.tools import read_calls, read_tool_choice, read_tools

_ROLES: Final = {str(role): role for role in Role}
_FUNCTION: Final = "function"
"""The role in which a function answered, before there were tools."""


def read_chat(body: bytes) -> Chat:
    """What a body asks for; raises RequestRejected, which names the member that is wrong."""
    request = Members(body)
    for ours in ("model", "stream", "stream_options"):
        request.raw(ours)
    legacy = "tools" not in request and ("functions" in request or "function_call" in request)
    reader = _Messages()
    messages = tuple(bounded(map(reader.message, request.each("messages")), "messages"))
    if not messages:
        raise refused("messages", "is empty")
    limit = request.take("max_tokens", int)
    newer_limit = request.take("max_completion_tokens", int)
    form, form_rest = _format(request)
    random_seed = request.take("random_seed", int)
    seed = request.take("seed", int)
    return Chat(
        wire=Wire.CHAT,
        messages=messages,
        tools=read_tools(request),
        tool_choice=read_tool_choice(request),
        parallel_tool_calls=request.take("parallel_tool_calls", bool),
        max_tokens=limit if newer_limit is None else newer_limit,
        temperature=request.take("temperature", float),
        top_p=request.take("top_p", float),
        top_k=request.take("top_k", int),
        stop=_stop(request),
        seed=random_seed if seed is None else seed,
        presence_penalty=request.take("presence_penalty", float),
        frequency_penalty=request.take("frequency_penalty", float),
        logit_bias=request.raw("logit_bias"),
        logprobs=request.take("logprobs", bool),
        top_logprobs=request.take("top_logprobs", int),
        n=request.take("n", int),
        format=form,
        thinking=read_thinking(request),
        verbosity=request.take("verbosity", str),
        modalities=tuple(request.take("modalities", list[str]) or ()),
        audio=request.raw("audio"),
        user=request.take("user", str),
        safety_identifier=request.take("safety_identifier", str),
        metadata=request.raw("metadata"),
        service_tier=request.take("service_tier", str),
        store=request.take("store", bool),
        cache=_cache(request),
        cache_key=request.take("prompt_cache_key", str),
        legacy_functions=legacy or (reader.legacy and "tools" not in request),
        extra=_with(request.rest(Wire.CHAT), "response_format", form_rest),
    )


class _Messages:
    """Reads one message after the other, and remembers which call of a function was the last."""

    def __init__(self) -> None:
        self.legacy = False
        self._calls = 0
        self._last: dict[str, str] = {}

    def message(self, message: Members) -> Message:
        """One message."""
        name = message.needed("role", str)
        if name != _FUNCTION and name not in _ROLES:
            raise refused(message.at("role"), f"is '{name}', which is none of {', '.join(_ROLES)}")
        if name in (_FUNCTION, Role.TOOL):
            return self._result(message, function=name == _FUNCTION)
        role = _ROLES[name]
        parts, plain = read_content(message)
        if message.empty:
            return Message(role, tuple(parts), plain)  # nearly all of them
        if role is Role.ASSISTANT:
            parts = [*self._said(message, parts)]
        # That the answer begins so, the last message says by being the last; of any other it is not true.
        for prefilled in ("prefix", "partial"):
            message.take(prefilled, bool)
        speaker = message.take("name", str)
        return Message(role, tuple(parts), plain, speaker, message.rest(Wire.CHAT))

    def _said(self, message: Members, content: list[Part]) -> Iterator[Part]:
        """What a model said, which its caller sends back."""
        plain, other = message.take("reasoning_content", str), message.take("reasoning", str)
        yield from read_thoughts(message.take("reasoning_details", list), plain or other)
        citations = read_citations(message)
        for part in content:
            if citations and isinstance(part, Text):
                part, citations = msgspec.structs.replace(part, citations=citations), ()  # noqa: PLW2901
            yield part
        if refusal := message.take("refusal", str):
            yield Refusal(refusal)
        if audio := message.object("audio"):
            yield Audio(id=audio.needed("id", str), extra=audio.rest(Wire.CHAT))
        for image in message.each("images"):
            yield _image(image)
        yield from read_calls(message)
        if call := message.object("function_call"):
            yield self._function_call(call)

    def _function_call(self, call: Members) -> ToolCall:
        self.legacy = True
        name = call.needed("name", str)
        # Other dialects want an id; this one is found again as long as the conversation is sent as it was.
        call_id = self._last[name] = f"call_{self._calls}_{name}"
        self._calls += 1
        return ToolCall(call_id, name, call.take("arguments", str) or "", extra=call.rest(Wire.CHAT))

    def _result(self, message: Members, *, function: bool) -> Message:
        parts, plain = read_content(message)
        told = tuple(part for part in parts if isinstance(part, Text | Image | Document | Audio))
        if len(told) < len(parts):
            raise refused(message.at("content"), "holds a part that is neither text nor a file")
        name = message.take("name", str)
        if function:
            self.legacy = True
            if name is None:
                raise refused(message.at("name"), "is missing")
            call_id = self._last.get(name, f"call_{name}")
        else:
            call_id = message.needed("tool_call_id", str)
        return Message(Role.TOOL, (ToolResult(call_id, told, name=name),), plain, extra=message.rest(Wire.CHAT))


def _image(image: Members) -> Image:
    told: dict[str, Any] | None = image.take("image_url", dict)
    url = told.get("url") if told else None
    if not isinstance(url, str):
        raise refused(image.at("image_url"), "has no url")
    data = parse_data_url(url)
    return Image(url) if data is None else Image(data=data[1], media_type=data[0])


def _stop(request: Members) -> tuple[str, ...]:
    if request.kind_of("stop") == "text":
        return (request.needed("stop", str),)
    return tuple(request.take("stop", list[str]) or ())


def _format(request: Members) -> tuple[JsonObject | JsonSchema | None, Extra | None]:
    """The form that the answer should have, and what else is said of it."""
    told = request.object("response_format")
    if told is None:
        return None, None
    path, kind = told.at("type"), told.needed("type", str)
    match kind:
        case "text":
            return None, told.rest(Wire.CHAT)
        case "json_object":
            # A schema beside it is Together's and llama.cpp's way to hold the answer to one.
            schema = told.raw("schema")
            return JsonObject() if schema is None else JsonSchema(schema), told.rest(Wire.CHAT)
        case "json_schema":
            inner = told.object("json_schema")
            if inner is None:
                raise refused(told.at("json_schema"), "is missing")
            named, description = inner.take("name", str), inner.take("description", str)
            written = inner.raw("schema") or msgspec.Raw(b"{}")
            form = JsonSchema(written, named, description, inner.take("strict", bool))
            return form, rest_of(told, "json_schema", inner)
        case _:
            raise refused(path, f"is '{kind}', which is none of text, json_object and json_schema")


def _cache(request: Members) -> CacheMark | None:
    kept = request.take("prompt_cache_retention", str)
    return None if kept is None else CacheMark(kept)


def _with(extra: Extra | None, name: str, more: Extra | None) -> Extra | None:
    """What is left of the request, and of an object in it under its name."""
    if more is None:
        return extra
    return Extra(Wire.CHAT, {**(extra.members if extra else {}), name: msgspec.Raw(msgspec.json.encode(more.members))})
