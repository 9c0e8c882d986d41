"""How much to think: each of the family asks for it in its own way, and all ways are read."""

from typing import Any, Final

from optipath_router.chat.chat import Thinking
from optipath_router.chat.conversation import Wire
from optipath_router.providers.members import Members, said_again
from optipath_router.providers.openai.family import Asking, Family

_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_BUDGETS: Final = ((4096, "low"), (16384, "medium"))
"""Tokens up to which a budget is an effort; what is more is a high one."""


def read_thinking(request: Members) -> Thinking | None:
    """What a request says of it, in whichever way."""
    effort = request.take("reasoning_effort", str)
    enabled = request.take("enable_thinking", bool)
    budget = request.take("thinking_budget", int)
    shown = summary = extra = None
    if switch := request.object("thinking"):  # DeepSeek, Z.AI
        if kind := switch.take("type", str):
            enabled = kind != "disabled"
        budget = switch.take("budget_tokens", int) or budget
        extra = switch.rest(Wire.CHAT)
    if reasoning := request.object("reasoning"):  # OpenRouter
        effort = reasoning.take("effort", str) or effort
        budget = reasoning.take("max_tokens", int) or budget
        told = reasoning.take("enabled", bool)
        enabled = enabled if told is None else told
        hidden = reasoning.take("exclude", bool)
        shown = None if hidden is None else not hidden
        summary = reasoning.take("summary", str)
        extra = reasoning.rest(Wire.CHAT) or extra
    thinking = Thinking(enabled, effort, budget, summary, shown, extra)
    return None if thinking == Thinking() else thinking


def write_thinking(thinking: Thinking, family: Family) -> dict[str, Any]:
    """The members of a request that say it."""
    match family.asking:
        case Asking.NOT:
            return {}
        case Asking.EFFORT:
            return _given(reasoning_effort=_effort(thinking, family))
        case Asking.SWITCH:
            return _switched(thinking, family)
        case Asking.REASONING:
            wanted = _given(
                effort=_nearest(thinking.effort, family),
                # It takes one of the two.
                max_tokens=thinking.budget_tokens if thinking.effort is None else None,
                enabled=thinking.enabled,
                exclude=None if thinking.shown is None else not thinking.shown,
                summary=thinking.summary,
            )
            return _given(reasoning=wanted | said_again(thinking.extra, Wire.CHAT) or None)
        case Asking.ENABLE:
            return _given(enable_thinking=_enabled(thinking), thinking_budget=thinking.budget_tokens)


def _switched(thinking: Thinking, family: Family) -> dict[str, Any]:
    effort = None if thinking.effort == "none" else _nearest(thinking.effort, family)
    # An effort switches it on by itself.
    on = thinking.enabled if effort is not None else _enabled(thinking)
    switch = _given(type=None if on is None else "enabled" if on else "disabled")
    return _given(thinking=switch | said_again(thinking.extra, Wire.CHAT) or None, reasoning_effort=effort)


def _enabled(thinking: Thinking) -> bool | None:
    if thinking.enabled is not None:
        return thinking.enabled
    if thinking.effort is not None:
        return thinking.effort != "none"
    return True if thinking.budget_tokens else None


def _effort(thinking: Thinking, family: Family) -> str | None:
    """The effort that is asked for, or that a budget amounts to; None where there is neither."""
    if thinking.effort is not None:
        return _nearest(thinking.effort, family)
    # Models that do not think refuse any effort, and most that do refuse `none`: that it is off is said by silence.
    if thinking.enabled is False or thinking.budget_tokens is None:
        return None
    return _nearest(next((name for most, name in _BUDGETS if thinking.budget_tokens <= most), "high"), family)


def _nearest(effort: str | None, family: Family) -> str | None:
    """The one of the family's efforts that comes nearest, the greater of two; a word that is new, as it is."""
    if effort is None or effort in family.efforts or effort not in _EFFORTS:
        return effort
    at = _EFFORTS.index(effort)
    return min(family.efforts, key=lambda known: (abs(_EFFORTS.index(known) - at), -_EFFORTS.index(known)))


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
