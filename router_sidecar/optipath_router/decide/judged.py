"""Who says how good a target is, and of when that is: told beside each score that rests on it."""

from typing import Final

from optipath_router.decide.scored import Part, Scored, ScorePart, Source

_DECLARED: Final = frozenset(
    {
        Source.DECLARED,
        Source.DECLARED_BY_TASK,
        Source.DECLARED_BY_DIFFICULTY,
        Source.DECLARED_BY_TASK_AND_DIFFICULTY,
    }
)
BENCHMARKS: Final = "benchmarks recorded in 2023 and 2024"
"""What the routing model learned from, as its card says."""


def judged(part: ScorePart, scored: Scored) -> str | None:
    """Whose judgement a part of a score rests on, with its date; None where it is nobody's."""
    if part.name != Part.QUALITY:
        return None
    if part.source is Source.KNOWN_MODEL:
        return BENCHMARKS
    if part.source not in _DECLARED:
        return None
    told = scored.quality_source
    return f"{told.name}, {told.date}" if told else "whose and of when is not said"
