"""Whether a text asks for facts of today, and whether its author is in a hurry. Pure."""

from optipath_router.classify.timeliness.timeliness import Timely, timeliness

__all__ = ["Timely", "timeliness"]
