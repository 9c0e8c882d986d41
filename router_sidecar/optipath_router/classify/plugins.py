"""What recognisers of users' own see in a request, checked and put in the place of what we see ourselves."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from optipath_router.chat.features import Features, TaskType
from optipath_router.chat.request import ChatRequest

LABELS: Final = 1
"""Version of the words for task types. A recogniser that was written for others is not taken at its word."""
_LONGEST: Final = 63


class Recognised(msgspec.Struct, frozen=True):
    """What a recogniser sees; None where it says nothing, and ours stays."""

    tasks: Mapping[str, float] | None = None
    """Task types with their probabilities."""
    domain: str | None = None
    difficulty: float | None = None
    """0 to 1."""
    language: str | None = None
    """ISO 639-1."""
    labels: int = LABELS


Recogniser = Callable[[ChatRequest, Features], Recognised | None]
"""Takes a request and what is seen in it so far."""


def refined(features: Features, found: Recognised, by: str) -> Features:
    """The features with what a recogniser sees; raises ValueError for what no feature can be."""
    if found.labels != LABELS:
        raise ValueError(f"its labels are of version {found.labels}, and this router's of version {LABELS}")
    told: dict[str, object] = {}
    if found.tasks is not None:
        told["tasks"] = _tasks(found.tasks)
    if found.difficulty is not None:
        if not 0 <= found.difficulty <= 1:
            raise ValueError(f"a difficulty of {found.difficulty} is not between 0 and 1")
        told["difficulty"] = float(found.difficulty)
    for name, word in (("domain", found.domain), ("language", found.language)):
        if word is not None:
            if not 0 < len(word) <= _LONGEST:
                raise ValueError(f"a {name} must have 1 to {_LONGEST} characters, not {len(word)}")
            told[name] = word
    seen = {**(features.seen or {}), **dict.fromkeys(told, f"plug-in {by}")}
    return replace(features, **told, seen=seen) if told else features


def _tasks(found: Mapping[str, float]) -> tuple[tuple[TaskType, float], ...]:
    """Task types, the likeliest first; what they add up to is made 1."""
    shares = [(TaskType(name), float(share)) for name, share in found.items()]
    total = sum(share for _, share in shares)
    if not 0 < total < float("inf") or any(share < 0 for _, share in shares):
        raise ValueError("probabilities of task types must not be below 0, and add up to something")
    return tuple(sorted(((task, share / total) for task, share in shares), key=lambda each: (-each[1], each[0])))
