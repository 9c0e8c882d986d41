"""A chat as Ollama's own API wants it."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, JsonSchema, Thinking, Tool
from optipath_router.chat.conversation import Wire
from optipath_router.providers.dialect import Outgoing
from optipath_router.providers.members import said_again
from optipath_router.providers.ollama.write_messages import messages
from optipath_router.providers.unsayable import nothing_left

_EFFORTS: Final[Mapping[str, bool | str]] = {
    "none": False,
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}


def write_chat(chat: Chat, model: str, *, streams: bool) -> Outgoing:
    """A chat for `/api/chat`; raises RequestRejected for what no dialect can make sense of."""
    said = messages(chat.messages)
    if not said:
        raise nothing_left(chat)
    body: dict[str, Any] = {
        **said_again(chat.extra, Wire.OLLAMA),
        "model": model,
        "messages": said,
        "stream": streams,
    }
    if tools := [_declared(tool) for tool in chat.tools if isinstance(tool, Tool) and not tool.custom]:
        body["tools"] = tools
    if chat.format is not None:
        body["format"] = chat.format.schema if isinstance(chat.format, JsonSchema) else "json"
    if chat.thinking is not None and (think := _think(chat.thinking)) is not None:
        body["think"] = think
    if options := _options(chat):
        body["options"] = options
    return Outgoing("/api/chat", msgspec.json.encode(body))


def _options(chat: Chat) -> dict[str, Any]:
    """How the answer should be made; nothing that the chat does not say."""
    told: dict[str, Any] = {
        "num_predict": chat.max_tokens,
        "temperature": chat.temperature,
        "top_p": chat.top_p,
        "top_k": chat.top_k,
        "stop": list(chat.stop) or None,
        "seed": chat.seed,
        "presence_penalty": chat.presence_penalty,
        "frequency_penalty": chat.frequency_penalty,
    }
    return {name: value for name, value in told.items() if value is not None}


def _think(thinking: Thinking) -> bool | str | None:
    """Whether to think, or how hard; a budget of tokens is said as the wish to think at all."""
    if thinking.enabled is False:
        return False
    if thinking.effort is not None:
        return _EFFORTS.get(thinking.effort)
    return True if thinking.enabled or thinking.budget_tokens else None


def _declared(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    # Without them, its templates fail.
    function["parameters"] = tool.parameters or {"type": "object", "properties": {}}
    return {"type": "function", "function": function}
