"""Cross-validation, nested: what a model says of examples it has not seen, calibrated on others it has not seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from optipath_cli.training.calibrate import Predicted, calibrated
from optipath_cli.training.design import Seen
from optipath_cli.training.examples import Example
from optipath_cli.training.fitted import Fitted, fitted
from optipath_cli.training.folds import FOLDS

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Crossed:
    """Heads of all recorded examples, out of sample, and each fold's calibration, which saw nothing of it either."""

    predicted: Predicted
    calibrations: Sequence[Mapping[str, Any]]
    models: Sequence[Fitted]
    """Of each fold the model that was fitted to the four others."""

    def rows(self, fold: int) -> np.ndarray:
        """The examples of a fold."""
        return np.flatnonzero(self.predicted.fold == fold)


def crossed(examples: Sequence[Example], seen: Seen, fold: np.ndarray, recorded: int, say: Say) -> Crossed:
    """Five models without a fold each, and ten without two, by which the five are calibrated.

    Examples from `recorded` on are seeds, and trained on every time.
    """
    heads: dict[frozenset[int], np.ndarray] = {}
    models: list[Fitted] = []
    for left_out in [*combinations(range(FOLDS), 1), *combinations(range(FOLDS), 2)]:
        model = fitted(examples, seen, np.flatnonzero(~np.isin(fold, left_out)))
        heads[frozenset(left_out)] = model.predict(seen)[:recorded]
        if len(left_out) == 1:
            models.append(model)
        say(f"without fold {' and '.join(map(str, left_out))}")
    known, place, names = list(examples[:recorded]), fold[:recorded], models[0].heads
    calibrations = [
        calibrated(
            Predicted(known, names, _assembled(heads, place, also=tested), place), np.flatnonzero(place != tested)
        )
        for tested in range(FOLDS)
    ]
    return Crossed(Predicted(known, names, _assembled(heads, place, also=None), place), calibrations, models)


def _assembled(heads: Mapping[frozenset[int], np.ndarray], place: np.ndarray, *, also: int | None) -> np.ndarray:
    """Every example's heads by the model that left out its fold, and another one too."""
    found = np.zeros_like(heads[frozenset({0})])
    for fold in range(FOLDS):
        left_out = frozenset({fold} if also is None else {fold, also})
        found[place == fold] = heads[left_out][place == fold]
    return found
