"""A caller's request in Messages, as a chat.

What is not told apart any more, as the API does not either: plain text and a
list with one text in a tool's result, `is_error` of false, members of null, a
tool of type `custom`, and `caller` where it is the model itself.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import msgspec

from optipath_router.chat.chat import Chat, JsonSchema
from optipath_router.chat.conversation import Extra, Message, Role, ToolResult, Wire
from optipath_router.chat.request import MAX_MESSAGES
from optipath_router.providers.anthropic.read_blocks import read_cache, read_content
from optipath_router.providers.anthropic.read_tools import read_choice, read_tools
from optipath_router.providers.anthropic.thinking import read_thinking
from optipath_router.providers.members import Members, bounded, refused

_ROLES: Final = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}


def read_chat(body: bytes) -> Chat:
    """What a body asks for; raises RequestRejected, which names the member that is wrong."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise refused("", f"is not UTF-8: {error}") from error
    members = Members(body)
    members.raw("model")
    members.raw("stream")
    messages = (*_system(members), *bounded(_messages(members), "messages"))
    choice, parallel = read_choice(members)
    config = members.object("output_config")
    effort = config.take("effort", str) if config else None
    form = _format(members, config)
    user, metadata = _metadata(members)
    return Chat(
        wire=Wire.MESSAGES,
        messages=messages,
        tools=read_tools(members),
        tool_choice=choice,
        parallel_tool_calls=parallel,
        max_tokens=members.take("max_tokens", int),
        temperature=members.take("temperature", float),
        top_p=members.take("top_p", float),
        top_k=members.take("top_k", int),
        stop=tuple(members.take("stop_sequences", list[str]) or ()),
        format=form,
        thinking=read_thinking(members.object("thinking"), effort),
        user=user,
        metadata=metadata,
        service_tier=members.take("service_tier", str),
        cache=read_cache(members),
        extra=_rest(members, config),
    )


def _system(members: Members) -> Iterator[Message]:
    if "system" in members:
        parts, plain = read_content(members, "system")
        yield Message(Role.SYSTEM, parts, plain)
    else:
        members.raw("system")


def _messages(members: Members) -> Iterator[Message]:
    if "messages" not in members:
        raise refused(members.at("messages"), "is missing")
    for index, each in enumerate(members.each("messages")):
        if index >= MAX_MESSAGES:
            raise refused(members.at("messages"), f"has more than {MAX_MESSAGES} messages")
        yield from _message(each)


def _message(members: Members) -> Iterator[Message]:
    """A message; one of the user's that holds results of tools as one message each, and one for what is between."""
    name = members.needed("role", str)
    role = _ROLES.get(name)
    if role is None:
        raise refused(members.at("role"), f"is {name!r}, and none of {', '.join(_ROLES)}")
    parts, plain = read_content(members)
    extra = members.rest(Wire.MESSAGES)
    if role is not Role.USER or not any(isinstance(part, ToolResult) for part in parts):
        yield Message(role, parts, plain, extra=extra)
        return
    for results, together in groupby(parts, lambda part: isinstance(part, ToolResult)):
        said = tuple(together)
        for piece in [(part,) for part in said] if results else [said]:
            yield Message(Role.TOOL if results else Role.USER, piece, extra=extra)
            extra = None


def _format(members: Members, config: Members | None) -> JsonSchema | None:
    """The form of the answer, where it stands today or where it stood in the beta."""
    for at, name in ((config, "format"), (members, "output_format")):
        wanted = at.object(name) if at is not None else None
        if wanted is not None:
            kind, schema = wanted.needed("type", str), wanted.raw("schema")
            if kind != "json_schema" or schema is None:
                raise refused(wanted.at("type"), f"is {kind!r}, where only json_schema with a schema is known")
            return JsonSchema(schema)
    return None


def _metadata(members: Members) -> tuple[str | None, msgspec.Raw | None]:
    """Whom the caller serves, and what else it tells about the request."""
    metadata = members.object("metadata")
    if metadata is None:
        return None, None
    user, rest = metadata.take("user_id", str), metadata.rest(Wire.MESSAGES)
    return user, msgspec.Raw(msgspec.json.encode(rest.members)) if rest else None


def _rest(members: Members, config: Members | None) -> Extra | None:
    """The members that only Messages knows, with those inside `output_config`."""
    extra, inner = members.rest(Wire.MESSAGES), config.rest(Wire.MESSAGES) if config else None
    if inner is None:
        return extra
    told = msgspec.Raw(msgspec.json.encode(inner.members))
    return Extra(Wire.MESSAGES, {**(extra.members if extra else {}), "output_config": told})
