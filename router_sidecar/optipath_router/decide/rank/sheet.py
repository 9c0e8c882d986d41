"""The sheet that predicting strategies fill in: candidates, and what is predicted of each, part by part."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from optipath_router.decide.predict import Predicted, Predictor
from optipath_router.decide.rank.given import Candidates, Given, Ranked
from optipath_router.decide.rank.points import cost_points, latency_points, same_points, unknown_points
from optipath_router.decide.scored import Part, Scored, ScorePart
from optipath_snapshot import Target

_PREDICT: Final[Mapping[Part, Callable[[Predictor, Sequence[str]], list[Predicted]]]] = {
    Part.COST: Predictor.cost,
    Part.LATENCY: Predictor.seconds,
    Part.QUALITY: Predictor.quality,
    Part.RELIABILITY: Predictor.success,
}
POINTS: Final[Mapping[Part, Callable[[float], float]]] = {
    Part.COST: cost_points,
    Part.LATENCY: latency_points,
    Part.QUALITY: same_points,
    Part.RELIABILITY: same_points,
}
LAST: Final = math.inf
"""In a key, where a value is not known: it comes after all that are."""
_MEASURED: Final = frozenset({Part.LATENCY, Part.RELIABILITY})


class Row:
    """One candidate."""

    __slots__ = ("place", "scored", "target", "values")

    def __init__(self, place: int, target: Target, values: tuple[float | None, ...], scored: Scored) -> None:
        """Take the values of its parts, in the order of the weights."""
        self.place, self.target, self.values, self.scored = place, target, values, scored


def fill(
    weights: Sequence[tuple[Part, float]],
    candidates: Candidates,
    given: Given,
    points: Mapping[Part, Callable[[float], float]] = POINTS,
) -> list[Row]:
    """A row for each candidate, in their order; its parts are in the order of the weights."""
    predictor, names = given.predictor(), [target.name for target in candidates]
    values, columns, totals = [], [], [0.0] * len(names)
    for part, weight in weights:
        predicted = _PREDICT[part](predictor, names)
        scaled = _scaled(predicted, points[part])
        values.append([value for value, _ in predicted])
        columns.append(
            [
                ScorePart(part, value, point, weight, source)
                for (value, source), point in zip(predicted, scaled, strict=True)
            ]
        )
        totals = [total + point * weight for total, point in zip(totals, scaled, strict=True)]
    by_row = zip(candidates, zip(*values, strict=True), zip(*columns, strict=True), totals, strict=True)
    return [
        Row(place, target, row, Scored(target.name, total, parts, quality_source=target.quality_source))
        for place, (target, row, parts, total) in enumerate(by_row)
    ]


def _scaled(column: Sequence[Predicted], scale: Callable[[float], float]) -> list[float]:
    """The points of each value; of one that is not known, those of the worst that is."""
    known = [scale(value) for value, _ in column if value is not None]
    if len(known) == len(column):
        return known
    worst = unknown_points(known)
    return [worst if value is None else scale(value) for value, _ in column]


def ranked(rows: Sequence[Row], weights: Sequence[tuple[Part, float]], given: Given) -> Ranked:
    """Rows in their final order, as a ranking that says what it looked at."""
    measured = None
    looked_at = {part for part, _ in weights}
    if not looked_at.isdisjoint(_MEASURED):
        view = given.health.measured
        measured = {row.target.name: found for row in rows if (found := view.get(row.target.name))}
    warm = given.warm if Part.COST in looked_at else None
    targets, scored = [row.target for row in rows], [row.scored for row in rows]
    return Ranked(tuple(targets), tuple(scored), measured=measured, warm=warm)
