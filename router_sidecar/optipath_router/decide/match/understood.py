"""Clauses on what a request means, which must have been understood first."""

from optipath_router.chat.features import Features
from optipath_router.chat.features import Timeliness as Word
from optipath_router.decide.match.clause import Clause, clause
from optipath_snapshot import Difficulty, Languages, Sensitivity, TaskTypes, Timeliness


def languages(wanted: Languages) -> Clause:
    """The language is one of these."""
    words, listed = frozenset(wanted.words), ", ".join(wanted.words)
    return clause(
        lambda features: None if features.language is None else features.language in words,
        failed=f"languages: it is none of {listed}",
        held=f"languages: it is one of {listed}",
        unknown="languages: it is not known",
        wants=("language",),
    )


def task_types(wanted: TaskTypes) -> Clause:
    """The likeliest task type is one of these."""
    words, listed = frozenset(wanted.words), ", ".join(wanted.words)

    def holds(features: Features) -> bool | None:
        task = features.task
        return None if task is None else task in words

    return clause(
        holds,
        failed=f"taskTypes: the likeliest is none of {listed}",
        held=f"taskTypes: the likeliest is one of {listed}",
        unknown="taskTypes: none is known",
        wants=("tasks",),
    )


def difficulty(wanted: Difficulty) -> Clause:
    """The request is as demanding as that."""
    least = 0.0 if wanted.min is None else float(wanted.min)
    most = 1.0 if wanted.max is None else float(wanted.max)
    return clause(
        lambda features: None if features.difficulty is None else least <= features.difficulty <= most,
        failed=f"difficulty: it is not from {least:g} to {most:g}",
        held=f"difficulty: it is from {least:g} to {most:g}",
        unknown="difficulty: it is not known",
        wants=("difficulty",),
    )


def timeliness(wanted: Timeliness) -> Clause:
    """The request stands to the present in one of these ways."""
    words, listed = frozenset(wanted.words), ", ".join(wanted.words)
    needs_freshness = Word.FRESH in words

    def holds(features: Features) -> bool | None:
        found = features.timeliness
        if found is not None and not words.isdisjoint(found):
            return True
        return None if found is None or (needs_freshness and not features.freshness_known) else False

    return clause(
        holds,
        failed=f"timeliness: the request is not {listed}",
        held=f"timeliness: the request is {listed}",
        unknown="timeliness: it is not known",
        wants=("timeliness",),
    )


def sensitivity(wanted: Sensitivity) -> Clause:
    """One of these was found in the request."""
    words, listed = frozenset(wanted.words), ", ".join(wanted.words)

    def holds(features: Features) -> bool | None:
        found = features.sensitivity
        if found is not None and not words.isdisjoint(found):
            return True
        return False if found is not None and features.looked_through else None

    return clause(
        holds,
        failed=f"sensitivity: there is no {listed}",
        held=f"sensitivity: there is {listed}",
        unknown=f"sensitivity: whether there is {listed} is not known",
        wants=("sensitivity",),
    )
