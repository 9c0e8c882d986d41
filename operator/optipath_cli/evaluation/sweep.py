"""Sweeps: one setting of a strategy from one end to the other, as a curve of quality over cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from optipath_cli.evaluation.contenders import ranked_by
from optipath_cli.evaluation.replay import Chosen, Replay
from optipath_snapshot import Balanced, QualityFloor, Strategy

_ODDS: Final = tuple(math.exp(-3.5 + 0.5 * step) for step in range(15))
"""Of quality against cost: from 1 to 33 up to 33 to 1."""
_FLOORS: Final = 12


@dataclass(frozen=True, slots=True)
class Swept:
    """A curve: what each setting chooses, the first being that which asks least of quality."""

    name: str
    setting: str
    """What is turned."""
    values: Sequence[Decimal]
    chosen: Sequence[Chosen]


def by_quality_weight(replay: Replay) -> Swept:
    """`balanced`, from nothing but cost to nothing but quality."""
    weights = [_short(0.0), *(_short(odds / (1 + odds)) for odds in _ODDS), _short(1.0)]
    return _swept(
        replay, "balanced", "weight of quality", weights, [Balanced(quality=each, cost=1 - each) for each in weights]
    )


def by_quality_floor(replay: Replay) -> Swept:
    """`costWithin.minQuality`, from the lowest quality that is expected of anybody to the highest."""
    known = sorted(value for quality in replay.expected.quality for value in quality if value is not None)
    places = [round(step * (len(known) - 1) / _FLOORS) for step in range(_FLOORS + 1)] if known else []
    floors = sorted({_short(known[place]) for place in places} | {_short(0.0), _short(1.0)})
    return _swept(replay, "costWithin", "minQuality", floors, [QualityFloor(min_quality=each) for each in floors])


def _swept(replay: Replay, name: str, setting: str, values: Sequence[Decimal], strategies: Sequence[Strategy]) -> Swept:
    chosen = [replay.chosen(ranked_by(name, strategy, replay.field)) for strategy in strategies]
    return Swept(name, setting, values, chosen)


def _short(value: float) -> Decimal:
    return Decimal(f"{value:.3f}")
