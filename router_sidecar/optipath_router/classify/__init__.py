"""From a request to its features. Pure."""

from optipath_router.classify.features import features

__all__ = ["features"]
