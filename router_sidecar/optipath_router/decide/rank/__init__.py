"""Ranking: candidates in order of preference, a file a strategy. README.md beside this says how each one counts."""

from typing import Final, assert_never

from optipath_router.decide.rank.balanced import by_balance, shares
from optipath_router.decide.rank.cost_ceiling import by_quality_within_cost
from optipath_router.decide.rank.given import Candidate, Candidates, Custom, Given, Ranked
from optipath_router.decide.rank.highest_quality import by_quality
from optipath_router.decide.rank.least_busy import by_busyness
from optipath_router.decide.rank.lowest_cost import by_cost
from optipath_router.decide.rank.lowest_latency import by_latency
from optipath_router.decide.rank.ordered import as_written
from optipath_router.decide.rank.plugin import by_plugin
from optipath_router.decide.rank.quality_floor import by_quality_for_money
from optipath_router.decide.rank.round_robin import by_turn
from optipath_router.decide.rank.weighted import by_weight
from optipath_router.decide.scored import Part
from optipath_snapshot import (
    Balanced,
    CostCeiling,
    HighestQuality,
    LeastBusy,
    LowestCost,
    LowestLatency,
    Ordered,
    Plugin,
    QualityFloor,
    RoundRobin,
    StickyConversation,
    Strategy,
    Weighted,
)

__all__ = ["Candidate", "Candidates", "Custom", "Given", "Ranked", "rank", "wanted"]

_NOTHING: Final[frozenset[str]] = frozenset()
_FOR_COST: Final = frozenset({"tasks", "conversation"})
_FOR_LATENCY: Final = frozenset({"tasks"})
_FOR_QUALITY: Final = frozenset({"tasks", "difficulty", "known_quality"})
_FOR: Final = {
    Part.COST: _FOR_COST,
    Part.LATENCY: _FOR_LATENCY,
    Part.QUALITY: _FOR_QUALITY,
    Part.RELIABILITY: _NOTHING,
}


def rank(strategy: Strategy, candidates: Candidates, given: Given) -> Ranked:  # noqa: C901, PLR0911 - a case a strategy
    """The candidates, best first."""
    match strategy:
        case Ordered():
            return as_written(candidates)
        case Weighted():
            return by_weight(strategy, candidates, given)
        case RoundRobin():
            return by_turn(candidates, given.turn)
        case LeastBusy():
            return by_busyness(candidates, given)
        case LowestCost():
            return by_cost(candidates, given)
        case LowestLatency():
            return by_latency(candidates, given)
        case HighestQuality():
            return by_quality(candidates, given)
        case Balanced():
            return by_balance(strategy, candidates, given)
        case QualityFloor():
            return by_quality_for_money(strategy, candidates, given)
        case CostCeiling():
            return by_quality_within_cost(strategy, candidates, given)
        case Plugin():
            return by_plugin(strategy, candidates, given)
        case _:
            assert_never(strategy)


def wanted(strategy: Strategy) -> frozenset[str]:
    """Features, by the names of their fields, that a strategy makes use of where they are there."""
    match strategy:
        case Weighted(sticky=StickyConversation()):
            return frozenset({"conversation"})
        case Ordered() | Weighted() | RoundRobin() | LeastBusy():
            return _NOTHING
        case LowestCost():
            return _FOR_COST
        case LowestLatency():
            return _FOR_LATENCY
        case HighestQuality() | QualityFloor() | CostCeiling() | Plugin():
            return _FOR_QUALITY | _FOR_COST
        case Balanced():
            return _NOTHING.union(*(_FOR[part] for part, weight in shares(strategy) if weight))
        case _:
            assert_never(strategy)
