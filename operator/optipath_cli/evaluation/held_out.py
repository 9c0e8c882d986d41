"""What is predicted of prompts that the routing model has seen in training: asked of a model that has not.

The trainer splits what is recorded into folds and can write a model for each,
fitted to the others (`make folds`). A prompt of the recordings is asked of
its fold's model; any other of the shipped one.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from optipath_router.classify.model import Prediction, RoutingModel, Unreadable, load, shipped

INDEX: Final = "folds.json"
"""From the fingerprint of a prompt to its fold."""

Predict = Callable[[str], Prediction]


class NoFolds(Exception):
    """A folder without the trainer's files; the message says what is missing."""


def file_of(folder: Path, fold: int) -> Path:
    """The model that has seen nothing of a fold."""
    return folder / f"fold-{fold}.model"


def fingerprint(prompt: str) -> str:
    """What a prompt is known by."""
    return hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The folds' models, and which prompt is whose."""

    folds: Mapping[str, int]
    models: Mapping[int, RoutingModel]

    def fold(self, prompt: str) -> int | None:
        """The fold that a prompt is in; None for one that no model has seen."""
        return self.folds.get(fingerprint(prompt))

    def predict(self, prompt: str) -> Prediction:
        """What a model says of a prompt that it has not seen."""
        fold = self.fold(prompt)
        model = shipped() if fold is None else self.models[fold]
        return model.predict(prompt)


def read_held_out(folder: Path) -> HeldOut:
    """The trainer's files in a folder; raises NoFolds."""
    try:
        folds: dict[str, int] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        models = {fold: load(file_of(folder, fold).read_bytes()) for fold in sorted(set(folds.values()))}
    except (OSError, ValueError, Unreadable) as problem:
        raise NoFolds(f"{folder}: holds no models of folds: {problem}; `make folds` writes them") from problem
    return HeldOut(folds, models)


def remembered(predict: Predict) -> Predict:
    """The same, asked once of each prompt."""
    return cache(predict)
