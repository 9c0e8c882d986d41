"""The health view: what the router knows of its targets at one moment, as an immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Health:
    """What deciding is told of the present."""

    version: int = 0
    """Grows with each change; a decision is explained by it without a copy of the view."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """How many requests each route has ranked so far, by route id."""
