"""Why an answer ended, in OpenAI's words and in those of providers who speak its dialect with an accent."""

from collections.abc import Mapping
from typing import Final

from optipath_router.chat.answer import Finish

_READ: Final[Mapping[str, Finish]] = {
    "stop": Finish.STOP,
    "eos": Finish.STOP,  # Together
    "eos_token": Finish.STOP,  # text-generation-inference
    "stop_sequence": Finish.STOP,
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "model_length": Finish.WINDOW,  # Mistral
    "tool_calls": Finish.TOOL_CALLS,
    "function_call": Finish.TOOL_CALLS,
    "content_filter": Finish.FILTERED,
    "sensitive": Finish.FILTERED,  # Z.AI
    "refusal": Finish.REFUSED,
}
_WRITTEN: Final[Mapping[Finish, str]] = {
    Finish.STOP: "stop",
    Finish.LENGTH: "length",
    Finish.WINDOW: "length",
    Finish.TOOL_CALLS: "tool_calls",
    Finish.FILTERED: "content_filter",
    Finish.REFUSED: "content_filter",
    Finish.PAUSED: "length",
    # Not all was said, whatever the reason: the one word that tells an app so.
    Finish.OTHER: "length",
}
FUNCTION_CALL: Final = "function_call"
"""What `tool_calls` was before there were tools."""


def read_finish(told: str) -> Finish:
    """What a provider's word means."""
    return _READ.get(told, Finish.OTHER)


def write_finish(finish: Finish, *, legacy: bool = False, refused: bool = False) -> str:
    """OpenAI's word for it; one of a refusal that is told as such is `stop`."""
    if legacy and finish is Finish.TOOL_CALLS:
        return FUNCTION_CALL
    if refused and finish is Finish.REFUSED:
        return "stop"
    return _WRITTEN[finish]
