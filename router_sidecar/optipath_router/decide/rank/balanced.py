"""A sum of cost, latency, quality and reliability in points, each times its weight over the sum of all weights.

Of equal ones the one comes first that is written first. What is not known counts as the worst of the others.
"""

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.sheet import Row, fill, ranked
from optipath_router.decide.scored import Part
from optipath_snapshot import Balanced


def by_balance(strategy: Balanced, candidates: Candidates, given: Given) -> Ranked:
    """The highest sum first."""
    weights = shares(strategy)
    return ranked(sorted(fill(weights, candidates, given), key=_key), weights, given)


def shares(strategy: Balanced) -> tuple[tuple[Part, float], ...]:
    """The weights as shares of their sum; where all are nothing, as in no snapshot of the operator's, all alike."""
    weights = {
        Part.COST: float(strategy.cost),
        Part.LATENCY: float(strategy.latency),
        Part.QUALITY: float(strategy.quality),
        Part.RELIABILITY: float(strategy.reliability),
    }
    total = sum(weights.values())
    return tuple((part, weight / total if total else 1 / len(weights)) for part, weight in weights.items())


def _key(row: Row) -> tuple[float, int]:
    return -row.scored.total, row.place
