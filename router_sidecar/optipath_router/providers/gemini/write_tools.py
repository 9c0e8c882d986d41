"""Tools, and which of them the model may call."""

from typing import Any, Final

from optipath_router.chat.chat import Chat, Choosing, HostedTool, Tool
from optipath_router.chat.conversation import Wire
from optipath_router.providers.members import said_again

_MODES: Final = {Choosing.NONE: "NONE", Choosing.REQUIRED: "ANY", Choosing.ONE: "ANY"}


def tools(chat: Chat) -> list[dict[str, Any]]:
    """The functions, and the tools of Gemini's own. Schemas go as they are, in JSON Schema's words."""
    declared = [_declared(tool) for tool in chat.tools if isinstance(tool, Tool) and not tool.custom]
    own: list[Any] = [tool.raw for tool in chat.tools if isinstance(tool, HostedTool) and tool.wire is Wire.GEMINI]
    return ([{"functionDeclarations": declared}] if declared else []) + own


def tool_config(chat: Chat) -> dict[str, Any] | None:
    """How free the model is; None where it is free, and held to no schema."""
    functions = [tool for tool in chat.tools if isinstance(tool, Tool) and not tool.custom]
    if not functions:
        return None
    choice = chat.tool_choice
    if choice is not None and choice.choosing is Choosing.ONE and not choice.names:
        choice = None  # it was a tool that only another provider runs
    names = list(choice.names) if choice else []
    mode = _MODES.get(choice.choosing) if choice else None
    if mode is None and (names or any(tool.strict for tool in functions)):
        mode = "VALIDATED"  # free as AUTO is, but for the names, and held to the schemas as ANY is
    if mode is None:
        return None
    allowed = {"allowedFunctionNames": names} if names and mode != "NONE" else {}
    return {"functionCallingConfig": {"mode": mode, **allowed}}


def _declared(tool: Tool) -> dict[str, Any]:
    declared: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        declared["description"] = tool.description
    if tool.parameters is not None:
        declared["parametersJsonSchema"] = tool.parameters
    return {**declared, **said_again(tool.extra, Wire.GEMINI)}
