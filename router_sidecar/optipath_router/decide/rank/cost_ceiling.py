"""The best of those on which the request costs so much at most.

One that costs more is left out, also as the next to try; and so is one whose
price is not known. Of equal ones the cheapest comes first, then the one that
is written first. As a prompt grows, the dear ones drop out by and by.
"""

from msgspec.structs import replace

from optipath_router.decide.decision import LeftOut, Reason
from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.highest_quality import PARTS, best
from optipath_router.decide.rank.sheet import Row, fill, ranked
from optipath_snapshot import CostCeiling


def by_quality_within_cost(strategy: CostCeiling, candidates: Candidates, given: Given) -> Ranked:
    """The best first; the others left out."""
    most = float(strategy.max_cost)
    rows = sorted(fill(PARTS, candidates, given), key=best)
    within, beyond = list[Row](), list[Row]()
    for row in rows:
        dollars = _dollars(row)
        (beyond if dollars is None or dollars > most else within).append(row)
    out = tuple(LeftOut(row.target.name, Reason.COST_LIMIT, _why(row, most)) for row in beyond)
    for row, left in zip(beyond, out, strict=True):
        row.scored = replace(row.scored, note=left.detail)
    whole = ranked([*within, *beyond], PARTS, given)
    return replace(whole, targets=whole.targets[: len(within)], left_out=out)


def _dollars(row: Row) -> float | None:
    return row.values[1]


def _why(row: Row, most: float) -> str:
    dollars = _dollars(row)
    if dollars is None:
        return f"its price is not known, and a request may cost ${most:g} at most"
    return f"the request would cost about ${dollars:.3g}, more than ${most:g}"
