"""From a request to its features. Pure: the time, and what understands a text, are handed in."""

from optipath_router.classify.features import features
from optipath_router.classify.senses import NO_SENSES, OF_MODEL, LoadSenses, Senses, own_senses
from optipath_router.classify.understand import understand

__all__ = ["NO_SENSES", "OF_MODEL", "LoadSenses", "Senses", "features", "own_senses", "understand"]
