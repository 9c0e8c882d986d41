"""Names that may have been meant by one that does not exist."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

_NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class NearNames:
    """Names in two orders, so that only a few of them need to be compared.

    Comparing each wrong name with each of thousands would take seconds, and a
    slip of the pen mostly leaves the beginning or the end of a name alone.
    """

    forwards: tuple[str, ...]
    backwards: tuple[str, ...]
    """The names spelled backwards."""

    @classmethod
    def among(cls, names: Iterable[str]) -> Self:
        """For looking among these names."""
        forwards = tuple(sorted(names))
        return cls(forwards, tuple(sorted(name[::-1] for name in forwards)))

    def to(self, name: str) -> list[str]:
        """At most three names that look much like this one, the likest first."""
        alike_at_the_end = (backward[::-1] for backward in _around(name[::-1], self.backwards))
        return get_close_matches(name, sorted({*_around(name, self.forwards), *alike_at_the_end}), n=3, cutoff=0.75)


def _around(name: str, names: Sequence[str]) -> Sequence[str]:
    place = bisect(names, name)
    return names[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
