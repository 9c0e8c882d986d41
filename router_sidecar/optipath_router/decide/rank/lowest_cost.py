"""The lowest predicted cost first.

Of equal ones the best comes first, then the one that is written first. Those without a known price come last.
"""

from msgspec.structs import replace

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.sheet import LAST, Row, fill, ranked
from optipath_router.decide.scored import Part

_PARTS = ((Part.COST, 1.0), (Part.QUALITY, 0.0))


def by_cost(candidates: Candidates, given: Given) -> Ranked:
    """The cheapest first."""
    rows = fill(_PARTS, candidates, given)
    rows.sort(key=_key)
    for row in rows:
        if row.values[0] is None:
            row.scored = replace(row.scored, note="its price is not known")
    return ranked(rows, _PARTS, given)


def _key(row: Row) -> tuple[float, float, int]:
    dollars, quality = row.values
    return LAST if dollars is None else dollars, LAST if quality is None else -quality, row.place
