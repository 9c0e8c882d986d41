"""Training: from fixtures to the file in the package and the card beside it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from optipath_cli.training.calibrate import calibrated
from optipath_cli.training.card import card, table
from optipath_cli.training.crossed import Say, crossed
from optipath_cli.training.design import Seen, see
from optipath_cli.training.examples import LABELLED, TASKS, Example, recorded, seeds
from optipath_cli.training.fitted import fitted
from optipath_cli.training.folds import folds
from optipath_cli.training.held_out import write_held_out
from optipath_cli.training.measure import measure
from optipath_cli.training.packed import packed
from optipath_cli.training.variants import variants
from optipath_router.classify.model import SHIPPED


def train(fixtures: Path, say: Say, *, write: bool, held_out: Path | None = None) -> str:
    """The table of what was reached.

    If wanted, the file and its card are written beside the router's code, and the folds' models into a folder.
    """
    known = recorded(fixtures)
    places = folds(known)
    own = seeds()
    also = list(variants(known, places))
    examples = [*known, *own, *(example for example, _ in also)]
    fold = np.array([*places, *[-1] * len(own), *(place for _, place in also)])
    say(f"{len(known)} recorded prompts, {len(own)} seeds, {len(also)} variants")
    seen = see([example.prompt for example in examples])
    say("read")
    found = crossed(examples, seen, fold, len(known), say)
    if held_out is not None:
        write_held_out(held_out, found, seen)
        say(f"the folds' models are in {held_out}")
    measured = list(measure(found, _without_chinese(examples, seen)))
    say("measured")
    if write:
        model = fitted(examples, seen, np.arange(len(examples)))
        calibration = calibrated(found.predicted, np.arange(len(known)))
        file = packed(model, seen, calibration)
        SHIPPED.write_bytes(file)
        SHIPPED.with_name("CARD.md").write_text(card(file, measured, examples), encoding="utf-8")
        say(f"written: {len(file):,} bytes")
    return table(measured)


def _without_chinese(examples: Sequence[Example], seen: Seen) -> list[tuple[str, str]]:
    """Task types of recorded Chinese prompts, by a model that has seen no Chinese but the seeds'."""
    chinese = np.array([example.set == LABELLED and example.language == "zh" for example in examples])
    # Translations of what is asked would give it away.
    translated = np.array([example.kind == "mgsm" for example in examples])

    model = fitted(examples, seen, np.flatnonzero(~chinese & ~translated))
    rows = np.flatnonzero(chinese & np.array([example.label is not None for example in examples]))
    said = model.predict(seen)[rows, : len(TASKS)].argmax(axis=1)
    return [(str(examples[row].label), TASKS[int(each)]) for row, each in zip(rows, said, strict=True)]
