"""Tools that a caller of Messages offers, and how free the model is to call them."""

from typing import Final

import msgspec

from optipath_router.chat.chat import Choosing, HostedTool, Tool, ToolChoice
from optipath_router.chat.conversation import Wire
from optipath_router.chat.request import MAX_MESSAGES
from optipath_router.providers.anthropic.read_blocks import read_cache
from optipath_router.providers.members import Members, refused

_CHOICES: Final = {"auto": Choosing.AUTO, "any": Choosing.REQUIRED, "tool": Choosing.ONE, "none": Choosing.NONE}


def read_tools(members: Members) -> tuple[Tool | HostedTool, ...]:
    """The tools of a request."""
    raws = members.take("tools", list[msgspec.Raw]) or []
    if len(raws) > MAX_MESSAGES:
        raise refused(members.at("tools"), f"has {len(raws)} tools, more than {MAX_MESSAGES}")
    return tuple(_tool(raw, f"{members.at('tools')}[{index}]") for index, raw in enumerate(raws))


def read_choice(members: Members) -> tuple[ToolChoice | None, bool | None]:
    """The choice among the tools, and whether several may be called at once."""
    choice = members.object("tool_choice")
    if choice is None:
        return None, None
    kind = choice.needed("type", str)
    if kind not in _CHOICES:
        raise refused(choice.at("type"), f"is {kind!r}, and none of {', '.join(_CHOICES)}")
    alone = choice.take("disable_parallel_tool_use", bool)
    name = choice.needed("name", str) if kind == "tool" else None
    chosen = ToolChoice(_CHOICES[kind], (name,) if name is not None else (), extra=choice.rest(Wire.MESSAGES))
    return chosen, None if alone is None else not alone


def _tool(raw: msgspec.Raw, path: str) -> Tool | HostedTool:
    members = Members(raw, path)
    kind = members.take("type", str) or "custom"
    if kind != "custom":
        return HostedTool(Wire.MESSAGES, raw.copy(), kind)
    return Tool(
        members.needed("name", str),
        members.take("description", str),
        members.raw("input_schema"),
        members.take("strict", bool),
        cache=read_cache(members),
        extra=members.rest(Wire.MESSAGES),
    )
