"""Bootstrap: how far a number would move had other prompts been recorded."""

import random
from collections.abc import Callable, Iterable, Sequence
from operator import mul
from typing import NamedTuple


class Figure(NamedTuple):
    """A number with the interval that 95 % of the draws lie in."""

    value: float
    low: float
    high: float


Weights = Sequence[int]
"""How often each prompt was drawn."""


class Draws:
    """The same draws for every number, so that numbers can be compared draw by draw."""

    def __init__(self, size: int, count: int, seed: int) -> None:
        """Draw `size` prompts with replacement, `count` times."""
        chance = random.Random(seed)  # noqa: S311  repeatable is what it must be
        self.once: Weights = [1] * size
        self._drawn = [self._counted(chance.choices(range(size), k=size), size) for _ in range(count)]

    def figure(self, metric: Callable[[Weights], float | None]) -> Figure | None:
        """A metric of the prompts as they are, and its interval; None where it has no value."""
        value = metric(self.once)
        if value is None:
            return None
        found = sorted(each for weights in self._drawn if (each := metric(weights)) is not None)
        if not found:
            return Figure(value, value, value)
        return Figure(value, _quantile(found, 0.025), _quantile(found, 0.975))

    @staticmethod
    def _counted(drawn: Iterable[int], size: int) -> Weights:
        counts = [0] * size
        for place in drawn:
            counts[place] += 1
        return counts


def mean(values: Sequence[float], weights: Weights) -> float:
    """The mean of values that were drawn so often."""
    total: float = sum(map(mul, values, weights))
    return total / sum(weights)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
