"""Figures: what was measured, and the number to reach."""

import timeit
from collections.abc import Callable
from dataclasses import dataclass

MARGIN = 1.25
"""Machines are noisy: a must is missed when it is missed by more than a quarter."""

_ROUNDS = 7
_ROUND_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, of which less is better."""

    what: str
    value: float
    unit: str
    reach: float | None = None
    """As performance.md names it; None where it names none."""
    must: bool = False
    """Whether missing it fails the run."""

    @property
    def missed(self) -> bool:
        """Whether a must was missed by more than the margin."""
        return self.must and self.reach is not None and self.value > self.reach * MARGIN


def microseconds(step: Callable[[], object]) -> float:
    """What a step takes, in the best of several rounds."""
    timer = timeit.Timer(step)
    once = max(timer.timeit(1), 1e-7)
    number = max(1, int(_ROUND_SECONDS / once))
    return min(timer.repeat(_ROUNDS, number)) / number * 1e6
