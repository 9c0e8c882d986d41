"""Personal data and secrets in a text, by where they stand. Pure."""

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.scan import scan, sensitivity

__all__ = ["Found", "What", "scan", "sensitivity"]
