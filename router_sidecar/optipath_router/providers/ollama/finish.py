"""Why Ollama ended."""

from collections.abc import Mapping
from typing import Final

from optipath_router.chat.answer import Finish

_FINISHES: Final[Mapping[str, Finish]] = {"stop": Finish.STOP, "": Finish.STOP, "length": Finish.LENGTH}
"""Releases before 2024 tell `done` and no reason."""


def finish_of(told: str, *, calls: bool) -> Finish:
    """What a `done_reason` means, and `calls`: whether the answer has tool calls, which it does not tell."""
    finish = _FINISHES.get(told, Finish.OTHER)
    return Finish.TOOL_CALLS if calls and finish is Finish.STOP else finish
