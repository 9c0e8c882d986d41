"""The tools that a caller offers, which of them may be called, and the calls: a caller's, read."""

from typing import Final

from optipath_router.chat.chat import Choosing, HostedTool, Tool, ToolChoice
from optipath_router.chat.conversation import ToolCall, Wire
from optipath_router.providers.members import Members, refused
from optipath_router.providers.openai.parts import read_cache, rest_of

_CHOOSING: Final = {
    "auto": Choosing.AUTO,
    "none": Choosing.NONE,
    "required": Choosing.REQUIRED,
    "any": Choosing.REQUIRED,  # Mistral
}


def read_tools(request: Members) -> tuple[Tool | HostedTool, ...]:
    """The tools of a request, or its functions of before there were tools."""
    functions = [_function(function, function) for function in request.each("functions")]
    return (*map(_tool, request.each("tools")), *functions)


def read_tool_choice(request: Members) -> ToolChoice | None:
    """Which tools the model may or must call."""
    for name in ("tool_choice", "function_call"):
        if name not in request:
            request.take(name, object)
        elif request.kind_of(name) == "text":
            path, word = request.at(name), request.needed(name, str)
            if word not in _CHOOSING:
                raise refused(path, f"is '{word}', which is none of auto, none, required and a tool's name")
            return ToolChoice(_CHOOSING[word])
        else:
            return _one(request, name)
    return None


def read_calls(message: Members) -> list[ToolCall]:
    """The tool calls of an assistant's message."""
    return [_call(call) for call in message.each("tool_calls")]


def _tool(tool: Members) -> Tool | HostedTool:
    kind = tool.look("type", str) or "function"
    if kind not in ("function", "custom"):
        return HostedTool(Wire.CHAT, tool.whole(), kind)
    tool.raw("type")
    inner = tool.object(kind)
    if inner is None:
        raise refused(tool.at(kind), "is missing")
    if kind == "function":
        return _function(tool, inner)
    name, description, form = inner.needed("name", str), inner.take("description", str), inner.raw("format")
    cache = read_cache(tool)
    return Tool(name, description, custom=True, format=form, cache=cache, extra=rest_of(tool, "custom", inner))


def _function(tool: Members, function: Members) -> Tool:
    name, description = function.needed("name", str), function.take("description", str)
    parameters, strict = function.raw("parameters"), function.take("strict", bool)
    cache = read_cache(tool)
    inner = None if tool is function else function
    return Tool(name, description, parameters, strict, cache=cache, extra=rest_of(tool, "function", inner))


def _one(request: Members, name: str) -> ToolChoice:
    choice = request.object(name)
    assert choice is not None  # noqa: S101  whoever asks knows that it is there
    if name == "function_call":
        return ToolChoice(Choosing.ONE, (choice.needed("name", str),), extra=choice.rest(Wire.CHAT))
    path = choice.at("type")
    match choice.take("type", str) or "function":
        case "allowed_tools":
            return _allowed(choice)
        case "function" | "custom" as kind:
            inner = choice.object(kind)
            if inner is None:
                raise refused(choice.at(kind), "is missing")
            one = (inner.needed("name", str),)
            return ToolChoice(Choosing.ONE, one, kind == "custom", rest_of(choice, kind, inner))
        case kind:
            raise refused(path, f"is '{kind}', which is none of function, custom and allowed_tools")


def _allowed(choice: Members) -> ToolChoice:
    allowed = choice.object("allowed_tools")
    if allowed is None:
        raise refused(choice.at("allowed_tools"), "is missing")
    path, mode = allowed.at("mode"), allowed.take("mode", str) or "auto"
    if mode not in ("auto", "required"):
        raise refused(path, f"is '{mode}', which is neither auto nor required")
    names = []
    for tool in allowed.each("tools"):
        kind = tool.take("type", str) or "function"
        named = tool.object(kind)
        names.append(tool.needed("name", str) if named is None else named.needed("name", str))
    if not names:
        raise refused(allowed.at("tools"), "names no tool")
    return ToolChoice(_CHOOSING[mode], tuple(names), extra=rest_of(choice, "allowed_tools", allowed))


def _call(call: Members) -> ToolCall:
    call_id, kind = call.needed("id", str), call.take("type", str) or "function"
    call.take("index", int)  # of the stream in which it came: callers send it back, and nobody reads it
    if kind not in ("function", "custom"):
        raise refused(call.at("type"), f"is '{kind}', which is neither function nor custom")
    inner = call.object(kind)
    if inner is None:
        raise refused(call.at(kind), "is missing")
    name = inner.needed("name", str)
    if kind == "custom":
        words = inner.take("input", str) or ""
        return ToolCall(call_id, name, words, custom=True, extra=rest_of(call, "custom", inner))
    arguments = inner.take("arguments", str) or ""
    signature = _signature(call)
    return ToolCall(call_id, name, arguments, signature=signature, extra=rest_of(call, "function", inner))


def _signature(call: Members) -> str | None:
    """The thought's signature that Gemini gives with a call, where its own OpenAI surface has it."""
    return signature_in(call.take("extra_content", dict))


def signature_in(extra_content: object) -> str | None:
    """The thought's signature in a call's `extra_content`."""
    google = extra_content.get("google") if isinstance(extra_content, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) and signature else None


def signature_out(signature: str) -> dict[str, object]:
    """The member of a call that tells the thought's signature."""
    return {"extra_content": {"google": {"thought_signature": signature}}}
