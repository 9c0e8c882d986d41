"""Tools and the choice among them, for Anthropic."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, Choosing, HostedTool, Tool
from optipath_router.chat.conversation import Wire
from optipath_router.providers.anthropic.write_blocks import write_cache
from optipath_router.providers.members import said_again

_TYPES: Final = {Choosing.AUTO: "auto", Choosing.REQUIRED: "any", Choosing.ONE: "tool", Choosing.NONE: "none"}
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode
_OBJECT: Final = msgspec.Raw(b'"object"')
_NO_PROPERTIES: Final = msgspec.Raw(b'{"type":"object","properties":{}}')


def write_tools(chat: Chat) -> dict[str, Any]:
    """The members that tell of tools; where only some may be called, no others are offered."""
    tools = list(_tools(chat))
    if not tools:
        return {}
    choice = _choice(chat)
    return {"tools": tools, **({"tool_choice": choice} if choice else {})}


def _tools(chat: Chat) -> Iterator[dict[str, Any] | msgspec.Raw]:
    choice = chat.tool_choice
    allowed = choice.names if choice is not None and choice.choosing is not Choosing.ONE else ()
    for tool in chat.tools:
        match tool:
            case HostedTool(wire=wire, raw=raw):
                if wire is Wire.MESSAGES:
                    yield raw
            case Tool(name=name, custom=custom):
                if not custom and (not allowed or name in allowed):
                    yield _tool(tool)


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        **({"description": tool.description} if tool.description is not None else {}),
        "input_schema": _schema(tool.parameters),
        **({"strict": tool.strict} if tool.strict is not None else {}),
        **write_cache(tool.cache),
        **said_again(tool.extra, Wire.MESSAGES),
    }


def _schema(parameters: msgspec.Raw | None) -> msgspec.Raw:
    """A schema of an object, which the API demands to be said."""
    if parameters is None:
        return _NO_PROPERTIES
    try:
        members = _object(parameters)
    except (msgspec.DecodeError, RecursionError):
        return parameters  # the provider's to judge
    return parameters if "type" in members else msgspec.Raw(_encode({"type": _OBJECT, **members}))


def _choice(chat: Chat) -> dict[str, Any] | None:
    choice, parallel = chat.tool_choice, chat.parallel_tool_calls
    # One without a name was a tool that only another provider runs.
    if choice is None or (choice.choosing is Choosing.ONE and not choice.names):
        return {"type": "auto", "disable_parallel_tool_use": True} if parallel is False else None
    written: dict[str, Any] = {"type": _TYPES[choice.choosing]}
    if choice.choosing is Choosing.ONE:
        written["name"] = choice.names[0]
    if parallel is not None and choice.choosing is not Choosing.NONE:
        written["disable_parallel_tool_use"] = not parallel
    return {**written, **said_again(choice.extra, Wire.MESSAGES)}
