"""Claims: finds that may share characters, until it is settled which of them stand."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from optipath_router.classify.sensitivity.found import Found

_LONGEST: Final = 32_768
"""As far as finds that overlap one another may reach before they are settled: nobody can chain them without end."""


class Claims:
    """What waits to be settled, and how far the text is taken."""

    def __init__(self) -> None:
        self._waiting: list[Found] = []
        self._taken = 0

    def add(self, finds: Iterable[Found]) -> None:
        """Have these wait, too."""
        self._waiting.extend(finds)

    def settled(self, until: int | None = None) -> tuple[Found, ...]:
        """What stands, in order, of finds that none can join that begins at `until` or later; all of it at the end."""
        kept: list[Found] = []
        waiting, at = sorted(self._waiting, key=lambda found: (found.start, found.end)), 0
        while at < len(waiting):
            first, last, reach = waiting[at].start, at, waiting[at].end
            while last + 1 < len(waiting) and waiting[last + 1].start < min(reach, first + _LONGEST):
                last += 1
                reach = max(reach, waiting[last].end)
            if until is not None and min(reach, first + _LONGEST) > until:
                break
            kept += self._standing(waiting[at : last + 1])
            at = last + 1
        self._waiting = waiting[at:]
        return tuple(kept)

    def _standing(self, rivals: list[Found]) -> list[Found]:
        """Those that overlap none that says more: in the order of `What`, then the longer."""
        kept: list[Found] = []
        for found in sorted(set(rivals), key=_precedence):
            place = bisect_left(kept, found.start, key=lambda other: other.start)
            free = place == len(kept) or found.end <= kept[place].start
            if free and found.start >= (kept[place - 1].end if place else self._taken):
                kept.insert(place, found)
        if kept:
            self._taken = kept[-1].end
        return kept


def _precedence(found: Found) -> tuple[int, int, int, str]:
    return (found.what.rank, found.start - found.end, found.start, found.country or "")
