"""Why Gemini ended."""

from collections.abc import Mapping
from typing import Any, Final

from optipath_router.chat.answer import Finish

_BY_NUMBER: Final = (
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
)
"""Where the base URL asks for enumerations as numbers."""

_FINISHES: Final[Mapping[str, Finish]] = {
    "STOP": Finish.STOP,
    "MAX_TOKENS": Finish.LENGTH,
    "SAFETY": Finish.FILTERED,
    "RECITATION": Finish.FILTERED,
    "BLOCKLIST": Finish.FILTERED,
    "PROHIBITED_CONTENT": Finish.FILTERED,
    "SPII": Finish.FILTERED,
    "IMAGE_SAFETY": Finish.FILTERED,
    "IMAGE_PROHIBITED_CONTENT": Finish.FILTERED,
    "IMAGE_RECITATION": Finish.FILTERED,
    "MODEL_ARMOR": Finish.FILTERED,
}


def reason(told: Any) -> str:
    """A finishReason by its name; empty where none is told yet."""
    if isinstance(told, int):
        told = _BY_NUMBER[told] if 0 <= told < len(_BY_NUMBER) else str(told)
    return told if isinstance(told, str) and told != _BY_NUMBER[0] else ""


def finish_of(told: str, *, calls: bool) -> Finish:
    """What a finishReason means, and `calls`: whether the answer has function calls, which it does not tell."""
    finish = _FINISHES.get(told, Finish.OTHER)
    return Finish.TOOL_CALLS if calls and finish is Finish.STOP else finish
