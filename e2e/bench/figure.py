"""Figures: what was measured, what nginx took for the same, and the number to reach."""

import timeit
from collections.abc import Callable
from dataclasses import dataclass

MARGIN = 1.25
"""Machines are noisy: a must is missed when it is missed by more than a quarter."""

_ROUNDS = 7
_ROUND_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    what: str
    value: float
    unit: str
    reach: float | None = None
    """As performance.md names it; None where it names none."""
    must: bool = False
    """Whether missing it fails the run."""
    nginx: float | None = None
    """The same of nginx, in the same run; None where nginx has no such number."""
    of_nginx: bool = False
    """Whether the number to reach is a multiple of nginx's."""
    more_is_better: bool = False
    will_do: float | None = None
    """A value that is good enough, however little nginx's is."""

    @property
    def ratio(self) -> float | None:
        """How many times nginx's it is; None where there is nothing to compare with.

        What nginx adds is now and then less than nothing, where other things keep the machine busy.
        """
        return self.value / self.nginx if self.nginx and self.nginx > 0 else None

    @property
    def to_reach(self) -> str:
        """The number to reach as a table says it: `must ≤ 2.5 x`, `must ≤ 3 x or 1 ms`."""
        if self.reach is None:
            return ""
        sign, times = "≥" if self.more_is_better else "≤", " x" if self.of_nginx else ""
        otherwise = "" if self.will_do is None else f" or {self.will_do:.3g} {self.unit}"
        return f"{'must ' if self.must else ''}{sign} {self.reach:.3g}{times}{otherwise}"

    @property
    def missed(self) -> bool:
        """Whether a must was missed by more than the margin; what could not be compared is missed, too."""
        if not self.must or self.reach is None:
            return False
        if self.will_do is not None and self.value <= self.will_do * MARGIN:
            return False
        measured = self.ratio if self.of_nginx else self.value
        if measured is None:
            return True
        return measured * MARGIN < self.reach if self.more_is_better else not measured <= self.reach * MARGIN


def microseconds(step: Callable[[], object]) -> float:
    """What a step takes, in the best of several rounds."""
    timer = timeit.Timer(step)
    once = max(timer.timeit(1), 1e-7)
    number = max(1, int(_ROUND_SECONDS / once))
    return min(timer.repeat(_ROUNDS, number)) / number * 1e6
