"""In the order in which the rule names them."""

from optipath_router.decide.rank.given import Candidates, Ranked


def as_written(candidates: Candidates) -> Ranked:
    """The candidates as they come."""
    return Ranked(candidates)
