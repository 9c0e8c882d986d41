"""A caller's input items, and the messages that they are.

What the model said in one go (thoughts, messages, tool calls) comes as one
item each, and becomes one message. Its ids stand in the parts. A message of
its own begins

- where somebody else speaks, or a tool answers;
- where the model's next message begins, unless it has called tools in this
  one: calls belong together, for their results come together;
- where a member stands that nobody but this dialect knows.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from optipath_router.chat.conversation import (
    Extra,
    Hosted,
    Message,
    Part,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.members import Members, bounded, refused
from optipath_router.providers.responses.read_parts import read_content
from optipath_router.providers.responses.thoughts import read_thoughts, unseal

_ROLES: Final = {
    "user": Role.USER,
    "system": Role.SYSTEM,
    "developer": Role.DEVELOPER,
    "assistant": Role.ASSISTANT,
}
_COMPLETED: Final = b'"completed"'
_TELLING: Final = ("_output", "_response")
"""How the types end of items in which the caller answers a tool that the provider knows."""


def read_items(items: Iterable[msgspec.Raw], path: str) -> tuple[Message, ...]:
    """The messages that items are, in a list at this path; raises RequestRejected for one that is none."""
    messages: list[Message] = []
    signatures: dict[str, str] = {}
    running: _Running | None = None
    read = (_message(item, f"{path}[{index}]", signatures) for index, item in enumerate(items))
    for message in bounded((each for each in read if each is not None), path):
        if running is not None and running.takes(message):
            running.add(message)
            continue
        if running is not None:
            messages.append(running.whole())
        running = _Running(message)
    if running is not None:
        messages.append(running.whole())
    return tuple(_signed(message, signatures) for message in messages) if signatures else tuple(messages)


class _Running:
    """A message while the next item may still belong to it."""

    __slots__ = ("_calls", "_first", "_parts")

    def __init__(self, first: Message) -> None:
        self._first = first
        self._parts = list(first.parts)
        self._calls = _calls(first)

    def takes(self, message: Message) -> bool:
        """Whether what the model says belongs to what it said just before."""
        first = self._first
        if not first.role is message.role is Role.ASSISTANT or first.extra or message.extra:
            return False
        words = Text | Refusal
        return self._calls or not (isinstance(self._parts[-1], words) and isinstance(message.parts[0], words))

    def add(self, message: Message) -> None:
        """Let it go on with what another item says."""
        self._parts += message.parts
        self._calls = self._calls or _calls(message)

    def whole(self) -> Message:
        """The message once nothing more belongs to it."""
        if len(self._parts) == len(self._first.parts):
            return self._first
        return replace(self._first, parts=tuple(self._parts), plain=False)


def _calls(message: Message) -> bool:
    return any(isinstance(part, ToolCall) for part in message.parts)


def _signed(message: Message, signatures: Mapping[str, str]) -> Message:
    """A message with the signatures of its tool calls, which were carried beside them."""
    parts = tuple(
        replace(part, signature=signatures.get(part.id)) if isinstance(part, ToolCall) else part
        for part in message.parts
    )
    return replace(message, parts=parts)


def _message(raw: msgspec.Raw, path: str, signatures: dict[str, str]) -> Message | None:
    """The message that an item is; None where it only carries the signature of a call."""
    item = Members(raw, path)
    kind = item.take("type", str)
    if kind == "message" or (kind is None and "role" in item):
        return _said(item)
    if kind is None:
        if "id" not in item:
            raise refused(item.path, "has neither a type nor a role")
        kind = "item_reference"
    if kind == "reasoning":
        return _thought(item, signatures)
    if read := _READERS.get(kind):
        return read(item)
    return _hosted(kind, raw.copy())


def _said(item: Members) -> Message:
    named = item.needed("role", str)
    role = _ROLES.get(named)
    if role is None:
        raise refused(item.at("role"), f"is {named!r}, and none of {', '.join(_ROLES)}")
    content = read_content(item, "content")
    name, phase = item.take("id", str), item.take("phase", str) if role is Role.ASSISTANT else None
    extra = _rest(item)
    if role is not Role.ASSISTANT:
        return Message(role, content.parts, content.plain, extra=extra)
    parts = tuple(_named(part, name, phase) for part in content.parts) or (Text("", item=name, phase=phase),)
    return Message(role, parts, content.plain, extra=extra)


def _named(part: Part, name: str | None, phase: str | None) -> Part:
    """A part of the model's message, with the message's own id."""
    match part:
        case Text():
            return replace(part, item=name, phase=phase)
        case Refusal():
            return replace(part, item=name)
        case _:
            return part


def _thought(item: Members, signatures: dict[str, str]) -> Message | None:
    encrypted = item.take("encrypted_content", str)
    carried = unseal(encrypted)
    if carried is not None and carried.call is not None:
        signatures[carried.call] = carried.signature or ""
        return None
    summaries = [part.needed("text", str) for part in item.each("summary")]
    texts = [part.needed("text", str) for part in item.each("content")]
    thoughts = read_thoughts(item.take("id", str), summaries, texts, encrypted)
    return Message(Role.ASSISTANT, thoughts, extra=_rest(item))


def _call(item: Members, *, said: str = "arguments", custom: bool = False) -> Message:
    call = ToolCall(
        item.needed("call_id", str),
        item.needed("name", str),
        item.needed(said, str),
        custom=custom,
        item=item.take("id", str),
        extra=_rest(item),
    )
    return Message(Role.ASSISTANT, (call,))


def _custom_call(item: Members) -> Message:
    return _call(item, said="input", custom=True)


def _result(item: Members, *, custom: bool = False) -> Message:
    call_id, content = item.needed("call_id", str), read_content(item, "output")
    # It only finds the item again where a provider has kept it, and here it stands whole.
    item.take("id", str)
    parts = tuple(part for part in content.parts if not isinstance(part, Refusal))
    result = ToolResult(call_id, parts, custom=custom, name=item.take("name", str), extra=_rest(item))
    return Message(Role.TOOL, (result,))


def _custom_result(item: Members) -> Message:
    return _result(item, custom=True)


def _hosted(kind: str, raw: msgspec.Raw) -> Message:
    """An item of a tool that the provider runs, or knows by a name of its own."""
    role = Role.TOOL if kind.endswith(_TELLING) else Role.ASSISTANT
    if kind == "additional_tools":
        role = Role.DEVELOPER
    return Message(role, (Hosted(Wire.RESPONSES, raw, kind),))


def _rest(item: Members) -> Extra | None:
    """What else an item says, but that it is complete, or a call of the model's: that goes without saying."""
    status, caller = item.raw("status"), item.raw("caller")
    left = item.rest(Wire.RESPONSES)
    members = dict(left.members) if left else {}
    if status is not None and bytes(status) != _COMPLETED:
        members["status"] = status
    if caller is not None and Members(caller, item.at("caller")).take("type", str) != "direct":
        members["caller"] = caller
    return Extra(Wire.RESPONSES, members) if members else None


_READERS: Final[Mapping[str, Callable[[Members], Message]]] = {
    "function_call": _call,
    "custom_tool_call": _custom_call,
    "function_call_output": _result,
    "custom_tool_call_output": _custom_result,
}
