"""How a target stands at one moment, for whoever asks from outside."""

from dataclasses import dataclass

from optipath_router.call.health.breaker import State
from optipath_router.decide.decision import Measured
from optipath_router.decide.health import Obstacle
from optipath_router.errors import Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a target that has been tried. Moments are of the monotonic clock."""

    breaker: State
    obstacle: Obstacle | None
    """What keeps it from being asked now."""
    attempts: int
    """Of the last one to two minutes, those that say something of the target."""
    failures: int
    last_error: Outcome | None
    last_error_at: float
    last_success_at: float
    measured: Measured | None
    """How it has answered of late."""
