"""The highest predicted quality first.

Of equal ones the cheapest comes first, then the one that is written first. Those of unknown quality come last.
"""

from msgspec.structs import replace

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.sheet import LAST, Row, fill, ranked
from optipath_router.decide.scored import Part

PARTS = ((Part.QUALITY, 1.0), (Part.COST, 0.0))


def by_quality(candidates: Candidates, given: Given) -> Ranked:
    """The best first."""
    rows = sorted(fill(PARTS, candidates, given), key=best)
    for row in rows:
        if row.values[0] is None:
            row.scored = replace(row.scored, note="its quality is not known")
    return ranked(rows, PARTS, given)


def best(row: Row) -> tuple[float, float, int]:
    """The key of a row filled with these parts."""
    quality, dollars = row.values
    return LAST if quality is None else -quality, LAST if dollars is None else dollars, row.place
