"""The health view: what the router knows of its targets at one moment, as an immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from optipath_router.decide.decision import Measured, Reason, Warm


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a target should not be asked now, whatever the request."""

    reason: Reason
    detail: str
    until: float | None
    """The moment, on the monotonic clock, at which it passes by itself; None where that is not known."""


class Health(msgspec.Struct, frozen=True):
    """What deciding is told of the present."""

    version: int = 0
    """Grows with each change; a decision is explained by it without a copy of the view."""
    turns: Mapping[str, int] = {}
    """How many requests each route has ranked so far, by route id."""
    obstacles: Mapping[str, Obstacle] = {}
    """By the target's name."""
    in_flight: Mapping[str, int] = {}
    """Attempts under way, by the target's name; none where a target is not named."""
    measured: Mapping[str, Measured] = {}
    """How targets have answered of late, by name."""
    warm: Mapping[str, Warm] = {}
    """Where conversations were served a moment ago, by their digest."""
