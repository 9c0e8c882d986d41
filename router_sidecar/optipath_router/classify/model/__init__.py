"""The routing model: task type, domain, difficulty and expected quality, from the text alone."""

from functools import cache
from pathlib import Path
from typing import Final

from optipath_router.classify.model.format import Unreadable, decode
from optipath_router.classify.model.model import RoutingModel
from optipath_router.classify.model.pools import Outlook
from optipath_router.classify.model.prediction import Prediction

__all__ = ["SHIPPED", "Outlook", "Prediction", "RoutingModel", "Unreadable", "load", "shipped"]

SHIPPED: Final = Path(__file__).with_name("routing.model")
"""The file in the package."""


def load(data: bytes) -> RoutingModel:
    """The model that a file holds; raises Unreadable."""
    return RoutingModel(decode(data))


@cache
def shipped() -> RoutingModel:
    """The model in the package, read once."""
    return load(SHIPPED.read_bytes())
