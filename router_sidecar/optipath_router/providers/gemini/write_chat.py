"""A chat as Gemini wants it."""

from typing import Any

import msgspec

from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Wire
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.gemini.models import path, resource
from optipath_router.providers.gemini.write_config import generation_config
from optipath_router.providers.gemini.write_parts import contents, instruction
from optipath_router.providers.gemini.write_tools import tool_config, tools
from optipath_router.providers.members import said_again
from optipath_router.providers.unsayable import nothing_left


def write_chat(chat: Chat, model: str, *, streams: bool) -> Outgoing:
    """A chat for `generateContent` or its stream; raises RequestRejected for what no dialect can make sense of."""
    # Without `alt=sse` a stream is one long JSON list.
    method = "streamGenerateContent?alt=sse" if streams else "generateContent"
    return Outgoing(path(model, method), msgspec.json.encode(_body(chat, model)))


def write_count(chat: Chat, model: str) -> Outgoing:
    """A chat for `countTokens`."""
    request = {"model": resource(model), **_body(chat, model)}
    return Outgoing(path(model, "countTokens"), msgspec.json.encode({"generateContentRequest": request}))


def _body(chat: Chat, model: str) -> dict[str, Any]:
    """The request: what is said, what may be called, and how to answer."""
    system, said = instruction(chat.messages), contents(chat.messages, model)
    if not said and not system:
        raise nothing_left(chat)
    if not said:
        # Others take a system message alone; Gemini wants somebody to answer to.
        system, said = [], [{"role": "user", "parts": system}]
    body: dict[str, Any] = {**said_again(chat.extra, Wire.GEMINI), "contents": said}
    if system:
        body["systemInstruction"] = {"parts": system}
    if offered := tools(chat):
        body["tools"] = offered
    if config := tool_config(chat):
        body["toolConfig"] = config
    if how := generation_config(chat, model):
        body["generationConfig"] = how
    return body
