"""The shortest predicted time first: to the first content of a stream, to the end of any other answer.

Of equal ones the cheapest comes first, then the one that is written first. One that has not answered often enough of
late is taken to be as quick as usual, so that it is tried as soon as the others are slower than that.
"""

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.sheet import LAST, Row, fill, ranked
from optipath_router.decide.scored import Part

_PARTS = ((Part.LATENCY, 1.0), (Part.COST, 0.0))


def by_latency(candidates: Candidates, given: Given) -> Ranked:
    """The quickest first."""
    return ranked(sorted(fill(_PARTS, candidates, given), key=_key), _PARTS, given)


def _key(row: Row) -> tuple[float, float, int]:
    seconds, dollars = row.values
    return LAST if seconds is None else seconds, LAST if dollars is None else dollars, row.place
