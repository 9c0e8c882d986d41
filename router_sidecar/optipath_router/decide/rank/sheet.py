"""The sheet that predicting strategies fill in: candidates, and what is predicted of each, part by part."""

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
_MEASURED: Final = frozenset({Part.LATENCY, Part.RELIABILITY})


class Row:
    """One candidate."""

    __slots__ = ("place", "scored", "target")

    def __init__(self, place: int, target: Target, scored: Scored) -> None:
        self.place, self.target, self.scored = place, target, scored

    def value(self, place: int) -> float | None:
        """The value of the part at a place among the weights."""
        return self.scored.parts[place].value


def fill(
    weights: Sequence[tuple[Part, float]],
    candidates: Candidates,
    given: Given,
    points: Mapping[Part, Callable[[float], float]] = POINTS,
) -> list[Row]:
    """A row for each candidate, in their order; its parts are in the order of the weights."""
    predictor, names = given.predictor(), [target.name for target in candidates]
    columns = []
    for part, weight in weights:
        predicted = _PREDICT[part](predictor, names)
        scaled = _scaled(predicted, points[part])
        columns.append(
            [
                ScorePart(part, value, point, weight, source)
                for (value, source), point in zip(predicted, scaled, strict=True)
            ]
        )
    return [
        Row(place, target, _scored(target, parts))
        for place, (target, parts) in enumerate(zip(candidates, zip(*columns, strict=True), strict=True))
    ]


def _scored(target: Target, parts: tuple[ScorePart, ...]) -> Scored:
    total = sum([part.points * part.weight for part in parts])
    return Scored(target.name, total, parts, quality_source=target.quality_source)


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
    if any(part in _MEASURED for part, _ in weights):
        view = given.health.measured
        measured = {row.target.name: found for row in rows if (found := view.get(row.target.name))}
    warm = given.warm if any(part is Part.COST for part, _ in weights) else None
    return Ranked(tuple(row.target for row in rows), tuple(row.scored for row in rows), measured=measured, warm=warm)


def last(value: float | None) -> tuple[bool, float]:
    """A key by which the lowest value comes first, and what is not known after all that is."""
    return (True, 0.0) if value is None else (False, value)
