"""Predicting what a request would come to at each candidate: quality, cost, latency, reliability. Pure.

What is not known is None, and never zero: whoever ranks says what becomes of
it. Each value says where it comes from.
"""

from optipath_router.decide.predict.facts import Facts, facts
from optipath_router.decide.predict.predictor import Predicted, Predictor

__all__ = ["Facts", "Predicted", "Predictor", "facts"]
