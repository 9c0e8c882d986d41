"""Fold models as files: for each fold the model that has seen nothing of it, to evaluate what is routed by it."""

import json
from pathlib import Path

from optipath_cli.evaluation.held_out import INDEX, file_of, fingerprint
from optipath_cli.training.crossed import Crossed
from optipath_cli.training.design import Seen
from optipath_cli.training.packed import packed


def write_held_out(folder: Path, crossed: Crossed, seen: Seen) -> None:
    """A file for each fold, and an index that says in which fold each recorded prompt lies."""
    folder.mkdir(parents=True, exist_ok=True)
    for fold, (model, calibration) in enumerate(zip(crossed.models, crossed.calibrations, strict=True)):
        file_of(folder, fold).write_bytes(packed(model, seen, calibration))
    places = zip(crossed.predicted.examples, crossed.predicted.fold.tolist(), strict=True)
    index = {fingerprint(example.prompt): fold for example, fold in places}
    (folder / INDEX).write_text(json.dumps(dict(sorted(index.items()))), encoding="utf-8")
