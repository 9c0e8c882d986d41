"""Points: every part of a score on one scale, on which more is better and 0 to 1 is usual.

The scale is absolute: it does not hang on who else is a candidate, so that
one which drops out never turns the order of the others.

    cost         1 for a millionth of a dollar, 0 for a dollar; each tenfold takes a sixth
    latency      1 for a tenth of a second, 0 for 100 seconds; each tenfold takes a third
    quality      as it is
    reliability  as it is

Money and time are felt in proportions: twice as dear is as much worse between
a cent and two as between a dollar and two. What is dearer than a dollar, or
takes longer than 100 seconds, has less than 0 points.
"""

from collections.abc import Iterable
from math import log10
from typing import Final

COST_DECADE: Final = 1 / 6
_LEAST_DOLLARS: Final = 1e-9
"""What is free, and what is as good as that, are alike."""
_LATENCY_DECADE: Final = 1 / 3
_LEAST_SECONDS: Final = 1e-3
_NEUTRAL: Final = 0.5


def cost_points(dollars: float) -> float:
    """Points of a cost."""
    return -COST_DECADE * log10(max(_LEAST_DOLLARS, dollars))


def latency_points(seconds: float) -> float:
    """Points of a length of time."""
    return _LATENCY_DECADE * (2 - log10(max(_LEAST_SECONDS, seconds)))


def same_points(value: float) -> float:
    """Points of what is 0 to 1 by itself."""
    return value


def unknown_points(known: Iterable[float]) -> float:
    """Points of a value that is not known: the worst among the candidates, so that nobody gains by saying nothing."""
    return min(known, default=_NEUTRAL)
