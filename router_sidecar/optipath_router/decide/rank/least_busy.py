"""The fewest attempts under way first, as this router counts its own; equal ones in turn."""

from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.round_robin import rotated
from optipath_router.decide.scored import Part, Scored, ScorePart, Source
from optipath_snapshot import Target


def by_busyness(candidates: Candidates, given: Given) -> Ranked:
    """The idlest first."""
    in_flight = {target.name: given.health.in_flight.get(target.name, 0) for target in candidates}

    def busyness(target: Target) -> int:
        return in_flight[target.name]

    targets = tuple(sorted(rotated(candidates, given.turn), key=busyness))
    scored = tuple(_scored(target.name, in_flight[target.name]) for target in targets)
    return Ranked(targets, scored, in_flight=in_flight)


def _scored(name: str, busy: int) -> Scored:
    return Scored(name, -busy, (ScorePart(Part.IN_FLIGHT, busy, -busy, 1.0, Source.COUNTED),))
