"""Each in its turn."""

from optipath_router.decide.rank.given import Candidates, Ranked


def by_turn(candidates: Candidates, turn: int) -> Ranked:
    """The candidates from the one whose turn it is, the others after it in their order."""
    return Ranked(rotated(candidates, turn))


def rotated(candidates: Candidates, turn: int) -> Candidates:
    """The same order, begun at another place."""
    if not candidates:
        return ()
    first = turn % len(candidates)
    return candidates[first:] + candidates[:first]
