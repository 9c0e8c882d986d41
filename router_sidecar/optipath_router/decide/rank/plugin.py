"""By a strategy of a user's own, which gives each candidate a score; equal ones as written.

Where it is not there, fails, or has been switched off for being slow, the
candidates go in the order in which they are written, and the decision says so.
"""

from typing import Final

from optipath_router.decide.rank.given import Candidate, Candidates, Given, Ranked
from optipath_router.decide.rank.sheet import Row, fill, ranked
from optipath_router.decide.scored import Part, Scored, ScorePart, Source
from optipath_snapshot import Plugin

_PARTS: Final = ((Part.COST, 0.0), (Part.LATENCY, 0.0), (Part.QUALITY, 0.0), (Part.RELIABILITY, 0.0))


def by_plugin(strategy: Plugin, candidates: Candidates, given: Given) -> Ranked:
    """The highest score first."""
    rows = fill(_PARTS, candidates, given)
    in_flight = {row.target.name: given.health.in_flight.get(row.target.name, 0) for row in rows}
    told = [_candidate(row, given, in_flight[row.target.name]) for row in rows]
    scores = given.custom(given.features, told) if given.custom else None
    if scores is None:
        return Ranked(candidates, instead=f"ordered, for plug-in '{strategy.name}' is of no use now")
    for row, score in zip(rows, scores, strict=True):
        own = ScorePart(strategy.name, score, score, 1.0, Source.PLUGIN)
        row.scored = Scored(row.target.name, score, (own, *row.scored.parts))
    rows.sort(key=_key)
    whole = ranked(rows, _PARTS, given)
    return Ranked(whole.targets, whole.scored, in_flight=in_flight, measured=whole.measured, warm=whole.warm)


def _candidate(row: Row, given: Given, in_flight: int) -> Candidate:
    cost, latency, quality, reliability = row.values
    name = row.target.name
    return Candidate(name, given.weights[name], cost, latency, quality, reliability, in_flight)


def _key(row: Row) -> tuple[float, int]:
    return -row.scored.total, row.place
