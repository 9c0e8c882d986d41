"""A draw in which weights are shares; with a sticky key, the same draw for each request that has the same key."""

from hashlib import blake2b
from typing import assert_never

from optipath_router.decide.draw import uniform
from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_snapshot import StickyConversation, StickyHeader, Target, Weighted


def by_weight(strategy: Weighted, candidates: Candidates, given: Given) -> Ranked:
    """A draw without replacement; those of weight 0 come last, by name.

    As each target's number hangs on the draw and its own name, a key that
    sticks to one moves only where that one is left out, and comes back to it.
    """
    sticky = _sticky_draw(strategy, given)
    draw, weights = given.draw if sticky is None else sticky, given.weights

    # Efraimidis and Spirakis (2006): u ** (1 / weight) sorts a weighted draw.
    def key(target: Target) -> tuple[float, str]:
        weight = weights[target.name]
        return (-(uniform(draw, target.name) ** (1 / weight)) if weight else 1.0, target.name)

    return Ranked(tuple(sorted(candidates, key=key)), draw=sticky)


def _sticky_draw(strategy: Weighted, given: Given) -> int | None:
    """64 bits that are the same for the same key under the same rule; None where there is no key."""
    match strategy.sticky:
        case None:
            return None
        case StickyHeader(name=name):
            key = given.features.headers.get(name) if given.features.headers else None
        case StickyConversation():
            key = given.features.conversation
        case _:
            assert_never(strategy.sticky)
    if not key:
        return None
    return int.from_bytes(blake2b(f"{given.route}\n{key}".encode(), digest_size=8).digest())
