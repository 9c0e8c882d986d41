"""A chat, as a provider of responses wants it asked.

A caller of another dialect gets what it is used to: nothing is kept at the
provider unless it asks for that, and tools are held to their schemas only
where it says so; both would be otherwise here. Where it asks for thoughts they
come back encrypted as well, so that the next turn can return them.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from optipath_router.chat.chat import (
    Chat,
    Choosing,
    JsonObject,
    JsonSchema,
    Thinking,
    Tool,
    ToolChoice,
)
from optipath_router.chat.conversation import Message, Text, Wire
from optipath_router.errors import Code, RequestRejected
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.members import said_again
from optipath_router.providers.responses.read_chat import INSTRUCTIONS, LOG_PROBS, SEALED_THOUGHTS
from optipath_router.providers.responses.write_items import write_items

PATH: Final = "/responses"
_NO_PARAMETERS: Final = msgspec.Raw(b'{"type":"object","properties":{}}')
_encode: Final = msgspec.json.Encoder().encode
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_list: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode

_EFFORTS: Final = ((4_096, "low"), (16_384, "medium"))
"""Up to how many tokens of thoughts which effort comes near; more is `high`. An effort is all that can be asked for."""


def write_chat(chat: Chat, model: str, *, streams: bool) -> Outgoing:
    """The request for an answer to a chat; raises RequestRejected where it is nested too deep to be written."""
    ours = chat.wire is Wire.RESPONSES
    instructions, messages = split_instructions(chat)
    members: dict[str, Any] = {
        "model": model,
        "instructions": instructions,
        "input": write_items(messages, ours=ours) or None,
        **settings(chat),
        "include": _include(chat) or None,
        "stream": True if streams else None,
    }
    if chat.tools:
        members["tools"] = write_tools(chat)
    try:
        again = said_again(chat.extra, Wire.RESPONSES)
        if "include" in again:
            members["include"] = [*_include(chat), *_list(again.pop("include"))]
        if "text" in again:
            members["text"] = {**(members["text"] or {}), **_object(again.pop("text"))}
        told = {name: value for name, value in {**members, **again}.items() if value is not None}
        return Outgoing(PATH, _encode(told))
    except RecursionError as error:
        raise RequestRejected(400, Code.INVALID_REQUEST, f"the request is nested too deep: {error}") from error


def split_instructions(chat: Chat) -> tuple[str | None, Sequence[Message]]:
    """The text of the instructions, where the caller calls some so, and all other messages."""
    match chat.messages:
        case (Message(parts=(Text(text=text),), extra=extra), *others) if extra == INSTRUCTIONS:
            return text, others
        case messages:
            return None, messages


def settings(chat: Chat) -> dict[str, Any]:
    """All that is asked for besides what was said and the tools; None where nothing is."""
    ours = chat.wire is Wire.RESPONSES
    return {
        "tool_choice": write_tool_choice(chat.tool_choice),
        "parallel_tool_calls": chat.parallel_tool_calls,
        "max_output_tokens": chat.max_tokens,
        "temperature": chat.temperature,
        "top_p": chat.top_p,
        "top_logprobs": chat.top_logprobs,
        "text": _text(chat),
        "reasoning": _reasoning(chat.thinking),
        "user": chat.user,
        "safety_identifier": chat.safety_identifier,
        "metadata": chat.metadata,
        "service_tier": chat.service_tier,
        "store": False if chat.store is None and not ours else chat.store,
        "prompt_cache_key": chat.cache_key,
        "prompt_cache_retention": chat.cache.ttl if ours and chat.cache else None,
    }


def write_tools(chat: Chat) -> list[dict[str, Any] | msgspec.Raw]:
    """The tools, those of other dialects' providers left out."""
    ours = chat.wire is Wire.RESPONSES
    tools: list[dict[str, Any] | msgspec.Raw] = []
    for tool in chat.tools:
        if isinstance(tool, Tool):
            tools.append(_tool(tool if ours else _as_elsewhere(tool)))
        elif tool.wire is Wire.RESPONSES:
            tools.append(tool.raw)
    return tools


def _as_elsewhere(tool: Tool) -> Tool:
    """A tool with what other dialects mean where they say nothing: any arguments that fit roughly, or none at all."""
    return replace(tool, strict=tool.strict or False, parameters=tool.parameters or _NO_PARAMETERS)


def _tool(tool: Tool) -> dict[str, Any]:
    again = said_again(tool.extra, Wire.RESPONSES)
    described = {"description": tool.description} if tool.description is not None else {}
    if tool.custom:
        form = {"format": tool.format} if tool.format is not None else {}
        return {"type": "custom", "name": tool.name, **described, **form, **again}
    return {
        "type": "function",
        "name": tool.name,
        **described,
        **({} if tool.parameters is None else {"parameters": tool.parameters}),
        **({} if tool.strict is None else {"strict": tool.strict}),
        **again,
    }


def write_tool_choice(choice: ToolChoice | None) -> Any:
    """A choice of tools, as a word or an object; None where there is none."""
    if choice is None:
        return None
    again = said_again(choice.extra, Wire.RESPONSES)
    match choice:
        case ToolChoice(Choosing.ONE, (name,)):
            return {"type": "custom" if choice.custom else "function", "name": name, **again}
        case ToolChoice(Choosing.ONE):
            # A tool that the provider runs, by its type.
            return again or None
        case ToolChoice(choosing, ()) if not again:
            return choosing.value
        case ToolChoice(choosing, names):
            tools = [{"type": "function", "name": name} for name in names]
            return {"type": "allowed_tools", "mode": choosing.value, "tools": tools, **again}


def _text(chat: Chat) -> dict[str, Any] | None:
    """The form of the answer, and how long-winded it may be."""
    text: dict[str, Any] = {}
    match chat.format:
        case JsonObject():
            text["format"] = {"type": "json_object"}
        case JsonSchema(schema=schema, name=name, description=description, strict=strict):
            told = {"description": description, "strict": strict}
            text["format"] = {
                "type": "json_schema",
                "name": name or "answer",
                "schema": schema,
                **{each: value for each, value in told.items() if value is not None},
            }
        case None:
            pass
    if chat.verbosity is not None:
        text["verbosity"] = chat.verbosity
    return text or None


def _reasoning(thinking: Thinking | None) -> dict[str, Any] | None:
    if thinking is None:
        return None
    told = {"effort": _effort(thinking), "summary": thinking.summary or ("auto" if thinking.shown else None)}
    reasoning = {name: value for name, value in told.items() if value is not None}
    return {**reasoning, **said_again(thinking.extra, Wire.RESPONSES)} or None


def _effort(thinking: Thinking) -> str | None:
    """The effort that is asked for, or comes near to the tokens that may be thought."""
    if thinking.effort is not None:
        return thinking.effort
    if thinking.enabled is False or thinking.budget_tokens == 0:
        return "none"
    if thinking.budget_tokens is None or thinking.budget_tokens < 0:
        return None
    return next((effort for most, effort in _EFFORTS if thinking.budget_tokens <= most), "high")


def _include(chat: Chat) -> list[str]:
    """What the answer should hold that it would not by itself."""
    thinking = chat.thinking
    thinks = thinking is not None and _effort(thinking) != "none"
    sealed = chat.sealed_thoughts or (thinks and chat.wire is not Wire.RESPONSES)
    return [*([SEALED_THOUGHTS] if sealed else ()), *([LOG_PROBS] if chat.logprobs else ())]
