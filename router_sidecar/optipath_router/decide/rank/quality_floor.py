"""The most quality for a dollar, among those that are good enough.

The others come after them, the best first: a request is better served than
refused. Then those of which it is not known what they cost, and last those
of which it is not known how good they are. Of equal ones the cheapest comes
first, then the one that is written first.

Points of quality are on the scale of cost here, so that their sum tells who
gives more for a dollar: a tenth of the price is worth ten times the quality.
"""

from math import log10
from typing import Final

from msgspec.structs import replace

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.points import COST_DECADE
from optipath_router.decide.rank.sheet import LAST, POINTS, Row, fill, ranked
from optipath_router.decide.scored import Part
from optipath_snapshot import QualityFloor

_PARTS: Final = ((Part.QUALITY, 1.0), (Part.COST, 1.0))
_LEAST_QUALITY: Final = 1e-6


def _quality_points(quality: float) -> float:
    return COST_DECADE * log10(max(quality, _LEAST_QUALITY))


_SCALES: Final = {**POINTS, Part.QUALITY: _quality_points}


def by_quality_for_money(strategy: QualityFloor, candidates: Candidates, given: Given) -> Ranked:
    """The most quality for a dollar first."""
    floor = float(strategy.min_quality)
    rows = fill(_PARTS, candidates, given, _SCALES)
    keyed = []
    for row in rows:
        quality, dollars = row.values
        group, note = _group(quality, dollars, floor)
        if note:
            row.scored = replace(row.scored, note=note)
        by = -row.scored.total if group == 0 else -(quality or 0.0)
        keyed.append(((group, by, LAST if dollars is None else dollars, row.place), row))
    keyed.sort(key=_first)
    return ranked([row for _, row in keyed], _PARTS, given)


def _group(quality: float | None, dollars: float | None, floor: float) -> tuple[int, str]:
    if quality is None:
        return 3, "its quality is not known"
    if quality < floor:
        return 2, f"its quality is below the floor of {floor:g}"
    if dollars is None:
        return 1, "its price is not known"
    return 0, ""


def _first(keyed: tuple[tuple[object, ...], Row]) -> tuple[object, ...]:
    return keyed[0]
