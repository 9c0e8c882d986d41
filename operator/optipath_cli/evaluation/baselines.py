"""Baselines: ways to choose that need no router, and the one that nobody can beat."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from optipath_cli.evaluation.curve import Point, best_single
from optipath_cli.evaluation.orders import by_length
from optipath_cli.evaluation.recordings import Recordings

SHARES: Final = tuple(Decimal(step) / 10 for step in range(11))


def singles(recordings: Recordings) -> list[Point]:
    """What each model alone comes to."""
    size = len(recordings.rows)
    return [
        Point(sum(recordings.costs(model)) / size, sum(recordings.scores(model)) / size)
        for model in range(len(recordings.models))
    ]


def strongest(recordings: Recordings) -> int:
    """The best model over all prompts; of equal ones the cheapest."""
    found = singles(recordings)
    return found.index(best_single(found))


def cheapest(recordings: Recordings) -> int:
    """The cheapest model over all prompts; of equal ones the best."""
    found = singles(recordings)
    return found.index(min(found, key=lambda single: (single.cost, -single.quality)))


def always(recordings: Recordings, model: int) -> list[int]:
    """One model for every prompt."""
    return [model] * len(recordings.rows)


def at_random(recordings: Recordings, seed: int) -> list[int]:
    """Any model for each prompt."""
    chance = random.Random(seed)  # noqa: S311  repeatable is what it must be
    return [chance.randrange(len(recordings.models)) for _ in recordings.rows]


def longest_to_strongest(recordings: Recordings, share: float) -> list[int]:
    """The strongest model for this share of the prompts, the longest ones, and the cheapest for the others."""
    order = by_length(recordings)
    choice = always(recordings, cheapest(recordings))
    strong = strongest(recordings)
    for place in order[: round(share * len(order))]:
        choice[place] = strong
    return choice


def lengths(recordings: Recordings) -> Sequence[list[int]]:
    """The same for each of the shares."""
    return [longest_to_strongest(recordings, float(share)) for share in SHARES]


def oracle(recordings: Recordings) -> list[int]:
    """For each prompt the cheapest of the models that did best on it."""
    models = range(len(recordings.models))
    return [
        min(models, key=lambda model, row=row: (-row.outcomes[model].score, row.outcomes[model].cost))  # type: ignore[misc]
        for row in recordings.rows
    ]
