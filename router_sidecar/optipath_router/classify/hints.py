"""Hints: what a caller says of its request, in headers `x-optipath-hint-…`.

A hint takes the place of what the router would see itself, where a policy
allows it. One that cannot be understood counts for nothing, and that is noted,
without its value: nobody knows what an app writes into a header.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from optipath_router.chat.features import TaskType, Timeliness

PREFIX: Final = "x-optipath-hint-"
LATENCY: Final = "latency"
"""No feature of its own: it says whether the request is urgent, and nothing of whether it is fresh."""
_TASKS: Final = {task.lower(): task for task in TaskType}
_WORDS: Final = {word.lower(): word for word in Timeliness}


class Hint(msgspec.Struct, frozen=True):
    """One hint: which feature it is about, and its value; None where it was not understood."""

    header: str
    feature: str
    value: Any
    wanted: str
    """What would be understood."""


def hints(headers: Mapping[str, str]) -> Iterator[Hint]:
    """The hints among a request's headers."""
    for name, (feature, read, wanted) in _KINDS.items():
        header = PREFIX + name
        if (text := headers.get(header)) is not None:
            yield Hint(header, feature, read(text.strip().lower()), wanted)


def _task(text: str) -> tuple[tuple[TaskType, float], ...] | None:
    task = _TASKS.get(text)
    return None if task is None else ((task, 1.0),)


def _difficulty(text: str) -> float | None:
    try:
        difficulty = float(text)
    except ValueError:
        return None
    return difficulty if 0 <= difficulty <= 1 else None


def _language(text: str) -> str | None:
    # `en-GB` is English; which one, no policy asks.
    primary = text.partition("-")[0]
    return primary if len(primary) == 2 and primary.isascii() and primary.isalpha() else None


def _timeliness(text: str) -> frozenset[Timeliness] | None:
    if text == "none":
        return frozenset()
    found = [_WORDS.get(word.strip()) for word in text.split(",")]
    return frozenset(word for word in found if word) if all(found) else None


def _latency(text: str) -> bool | None:
    return {"low": True, "any": False}.get(text)


_KINDS: Final[Mapping[str, tuple[str, Callable[[str], Any], str]]] = {
    "task": ("tasks", _task, "a task type such as Code"),
    "difficulty": ("difficulty", _difficulty, "a number from 0 to 1"),
    "language": ("language", _language, "a language such as en"),
    "timeliness": ("timeliness", _timeliness, "Fresh, Urgent, both with a comma, or none"),
    "latency": (LATENCY, _latency, "low or any"),
}
