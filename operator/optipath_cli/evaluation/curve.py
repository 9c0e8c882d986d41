"""Curves of quality over cost, and their hulls, as fixtures/routing/score.py defines them."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

_GRID: Final = 400
_LEAST_DOLLARS: Final = 1e-12
_NEAR: Final = 0.98
_BENDS: Final = 80


class Point(NamedTuple):
    """What deciding in one way comes to."""

    cost: float
    """Dollars a request, in the mean."""
    quality: float
    """0 to 1, in the mean."""


def hull(points: Iterable[Point]) -> list[Point]:
    """The upper hull over the logarithm of cost, which does not fall; from the cheapest on."""
    rising: list[Point] = []
    for point in sorted(points):
        if not rising or point.quality > rising[-1].quality:
            rising.append(point)
    found: list[Point] = []
    for point in rising:
        while len(found) >= 2 and _below(found[-2], found[-1], point):
            found.pop()
        found.append(point)
    return found


def area(curve: Sequence[Point], low: float, high: float) -> float:
    """The mean quality under a hull between two costs, on a logarithmic scale."""
    start, end = _log(low), _log(high)
    if not curve or end <= start:
        return 0.0
    heights = [_height(curve, start + (end - start) * step / _GRID) for step in range(_GRID + 1)]
    return (sum(heights) - (heights[0] + heights[-1]) / 2) / _GRID


def gain(singles: Sequence[Point], routed: Iterable[Point]) -> float:
    """How much the hull of what is routed lies above that of single models, in the mean.

    Both are straight over the logarithm of cost, where mixing two models at random falls short of such a line.
    """
    low, high = min(single.cost for single in singles), max(single.cost for single in singles)
    return area(hull([min(singles), *routed]), low, high) - area(hull(singles), low, high)


def cost_near_best(singles: Sequence[Point], routed: Iterable[Point]) -> float | None:
    """The least cost at 98 % of the best single model's quality, as a share of its cost; None if never reached."""
    best = best_single(singles)
    near = [point.cost for point in (min(singles), *routed) if point.quality >= _NEAR * best.quality]
    return min(near) / best.cost if near and best.cost else None


def best_single(singles: Iterable[Point]) -> Point:
    """The model of the highest quality; of equal ones the cheapest."""
    return min(singles, key=lambda single: (-single.quality, single.cost))


def cost_at_equal_quality(singles: Sequence[Point], quality: float) -> float | None:
    """What single models mixed at random cost at least for this quality; None where no mixture reaches it."""
    found = [
        one.cost + (other.cost - one.cost) * (quality - one.quality) / (other.quality - one.quality)
        for one in singles
        for other in singles
        if one.quality < quality < other.quality
    ]
    return min([*found, *(single.cost for single in singles if single.quality >= quality)], default=None)


def mixtures(singles: Sequence[Point]) -> list[Point]:
    """What single models mixed at random come to: a straight line over cost, and bent over its logarithm."""
    low, high = min(singles).quality, best_single(singles).quality
    heights = [low + (high - low) * step / _BENDS for step in range(_BENDS + 1)]
    found = ((cost_at_equal_quality(singles, height), height) for height in heights)
    return [Point(cost, height) for cost, height in found if cost is not None]


def _below(first: Point, middle: Point, last: Point) -> bool:
    rise, run = middle.quality - first.quality, _log(last.cost) - _log(first.cost)
    return rise * run <= (last.quality - first.quality) * (_log(middle.cost) - _log(first.cost))


def _height(curve: Sequence[Point], x: float) -> float:
    first = _log(curve[0].cost)
    if x <= first:
        return curve[0].quality if x >= first - 1e-12 else 0.0
    for one, other in pairwise(curve):
        start, end = _log(one.cost), _log(other.cost)
        if x <= end:
            return one.quality + (other.quality - one.quality) * (x - start) / (end - start)
    return curve[-1].quality


def _log(cost: float) -> float:
    return math.log(max(cost, _LEAST_DOLLARS))
