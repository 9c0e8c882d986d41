"""Why an answer ended, as Messages tells it, and back."""

from collections.abc import Mapping
from typing import Any, Final

from optipath_router.chat.answer import Finish

FINISHES: Final[Mapping[str, Finish]] = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.WINDOW,
    "tool_use": Finish.TOOL_CALLS,
    "refusal": Finish.REFUSED,
    "pause_turn": Finish.PAUSED,
}
_WORDS: Final[Mapping[Finish, str]] = {
    Finish.STOP: "end_turn",
    Finish.LENGTH: "max_tokens",
    Finish.WINDOW: "model_context_window_exceeded",
    Finish.TOOL_CALLS: "tool_use",
    Finish.FILTERED: "refusal",
    Finish.REFUSED: "refusal",
    Finish.PAUSED: "pause_turn",
}


def read_finish(stop_reason: Any) -> tuple[Finish, str]:
    """What a stop reason means, and the reason itself."""
    told = stop_reason if isinstance(stop_reason, str) else ""
    return FINISHES.get(told, Finish.OTHER), told


def write_finish(finish: Finish, told: str, stop_sequence: str | None, *, calls: bool) -> str:
    """The stop reason of an answer; `calls` tells whether it calls the caller's tools.

    Some providers say that they stopped where they call a tool; in Messages that is `tool_use`. A reason that nobody
    else knows stays in the provider's word.
    """
    if FINISHES.get(told) is finish:
        return told
    if finish is Finish.OTHER:
        return told or "end_turn"
    if finish is Finish.STOP and calls:
        return "tool_use"
    if finish is Finish.STOP and stop_sequence is not None:
        return "stop_sequence"
    return _WORDS[finish]
