"""Limits: how many requests may be under way at once in this router, and who waits for a turn."""

from optipath_router.call.limits.admit import Admit
from optipath_router.call.limits.limit import Held, Limit, leave
from optipath_router.call.limits.limits import Limits

__all__ = ["Admit", "Held", "Limit", "Limits", "leave"]
