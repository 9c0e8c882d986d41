"""A chat as a request to Anthropic.

System and developer messages that lead become the system prompt. Where others
have spoken before, only the newest models take one, and only callers of
Messages ask for that; of any other's the words join the system prompt. Turns
of one role are joined, as the API would do.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, JsonSchema
from optipath_router.chat.conversation import Message, Role, Text, Wire
from optipath_router.providers.anthropic.facts import MESSAGES_PATH
from optipath_router.providers.anthropic.thinking import write_thinking
from optipath_router.providers.anthropic.write_blocks import write_blocks, write_cache
from optipath_router.providers.anthropic.write_tools import write_tools
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.members import said_again
from optipath_router.providers.unsayable import nothing_left

DEFAULT_MAX_TOKENS: Final = 4096
"""Messages demands a limit. Every Claude can say this much, and it is taken where nobody knows the model's own."""

_SYSTEM: Final = frozenset({Role.SYSTEM, Role.DEVELOPER})
_SPEAKERS: Final = {
    Role.SYSTEM: "system",
    Role.DEVELOPER: "system",
    Role.USER: "user",
    Role.TOOL: "user",
    Role.ASSISTANT: "assistant",
}
_MOST_TEMPERATURE: Final = 1.0
_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


def write_chat(chat: Chat, model: str, *, streams: bool, max_output_tokens: int | None = None) -> Outgoing:
    """A chat as Anthropic wants it, without what Messages cannot say; raises what `nothing_left` tells."""
    max_tokens = chat.max_tokens if chat.max_tokens is not None else max_output_tokens or DEFAULT_MAX_TOKENS
    extra = said_again(chat.extra, Wire.MESSAGES)
    config: dict[str, Any] = dict(_decode(extra.pop("output_config"))) if "output_config" in extra else {}
    written = write_thinking(chat, model, max_tokens)
    if written.effort is not None:
        config["effort"] = written.effort
    if isinstance(chat.format, JsonSchema):
        config["format"] = {"type": "json_schema", "schema": chat.format.schema}
    body = {
        "model": model,
        **_conversation(chat),
        "max_tokens": max_tokens,
        **({"stream": True} if streams else {}),
        **write_tools(chat),
        **_sampling(chat),
        **({"thinking": written.thinking} if written.thinking is not None else {}),
        **({"output_config": config} if config else {}),
        **_metadata(chat),
        **write_cache(chat.cache),
        **extra,
    }
    return Outgoing(MESSAGES_PATH, _encode(body))


def _conversation(chat: Chat) -> dict[str, Any]:
    messages = chat.messages
    first = next((at for at, message in enumerate(messages) if message.role not in _SYSTEM), len(messages))
    system, rest = list(messages[:first]), list(messages[first:])
    if chat.wire is not Wire.MESSAGES:
        system += [message for message in rest if message.role in _SYSTEM]
        rest = [message for message in rest if message.role not in _SYSTEM]
    prompt = _content(system)
    turns = list(_turns(rest, own=chat.wire is Wire.MESSAGES))
    if not turns and chat.wire is not Wire.MESSAGES:
        if not prompt:
            raise nothing_left(chat)
        # Others take a system message alone; Anthropic wants somebody to answer to.
        return {"messages": [{"role": "user", "content": prompt}]}
    return {**({"system": prompt} if prompt else {}), "messages": turns}


def _turns(messages: Iterable[Message], *, own: bool) -> Iterator[dict[str, Any]]:
    for speaker, together in groupby(messages, lambda message: _SPEAKERS[message.role]):
        said = list(together)
        content = _content(said)
        if content or own:
            yield {"role": speaker, "content": content, **_extras(said)}


def _content(messages: Sequence[Message]) -> str | list[Any]:
    """What messages of one side say together."""
    match messages:
        case [Message(plain=True, parts=(Text(text=text, citations=(), cache=None, extra=None),))]:
            return text
        case _:
            return [block for message in messages for block in write_blocks(message.parts)]


def _extras(messages: Iterable[Message]) -> dict[str, Any]:
    return {name: raw for message in messages for name, raw in said_again(message.extra, Wire.MESSAGES).items()}


def _sampling(chat: Chat) -> dict[str, Any]:
    """What tells how to draw tokens, and where to stop."""
    temperature = chat.temperature
    if temperature is not None and chat.wire is not Wire.MESSAGES:
        # Elsewhere it goes up to 2; the API refuses more than 1.
        temperature = min(temperature, _MOST_TEMPERATURE)
    told = {"temperature": temperature, "top_p": chat.top_p, "top_k": chat.top_k}
    stop = {"stop_sequences": list(chat.stop)} if chat.stop else {}
    return {**{name: value for name, value in told.items() if value is not None}, **stop}


def _metadata(chat: Chat) -> dict[str, Any]:
    """Whom the caller serves; other metadata and tiers only as callers of Messages mean them."""
    own = chat.wire is Wire.MESSAGES
    metadata: dict[str, Any] = _decode(chat.metadata) if own and chat.metadata is not None else {}
    if chat.user is not None:
        metadata["user_id"] = chat.user
    tier = {"service_tier": chat.service_tier} if own and chat.service_tier is not None else {}
    return {**({"metadata": metadata} if metadata else {}), **tier}
