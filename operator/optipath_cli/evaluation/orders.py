"""Orders of prompts by how much they need the better of two models, the neediest first."""

import random
from collections import defaultdict
from collections.abc import Sequence

from optipath_cli.evaluation.held_out import HeldOut
from optipath_cli.evaluation.recordings import Recordings
from optipath_cli.evaluation.replay import Expected


def by_length(recordings: Recordings) -> list[int]:
    """The longest first: what anybody can see."""
    return _descending([len(row.prompt) for row in recordings.rows])


def at_random(recordings: Recordings, seed: int) -> list[int]:
    """In any order."""
    order = list(range(len(recordings.rows)))
    random.Random(seed).shuffle(order)  # noqa: S311  repeatable is what it must be
    return order


def by_outcome(recordings: Recordings, weak: int, strong: int) -> list[int]:
    """By what became of each: nobody can know it, and nobody can do better."""
    return _descending([row.outcomes[strong].score - row.outcomes[weak].score for row in recordings.rows])


def by_expectation(
    recordings: Recordings, expected: Expected, weak: int, strong: int, held_out: HeldOut | None
) -> list[int] | None:
    """By how much more is expected of the strong model; None where that is known of no prompt.

    Each fold's model expects the mean gap of the others, which says nothing of
    the order within it: gaps are taken beside the fold's mean, and a prompt of
    which nothing is expected stands there.
    """
    gaps = [
        None if (low := quality[weak]) is None or (high := quality[strong]) is None else high - low
        for quality in expected.quality
    ]
    folds = [held_out.fold(row.prompt) if held_out else None for row in recordings.rows]
    by_fold: dict[int | None, list[float]] = defaultdict(list)
    for fold, gap in zip(folds, gaps, strict=True):
        if gap is not None:
            by_fold[fold].append(gap)
    if not by_fold:
        return None
    means = {fold: sum(found) / len(found) for fold, found in by_fold.items()}
    return _descending([0.0 if gap is None else gap - means[fold] for fold, gap in zip(folds, gaps, strict=True)])


def _descending(need: Sequence[float]) -> list[int]:
    return sorted(range(len(need)), key=lambda place: -need[place])
