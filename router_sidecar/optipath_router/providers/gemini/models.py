"""Models by name: their paths, and how the older ones want to be spoken to."""

import re
from typing import Final
from urllib.parse import quote

_OLDER: Final = re.compile(r"(?:.*/)?gemini-[12](?:\.|-|$)")


def path(model: str, method: str) -> str:
    """Where a method of a model is, behind the base URL."""
    return f"/{quote(resource(model), safe='/')}:{method}"


def resource(model: str) -> str:
    """A model as a resource: `models/x`, `tunedModels/x`."""
    return model if "/" in model else f"models/{model}"


def older(model: str) -> bool:
    """Whether it comes before Gemini 3.

    Then it thinks within a budget of tokens and not at a level, wants no
    signature before a function call, and no files inside a function's response.
    """
    return _OLDER.match(model) is not None
