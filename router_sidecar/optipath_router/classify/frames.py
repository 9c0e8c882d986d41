"""Frames: the tokens that a provider puts around what it is asked, by the family of its model.

Fitted to one half of the recorded exchanges, and measured on the other (README.md). A family is known by the name
that the app asked for; where that says nothing, as an alias may, by the format in which it asked.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from optipath_router.chat.conversation import Wire


class Frame(NamedTuple):
    """Tokens that nobody wrote, and the price of what somebody did."""

    prompt: float
    """Around all of it."""
    message: float
    """Around each message."""
    text: float = 1.0
    """For each token of text, as chat/tokens.py counts it."""
    tools: float = 10.0
    """Around all tools, where there are any."""
    tool: float = 5.0
    """Around each tool."""
    schema: float = 0.8
    """For each token of a tool's JSON; some providers tell it in shorter words."""
    form: float = 1.0
    """For each token of the JSON schema that the answer must keep to."""
    calls: float = 0.5
    """For each token of the calls that were made, as JSON; their ids and types are told nobody."""


_GPT: Final = Frame(3, 4, tools=10, tool=0, schema=0.6)
_CLAUDE: Final = Frame(5, 2, text=1.1, tools=490, tool=15, schema=1.15)
_NONE: Final = Frame(0, 0)
_BARE: Final = frozenset({Wire.COMPLETIONS, Wire.EMBEDDINGS, Wire.MODERATIONS})
"""Formats whose prompts are read as they are."""
FRAMES: Final[Mapping[str, Frame]] = {
    "claude": _CLAUDE,
    "gemini": Frame(0, 1, tools=0, tool=0, schema=0.5, form=0),
    "gpt-oss": Frame(70, 4, tools=30, tool=5, schema=0.3),
    "deepseek": Frame(2, 5, tools=200, tool=5, schema=1.2),
    "qwen": Frame(5, 7, tools=80, tool=7, schema=1.05),
    "llama": Frame(3, 8),
    "mistral": Frame(3, 4, tools=0, tool=19),
    "magistral": Frame(3, 4, tools=0, tool=19),
    "grok": Frame(190, 4),
}
"""By what stands in a model's name, the first that does."""


@lru_cache(maxsize=256)
def frame_of(model: str, wire: Wire) -> Frame:
    """The frame of a model, by its name or else by the format of the request."""
    if wire in _BARE:
        return _NONE
    name = model.lower()
    known = next((frame for family, frame in FRAMES.items() if family in name), None)
    return known or (_CLAUDE if wire in (Wire.MESSAGES, Wire.COUNT_TOKENS) else _GPT)
