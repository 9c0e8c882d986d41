"""How good a target's answer to a request will probably be, 0 to 1.

The best source that there is: what the routing model predicts for a model
that it knows; else what the provider declares, by task type and difficulty.

What is declared is taken as the chance of a good answer to a request of
middling difficulty. Difficulty moves it as in Rasch's model of tests (1960):
log-odds of the chance are ability less difficulty. So all models are alike
where a request is easy, and far apart where it is demanding; on what none can
do, they are alike again. Fixtures show the same: of prompts that few models
fail, the weak ones do nearly as well as the strong.
"""

from collections.abc import Sequence
from math import exp, log
from operator import mul
from typing import Final

from optipath_router.chat.features import Features
from optipath_router.decide.predict.facts import TASKS, Facts
from optipath_router.decide.scored import Source

# On Python 3.11 it takes a tenth of a microsecond to look one up by its class.
_UNKNOWN, _KNOWN_MODEL, _DECLARED = Source.UNKNOWN, Source.KNOWN_MODEL, Source.DECLARED
_BY_TASK, _BY_DIFFICULTY, _BY_BOTH = (
    Source.DECLARED_BY_TASK,
    Source.DECLARED_BY_DIFFICULTY,
    Source.DECLARED_BY_TASK_AND_DIFFICULTY,
)

_PLACE: Final = {task: place for place, task in enumerate(TASKS)}
_MIDDLING: Final = 0.5
_SLOPE: Final = 4.0
"""Difficulty is the share of models that fail; near a half, its log-odds grow four times as fast as it does."""
_SURE: Final = 0.995
"""Nobody is better than this, or worse than the rest of 1: log-odds know no certainty."""

Shares = Sequence[float]
"""The probability of each task type in TASKS; empty where none was seen."""


def shares(features: Features) -> Shares:
    """What is likely, at the place of each task type; they add up to 1."""
    tasks = features.tasks
    if not tasks:
        return ()
    total = sum([share for _, share in tasks]) or 1.0
    found = [0.0] * len(TASKS)
    for task, share in tasks:
        found[_PLACE[task]] = share / total
    return found


def predict_quality(facts: Facts, features: Features, tasks: Shares) -> tuple[float | None, Source]:
    """The quality, None where nothing is known; and where it comes from."""
    known = features.known_quality
    if known is not None and (found := known.get(facts.model)) is not None:
        return found, _KNOWN_MODEL
    by_task = bool(tasks) and facts.by_task
    declared = _declared(facts, tasks) if by_task else facts.default_quality
    if declared is None:
        return None, _UNKNOWN
    if features.difficulty is None:
        return declared, _BY_TASK if by_task else _DECLARED
    return _at(declared, features.difficulty), _BY_BOTH if by_task else _BY_DIFFICULTY


def _declared(facts: Facts, tasks: Shares) -> float | None:
    """The mean over the task types, as far as they are declared; None where none of them is."""
    quality = facts.quality or ()
    if facts.whole:
        return float(sum(map(mul, quality, tasks)))
    told = [(share * declared, share) for declared, share in zip(quality, tasks, strict=True) if declared is not None]
    weight = sum(share for _, share in told)
    return sum(part for part, _ in told) / weight if weight else None


def _at(quality: float, difficulty: float) -> float:
    """The chance of a good answer at a difficulty, from that at a middling one."""
    sure = min(_SURE, max(1 - _SURE, quality))
    ability = log(sure / (1 - sure))
    return 1 / (1 + exp(_SLOPE * (difficulty - _MIDDLING) - ability))
