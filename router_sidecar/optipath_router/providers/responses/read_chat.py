"""A caller's request for a response, as a chat.

What has no word of its own in a chat stays in `extra`, under its own name: what
names something that a provider keeps, say. Of `text`, `reasoning` and `include`
what is left of them is there.
"""

from typing import Any, Final

import msgspec

from optipath_router.chat.chat import (
    Chat,
    Choosing,
    HostedTool,
    JsonObject,
    JsonSchema,
    Thinking,
    Tool,
    ToolChoice,
)
from optipath_router.chat.conversation import CacheMark, Extra, Message, Role, Text, Wire
from optipath_router.providers.members import Members, refused
from optipath_router.providers.responses.read_items import read_items

SEALED_THOUGHTS: Final = "reasoning.encrypted_content"
LOG_PROBS: Final = "message.output_text.logprobs"
INSTRUCTIONS: Final = Extra(Wire.RESPONSES, {})
"""Marks the message that the caller calls its instructions. JSON mode looks for the word JSON in the input only."""
_KEPT: Final = ("previous_response_id", "conversation", "prompt")
"""What may stand for an input: something that a provider keeps."""
_FALSE: Final = b"false"
_encode: Final = msgspec.json.Encoder().encode


def read_chat(body: bytes) -> Chat:
    """What a body asks for; raises RequestRejected, which names the member that is wrong."""
    asked = Members(body)
    # Which model, and whether it streams, is no matter of the chat; how a stream is padded is ours to say.
    for name in ("model", "stream", "stream_options"):
        asked.raw(name)
    messages = _messages(asked)
    text, thinking, include = asked.object("text"), asked.object("reasoning"), asked.take("include", list[str]) or []
    left: dict[str, msgspec.Raw] = {}
    if others := [each for each in include if each not in (SEALED_THOUGHTS, LOG_PROBS)]:
        left["include"] = msgspec.Raw(_encode(others))
    retention, metadata = asked.take("prompt_cache_retention", str), asked.raw("metadata")
    truncation = asked.take("truncation", str)
    background = asked.raw("background")
    if background is not None and bytes(background) != _FALSE:
        left["background"] = background
    if truncation not in (None, "disabled"):
        left["truncation"] = msgspec.Raw(_encode(truncation))
    return Chat(
        Wire.RESPONSES,
        messages,
        tools=tuple(_tool(tool, f"tools[{index}]") for index, tool in enumerate(_list(asked, "tools"))),
        tool_choice=_tool_choice(asked),
        parallel_tool_calls=asked.take("parallel_tool_calls", bool),
        max_tokens=asked.take("max_output_tokens", int),
        temperature=asked.take("temperature", float),
        top_p=asked.take("top_p", float),
        logprobs=True if LOG_PROBS in include else None,
        top_logprobs=asked.take("top_logprobs", int),
        format=_format(text),
        thinking=_thinking(thinking),
        verbosity=text.take("verbosity", str) if text else None,
        user=asked.take("user", str),
        safety_identifier=asked.take("safety_identifier", str),
        metadata=None if metadata is None or bytes(metadata) == b"{}" else metadata,
        service_tier=asked.take("service_tier", str),
        store=asked.take("store", bool),
        cache=None if retention is None else CacheMark(retention),
        cache_key=asked.take("prompt_cache_key", str),
        sealed_thoughts=True if SEALED_THOUGHTS in include else None,
        extra=_extra(asked, text, left),
    )


def _messages(asked: Members) -> tuple[Message, ...]:
    """The instructions and the input."""
    instructions = asked.take("instructions", str)
    first = () if instructions is None else (_instructions(instructions),)
    if asked.kind_of("input") == "text":
        return *first, Message(Role.USER, (Text(asked.needed("input", str)),), plain=True)
    if "input" not in asked and not any(name in asked for name in _KEPT):
        raise refused("input", "is missing")
    return *first, *read_items(_list(asked, "input"), "input")


def _instructions(text: str) -> Message:
    return Message(Role.SYSTEM, (Text(text),), plain=True, extra=INSTRUCTIONS)


def _list(asked: Members, name: str) -> list[msgspec.Raw]:
    return asked.take(name, list[msgspec.Raw]) or []


def _tool(raw: msgspec.Raw, path: str) -> Tool | HostedTool:
    tool = Members(raw, path)
    kind = tool.needed("type", str)
    if kind not in ("function", "custom"):
        return HostedTool(Wire.RESPONSES, raw.copy(), kind)
    return Tool(
        name=tool.needed("name", str),
        description=tool.take("description", str),
        parameters=tool.raw("parameters") if kind == "function" else None,
        strict=tool.take("strict", bool) if kind == "function" else None,
        custom=kind == "custom",
        format=tool.raw("format") if kind == "custom" else None,
        extra=tool.rest(Wire.RESPONSES),
    )


def _tool_choice(asked: Members) -> ToolChoice | None:
    if asked.kind_of("tool_choice") == "text":
        word = asked.needed("tool_choice", str)
        if word not in _WORDS:
            raise refused("tool_choice", f"is {word!r}, and none of {', '.join(_WORDS)}")
        return ToolChoice(_WORDS[word])
    choice = asked.object("tool_choice")
    if choice is None:
        return None
    kind = choice.needed("type", str)
    match kind:
        case "function" | "custom":
            name = choice.needed("name", str)
            extra = choice.rest(Wire.RESPONSES)
            return ToolChoice(Choosing.ONE, (name,), custom=kind == "custom", extra=extra)
        case "allowed_tools":
            return _allowed(choice)
        case _:
            left = choice.rest(Wire.RESPONSES)
            members = {"type": msgspec.Raw(_encode(kind)), **(left.members if left else {})}
            return ToolChoice(Choosing.ONE, extra=Extra(Wire.RESPONSES, members))


def _allowed(choice: Members) -> ToolChoice:
    """That only some of the tools may be called: functions by name; others only this dialect can name."""
    mode = choice.needed("mode", str)
    if mode not in ("auto", "required"):
        raise refused(choice.at("mode"), f"is {mode!r}, and neither auto nor required")
    named = choice.needed("tools", list[dict[str, Any]])
    if not named:
        raise refused(choice.at("tools"), "names no tool")
    names = tuple(str(tool["name"]) for tool in named if tool.get("type") == "function" and "name" in tool)
    extra = choice.rest(Wire.RESPONSES)
    if len(names) != len(named):
        members = dict(extra.members) if extra else {}
        extra = Extra(Wire.RESPONSES, {**members, "tools": msgspec.Raw(_encode(named))})
    return ToolChoice(_WORDS[mode], names, extra=extra)


def _format(text: Members | None) -> JsonObject | JsonSchema | None:
    asked = text.object("format") if text else None
    if asked is None:
        return None
    match kind := asked.needed("type", str):
        case "text":
            return None
        case "json_object":
            return JsonObject()
        case "json_schema":
            schema = asked.raw("schema")
            if schema is None:
                raise refused(asked.at("schema"), "is missing")
            return JsonSchema(
                schema, asked.take("name", str), asked.take("description", str), asked.take("strict", bool)
            )
        case _:
            raise refused(asked.at("type"), f"is {kind!r}, and none of text, json_object, json_schema")


def _thinking(asked: Members | None) -> Thinking | None:
    if asked is None:
        return None
    effort = asked.take("effort", str)
    # `generate_summary` was its first name.
    summary = asked.take("summary", str) or asked.take("generate_summary", str)
    extra = asked.rest(Wire.RESPONSES)
    return Thinking(effort=effort, summary=summary, extra=extra) if effort or summary or extra else None


def _extra(asked: Members, text: Members | None, left: dict[str, msgspec.Raw]) -> Extra | None:
    """The other members, and what is left of those that were taken apart."""
    others, texts = asked.rest(Wire.RESPONSES), text.rest(Wire.RESPONSES) if text else None
    members = {**(others.members if others else {}), **left}
    if texts is not None:
        members["text"] = msgspec.Raw(_encode(texts.members))
    return Extra(Wire.RESPONSES, members) if members else None


_WORDS: Final = {"auto": Choosing.AUTO, "none": Choosing.NONE, "required": Choosing.REQUIRED}
