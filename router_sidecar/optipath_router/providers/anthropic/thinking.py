"""How much to think: what a caller of Messages says of it, and how each generation of Claude is told.

Up to Claude 4.5, thinking is turned on with a budget of tokens; from 4.6 on the
model decides by itself (`adaptive`), and an effort tells how eager it is. What
came in Messages is said again as it came.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from optipath_router.chat.chat import Chat, Choosing, Thinking
from optipath_router.chat.conversation import Extra, Message, Reasoning, Role, Wire
from optipath_router.providers.members import Members, said_again

MIN_BUDGET: Final = 1024
"""The least that the API takes for a budget; it must also be less than the limit of the answer."""
_MOST_BUDGET: Final = 32_000
_SHARES: Final[Mapping[str, float]] = {"minimal": 0.1, "low": 0.2, "medium": 0.5, "high": 0.8, "xhigh": 0.9, "max": 0.9}
"""Of the answer's limit, what an effort may think."""
_EFFORTS: Final[Mapping[str, str]] = {"minimal": "low"}
_BUDGET_EFFORTS: Final = ((2_048, "low"), (8_192, "medium"), (24_576, "high"))
_ADAPTIVE: Final = (4, 6)
_XHIGH: Final = (4, 7)
"""Claude 4.6 refuses the effort `xhigh`, as recorded."""
# claude-opus-4-6, claude-sonnet-4-20250514, claude-3-7-sonnet-latest, anthropic/claude-4.5-haiku: a date is no minor.
_VERSION: Final = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)")
_ENABLED: Final = {"enabled": True, "adaptive": True, "disabled": False}
_DISPLAYS: Final = {"summarized": True, "omitted": False}


class Written(msgspec.Struct, frozen=True):
    """What a request says of thinking."""

    thinking: dict[str, Any] | None = None
    effort: str | None = None


def read_thinking(members: Members | None, effort: str | None) -> Thinking | None:
    """What the members `thinking` and `output_config.effort` say."""
    if members is None:
        return Thinking(effort=effort) if effort else None
    kind = members.take("type", str)
    budget = members.take("budget_tokens", int)
    display = members.take("display", str)
    rest = dict(extra.members) if (extra := members.rest(Wire.MESSAGES)) else {}
    if display is not None and display not in _DISPLAYS:
        rest["display"] = msgspec.Raw(msgspec.json.encode(display))
    enabled = _ENABLED.get(kind or "")
    if kind is not None and kind != _kind(enabled=enabled, budget=budget):
        rest["type"] = msgspec.Raw(msgspec.json.encode(kind))
    return Thinking(
        enabled=enabled,
        effort=effort,
        budget_tokens=budget,
        shown=_DISPLAYS.get(display or ""),
        extra=Extra(Wire.MESSAGES, rest) if rest else None,
    )


def write_thinking(chat: Chat, model: str, max_tokens: int) -> Written:
    """What to say of thinking to a model whose answer may be this long."""
    thinking = chat.thinking
    if thinking is None:
        return Written()
    if chat.wire is Wire.MESSAGES:
        return Written(_as_asked(thinking), thinking.effort)
    version = model_version(model)
    if thinking.enabled is False or thinking.effort == "none" or thinking.budget_tokens == 0:
        # Older ones do not think unasked, and some of them know no thinking that could be turned off.
        return Written() if version < _ADAPTIVE else Written({"type": "disabled"})
    if thinking.enabled is None and thinking.effort is None and thinking.budget_tokens is None:
        return Written()
    if version < _ADAPTIVE:
        return Written(_with_budget(thinking, max_tokens) if _may_think(chat.messages) and not _forced(chat) else None)
    return Written(None if _forced(chat) else _adaptive(thinking), _effort(thinking, version))


def model_version(model: str) -> tuple[int, int]:
    """Major and minor of a Claude by its name; one that tells none is taken for new."""
    found = _VERSION.search(model)
    return (int(found[1]), int(found[2] or 0)) if found else (99, 0)


def _kind(*, enabled: bool | None, budget: int | None) -> str | None:
    """The type that says whether to think, and within a budget."""
    if enabled is None:
        return None
    if not enabled:
        return "disabled"
    return "adaptive" if budget is None else "enabled"


def _display(*, shown: bool | None) -> dict[str, str]:
    return {} if shown is None else {"display": "summarized" if shown else "omitted"}


def _as_asked(thinking: Thinking) -> dict[str, Any] | None:
    kind = _kind(enabled=thinking.enabled, budget=thinking.budget_tokens)
    return {
        **({"type": kind} if kind is not None else {}),
        **({"budget_tokens": thinking.budget_tokens} if thinking.budget_tokens is not None else {}),
        **_display(shown=thinking.shown),
        **said_again(thinking.extra, Wire.MESSAGES),
    } or None


def _forced(chat: Chat) -> bool:
    """Whether a tool must be called, which the API refuses together with thinking."""
    choice = chat.tool_choice
    return bool(chat.tools) and choice is not None and choice.choosing in {Choosing.REQUIRED, Choosing.ONE}


def _may_think(messages: Sequence[Message]) -> bool:
    """Whether a model may think within a budget.

    The API refuses it where the model goes on after a tool's result with what it did not begin with a thought, and
    callers in most formats bring no thoughts back.
    """
    if not messages or messages[-1].role is not Role.TOOL:
        return True
    calling = next((message for message in reversed(messages) if message.role is Role.ASSISTANT), None)
    first = calling.parts[0] if calling is not None and calling.parts else None
    return isinstance(first, Reasoning) and first.wire is Wire.MESSAGES


def _adaptive(thinking: Thinking) -> dict[str, Any]:
    """Thinking as the model likes; who asks for a summary wants to see one."""
    shown = True if thinking.shown is None and thinking.summary is not None else thinking.shown
    return {"type": "adaptive", **_display(shown=shown)}


def _with_budget(thinking: Thinking, max_tokens: int) -> dict[str, Any] | None:
    """Thinking within a budget; none where the answer's limit leaves no room for the least of it."""
    budget = thinking.budget_tokens
    if budget is None:
        budget = int(max_tokens * _SHARES.get(thinking.effort or "medium", _SHARES["medium"]))
    budget = min(max(budget, MIN_BUDGET), _MOST_BUDGET, max_tokens - 1)
    return {"type": "enabled", "budget_tokens": budget} if budget >= MIN_BUDGET else None


def _effort(thinking: Thinking, version: tuple[int, int]) -> str | None:
    if thinking.effort is not None:
        effort = _EFFORTS.get(thinking.effort, thinking.effort)
        return "high" if effort == "xhigh" and version < _XHIGH else effort
    if thinking.budget_tokens is None or thinking.budget_tokens < 0:
        return None
    return next((effort for most, effort in _BUDGET_EFFORTS if thinking.budget_tokens <= most), "max")
