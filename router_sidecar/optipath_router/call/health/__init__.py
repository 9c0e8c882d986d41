"""The health of targets: what counts against one, and when it may be asked again. Logic only; time is handed in."""

from optipath_router.call.health.budget import RetryBudget
from optipath_router.call.health.healths import USUAL, Healths, HealthSettings

__all__ = ["USUAL", "HealthSettings", "Healths", "RetryBudget"]
