"""A chat as a provider of the family wants it.

What is in the family's sayings is said, and nothing else; how it is spelled, its entry tells.
"""

from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonObject, JsonSchema, Tool, ToolChoice
from optipath_router.chat.conversation import Role, Wire
from optipath_router.errors import Code, RequestRejected
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.members import said_again
from optipath_router.providers.openai.family import Family
from optipath_router.providers.openai.parts import told_apart
from optipath_router.providers.openai.thinking import write_thinking
from optipath_router.providers.openai.write_messages import MessageWriter
from optipath_router.providers.openai.written import Written, write_mark
from optipath_router.providers.unsayable import nothing_left
from optipath_snapshot import Saying

PATH: Final = "/chat/completions"

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ANY_OBJECT: Final = JsonSchema(msgspec.Raw(b'{"type":"object"}'), "answer")
_SCHEMA_IN_PROMPT: Final = (
    "Answer with one JSON object, and nothing before or after it, that is valid by this JSON Schema:"
)
_RETENTIONS: Final = frozenset({"in_memory", "in-memory", "24h"})
"""How long OpenAI keeps a prompt; other dialects have other times."""
_TIERS: Final = {"standard_only": "default"}
"""Anthropic's tiers of service that OpenAI calls otherwise."""


def write_chat(chat: Chat, model: str, family: Family, *, streams: bool) -> Outgoing:
    """A request for this model; raises RequestRejected for what JSON cannot tell."""
    form, in_prompt = _format(chat, family)
    written: Written = {
        "model": model,
        "messages": _messages(chat, family, in_prompt),
        **_tools(chat, family),
        **_settings(chat, family),
        **_identity(chat, family),
        **_streaming(family, streams=streams),
    }
    if Saying.PREFILL in family.sayings and chat.messages and chat.messages[-1].role is Role.ASSISTANT:
        written |= family.prefill_in_request
    again = said_again(chat.extra, Wire.CHAT)
    if form or "response_format" in again:
        rest = again.pop("response_format", None)
        written["response_format"] = (form or {"type": "text"}) | ({} if rest is None else _decode(rest))
    try:
        body = _encode(written | again)
    except (OverflowError, UnicodeEncodeError) as error:
        message = f"the request holds a number or a text that JSON cannot tell: {error}"
        raise RequestRejected(400, Code.INVALID_REQUEST, message) from error
    return Outgoing(PATH, body, schema_in_prompt=in_prompt is not None)


def _messages(chat: Chat, family: Family, in_prompt: Written | None) -> list[Written]:
    writer = MessageWriter(chat, family)
    messages = [written for message in chat.messages for written in writer.message(message)]
    if not messages:
        raise nothing_left(chat)
    if in_prompt is not None:
        messages.insert(_behind_system(messages), in_prompt)
    return messages


def _streaming(family: Family, *, streams: bool) -> Written:
    if not streams:
        return {}
    return {"stream": True, **({"stream_options": {"include_usage": True}} if family.stream_options else {})}


def _settings(chat: Chat, family: Family) -> Written:
    """How the model should answer."""
    says = family.sayings
    said: Written = {family.limit: chat.max_tokens, "temperature": chat.temperature}
    by_saying: dict[Saying, Written] = {
        Saying.TOP_P: {"top_p": chat.top_p},
        Saying.TOP_K: {"top_k": chat.top_k},
        Saying.STOP: {"stop": chat.stop or None},
        Saying.SEED: {family.seed: chat.seed},
        Saying.PENALTIES: {
            "presence_penalty": chat.presence_penalty,
            "frequency_penalty": chat.frequency_penalty,
        },
        Saying.LOGIT_BIAS: {"logit_bias": chat.logit_bias},
        Saying.LOG_PROBS: {"logprobs": chat.logprobs, "top_logprobs": chat.top_logprobs},
        Saying.SEVERAL_CHOICES: {"n": chat.n},
        Saying.VERBOSITY: {"verbosity": chat.verbosity},
        Saying.AUDIO_OUTPUT: {"modalities": chat.modalities or None, "audio": chat.audio},
    }
    for saying, members in by_saying.items():
        if saying in says:
            said |= members
    thinking = write_thinking(chat.thinking, family) if chat.thinking and Saying.THINKING in says else {}
    return _given(said) | thinking


def _identity(chat: Chat, family: Family) -> Written:
    """What a request says of itself, and not of the answer that it wants."""
    says = family.sayings
    said: Written = {}
    if Saying.USER in says:
        apart = family.safety_identifier
        said["user"] = chat.user if apart else chat.user or chat.safety_identifier
        said["safety_identifier"] = chat.safety_identifier if apart else None
        # OpenAI takes metadata only of what it stores.
        said["metadata"] = chat.metadata if chat.store or chat.wire is Wire.CHAT else None
    if Saying.SERVICE_TIER in says and chat.service_tier is not None:
        said["service_tier"] = _TIERS.get(chat.service_tier, chat.service_tier)
    if Saying.STORE in says:
        said["store"] = chat.store
        said["prompt_cache_key"] = chat.cache_key
    if chat.cache is not None:
        if Saying.CACHE_MARKS in says:
            said |= write_mark(chat.cache)
        elif Saying.STORE in says and chat.cache.ttl in _RETENTIONS:
            said["prompt_cache_retention"] = chat.cache.ttl
    return _given(said)


def _tools(chat: Chat, family: Family) -> Written:
    if Saying.TOOLS not in family.sayings:
        return {}
    choice = chat.tool_choice
    offered = [tool for tool in chat.tools if _sayable(tool, choice, family)]
    if not offered:
        return {}
    if chat.legacy_functions and family.functions:
        functions = [_function(tool, outer=True) for tool in offered if isinstance(tool, Tool)]
        return {"functions": functions, **_given({"function_call": _function_call(choice)})}
    parallel = chat.parallel_tool_calls if Saying.PARALLEL_TOOLS in family.sayings else None
    chosen = _choice(choice, chat, family) if choice is not None else None
    return {
        "tools": [_tool(tool, family) for tool in offered],
        **_given({"tool_choice": chosen, "parallel_tool_calls": parallel}),
    }


def _sayable(tool: Tool | HostedTool, choice: ToolChoice | None, family: Family) -> bool:
    if isinstance(tool, HostedTool):
        return tool.wire is Wire.CHAT
    if tool.custom and Saying.CUSTOM_TOOLS not in family.sayings:
        return False
    # Who cannot be told which of the tools may be called is shown no others.
    some = choice is not None and choice.choosing is not Choosing.ONE and choice.names and not family.allowed_tools
    return not some or (choice is not None and tool.name in choice.names)


def _tool(tool: Tool | HostedTool, family: Family) -> Written | msgspec.Raw:
    if isinstance(tool, HostedTool):
        return tool.raw
    mark = write_mark(tool.cache) if Saying.CACHE_MARKS in family.sayings else {}
    if tool.custom:
        outer, inner = told_apart(tool.extra, "custom")
        told = _given({"name": tool.name, "description": tool.description, "format": tool.format})
        return {"type": "custom", "custom": told | inner, **mark, **outer}
    outer, _ = told_apart(tool.extra, "function")
    strict = tool.strict if Saying.STRICT_TOOLS in family.sayings else None
    return {"type": "function", "function": _function(msgspec.structs.replace(tool, strict=strict)), **mark, **outer}


def _function(tool: Tool, *, outer: bool = False) -> Written:
    told = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": tool.strict,
    }
    again, inner = told_apart(tool.extra, "function")
    return _given(told) | inner | (again if outer else {})


def _choice(choice: ToolChoice, chat: Chat, family: Family) -> str | Written | None:
    if choice.choosing is Choosing.ONE:
        if not choice.names:
            return None  # it was a tool that only another provider runs
        kind = "custom" if choice.custom else "function"
        outer, inner = told_apart(choice.extra, kind)
        one = {"type": kind, kind: {"name": choice.names[0], **inner}, **outer}
        return one if Saying.TOOL_CHOICE in family.sayings else None
    word = family.required if choice.choosing is Choosing.REQUIRED else str(choice.choosing)
    if Saying.TOOL_CHOICE not in family.sayings:
        return None
    if not choice.names or not family.allowed_tools:
        return word
    custom = {tool.name for tool in chat.tools if isinstance(tool, Tool) and tool.custom}
    kinds = [(name, "custom" if name in custom else "function") for name in choice.names]
    allowed = [{"type": kind, kind: {"name": name}} for name, kind in kinds]
    outer, inner = told_apart(choice.extra, "allowed_tools")
    return {"type": "allowed_tools", "allowed_tools": {"mode": word, "tools": allowed, **inner}, **outer}


def _function_call(choice: ToolChoice | None) -> str | Written | None:
    if choice is None or (choice.choosing is Choosing.ONE and not choice.names):
        return None
    if choice.choosing is Choosing.ONE:
        return {"name": choice.names[0], **said_again(choice.extra, Wire.CHAT)}
    return "none" if choice.choosing is Choosing.NONE else "auto"


def _format(chat: Chat, family: Family) -> tuple[Written | None, Written | None]:
    """The form that the answer should have; and the message that tells the schema, where the form cannot."""
    form = chat.format
    if isinstance(form, JsonObject) and family.json_object:
        return {"type": "json_object"}, None
    if isinstance(form, JsonObject):
        form = _ANY_OBJECT
    if form is None:
        return None, None
    if not family.json_schema:
        described = f"{form.description}\n\n" if form.description else ""
        told = {"role": Role.SYSTEM, "content": f"{described}{_SCHEMA_IN_PROMPT}\n\n{_compact(form.schema)}"}
        return {"type": "json_object"}, told
    schema_told: Written = {"name": form.name or "answer", "schema": form.schema}
    schema_told |= _given({"description": form.description, "strict": form.strict})
    return {"type": "json_schema", "json_schema": schema_told}, None


def _compact(schema: msgspec.Raw) -> str:
    """A schema without the white space that would be paid for."""
    try:
        return msgspec.json.format(bytes(schema), indent=-1).decode()
    except RecursionError as error:  # how deep is too deep hangs on how deep the call stack is
        message = "the schema in response_format is nested too deeply"
        raise RequestRejected(400, Code.INVALID_REQUEST, message, param="response_format") from error


def _behind_system(messages: list[Any]) -> int:
    """Where the first message stands that is not the system's."""
    first = (index for index, message in enumerate(messages) if message["role"] not in (Role.SYSTEM, Role.DEVELOPER))
    return next(first, len(messages))


def _given(members: dict[str, Any]) -> Written:
    return {name: value for name, value in members.items() if value is not None}
