"""Metrics of routing, as the recordings' makers define them (fixtures/routing/score.py)."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

_STEPS: Final = 10
_GRID: Final = 400
_LAMBDAS: Final = (0.0, *(float(each) for each in np.geomspace(1.0, 1e6, 61)))
"""What a dollar is worth in quality, from nothing to everything."""


def apgr(weak: np.ndarray, strong: np.ndarray, need: np.ndarray) -> tuple[float, float, float]:
    """APGR, and the share of calls to the strong model that recovers 50 and 80 % of the gap, in percent."""
    order = np.argsort(-need, kind="stable")
    size = len(order)
    gained = np.concatenate([[0.0], np.cumsum((strong - weak)[order])]) / size / (strong - weak).mean()
    places = np.linspace(0.0, 1.0, _STEPS + 1)
    curve = gained[[round(size * place) for place in places]]
    area = float(((curve[1:] + curve[:-1]) / 2).mean())
    return area, _reaches(places, curve, 0.5), _reaches(places, curve, 0.8)


def _reaches(places: np.ndarray, curve: np.ndarray, level: float) -> float:
    for at in range(1, len(places)):
        low, high = curve[at - 1], curve[at]
        if high >= level:
            inner = (level - low) / (high - low) if high > low else 1.0
            return float(100 * (places[at - 1] + inner * (places[at] - places[at - 1])))
    return 100.0


def pool_choices(quality: np.ndarray, mean_costs: np.ndarray) -> list[np.ndarray]:
    """What each trade of quality for dollars chooses: the chosen model of every prompt."""
    # Models that cost the same are told apart by quality alone.
    return [np.argmax(quality - (worth + 1e-9) * mean_costs, axis=1) for worth in _LAMBDAS]


def pool_gain(choices: Sequence[np.ndarray], scores: np.ndarray, costs: np.ndarray) -> tuple[float, float]:
    """The hull's gain over single models mixed at random, and the cost at 98 % of the best one's quality.

    The cost is a share of the best one's.
    """
    rows = np.arange(len(scores))
    singles = list(zip(costs.mean(axis=0), scores.mean(axis=0), strict=True))
    low, high = (math.log(edge(cost for cost, _ in singles)) for edge in (min, max))
    routed = [min(singles), *((costs[rows, each].mean(), scores[rows, each].mean()) for each in choices)]
    gain = _area(_hull(routed), low, high) - _area(_hull(singles), low, high)
    best = max(quality for _, quality in singles)
    best_cost = min(cost for cost, quality in singles if quality == best)
    near = [cost for cost, quality in routed if quality >= 0.98 * best]
    return gain, float(min(near) / best_cost) if near else math.inf


def _hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The upper hull over the logarithm of cost, which does not fall."""
    rising: list[tuple[float, float]] = []
    for cost, quality in sorted((math.log(max(cost, 1e-12)), quality) for cost, quality in points):
        if not rising or quality > rising[-1][1]:
            rising.append((cost, quality))
    hull: list[tuple[float, float]] = []
    for point in rising:
        while len(hull) >= 2 and _below(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _below(first: tuple[float, float], middle: tuple[float, float], last: tuple[float, float]) -> bool:
    return (middle[1] - first[1]) * (last[0] - first[0]) <= (last[1] - first[1]) * (middle[0] - first[0])


def _area(hull: Sequence[tuple[float, float]], low: float, high: float) -> float:
    """The mean quality under a hull."""
    xs = np.linspace(low, high, _GRID + 1)
    ys = np.interp(xs, [x for x, _ in hull], [y for _, y in hull], left=0.0)
    ys[(xs < hull[0][0]) & (xs >= hull[0][0] - 1e-12)] = hull[0][1]
    return float(((ys[1:] + ys[:-1]) / 2).mean())


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, ties at their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + ends + 1) / 2)[inverse])
