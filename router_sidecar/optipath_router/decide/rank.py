"""Ranking: candidates in order of preference, one function a strategy."""

from collections.abc import Mapping
from typing import assert_never

from optipath_router.decide.draw import uniform
from optipath_snapshot import Ordered, RoundRobin, Strategy, Target, Weighted


def rank(
    strategy: Strategy, candidates: tuple[Target, ...], *, weights: Mapping[str, int], turn: int, draw: int
) -> tuple[Target, ...]:
    """The candidates, best first. Weights are by the target's name; `turn` counts the route's requests."""
    match strategy:
        case Ordered():
            return candidates
        case Weighted():
            return rank_by_weight(candidates, weights, draw)
        case RoundRobin():
            return rank_by_turn(candidates, turn)
        case _:
            assert_never(strategy)


def rank_by_weight(candidates: tuple[Target, ...], weights: Mapping[str, int], draw: int) -> tuple[Target, ...]:
    """A draw without replacement in which weights are shares; those of weight 0 come last, by name."""

    # Efraimidis and Spirakis (2006): u ** (1 / weight) sorts a weighted draw.
    def key(target: Target) -> tuple[float, str]:
        weight = weights[target.name]
        return (-(uniform(draw, target.name) ** (1 / weight)) if weight else 1.0, target.name)

    return tuple(sorted(candidates, key=key))


def rank_by_turn(candidates: tuple[Target, ...], turn: int) -> tuple[Target, ...]:
    """The candidates from the one whose turn it is, the others after it in their order."""
    if not candidates:
        return ()
    first = turn % len(candidates)
    return candidates[first:] + candidates[:first]
