"""Two models: how well an order of prompts tells which of them need the strong one.

As RouteLLM (arXiv:2406.18665) and fixtures/routing/score.py define it: the
first p % of the prompts go to the strong model, and PGR(p) is how much of the
gap between the two that recovers.

    APGR    the mean of PGR over p from 0 to 100 %, by ten equal steps; a random order has 0.5
    CPT(x)  the least p at which PGR reaches x, in percent
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

_STEPS: Final = 10


class Recovered(NamedTuple):
    """How much of the gap an order recovers, and how soon."""

    apgr: float
    cpt50: float
    cpt80: float


def recovered(weak: Sequence[float], strong: Sequence[float], order: Sequence[int]) -> Recovered | None:
    """What an order of prompts comes to, neediest first; None where the two models are equally good.

    The order may name a prompt several times, or not at all, as draws for a bootstrap do.
    """
    size = len(order)
    gains = [strong[place] - weak[place] for place in order]
    gap = sum(gains)
    if not gap:
        return None
    won = [0.0, *accumulate(gains)]
    curve = [won[round(size * step / _STEPS)] / gap for step in range(_STEPS + 1)]
    area = sum(one + other for one, other in pairwise(curve)) / (2 * _STEPS)
    return Recovered(area, _reaches(curve, 0.5), _reaches(curve, 0.8))


def _reaches(curve: Sequence[float], level: float) -> float:
    for step, (low, high) in enumerate(pairwise(curve)):
        if high >= level:
            inner = (level - low) / (high - low) if high > low else 1.0
            return 100 * (step + inner) / _STEPS
    return 100.0
