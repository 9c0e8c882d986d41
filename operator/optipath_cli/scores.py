"""What a strategy made of each candidate, as a table and a few words beneath it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from optipath_router.decide.decision import Decision
from optipath_router.decide.judged import judged
from optipath_router.decide.scored import Part, Scored, ScorePart, Source

_SOURCES: Final[Mapping[Source, str]] = {
    Source.UNKNOWN: "not known",
    Source.PRICES: "prices times expected tokens",
    Source.PRICES_CACHED: "prices times expected tokens, less what the prompt cache saves",
    Source.KNOWN_MODEL: "what the routing model knows of it",
    Source.DECLARED: "as declared",
    Source.DECLARED_BY_TASK: "as declared for the task type",
    Source.DECLARED_BY_DIFFICULTY: "as declared, moved by difficulty",
    Source.DECLARED_BY_TASK_AND_DIFFICULTY: "as declared for the task type, moved by difficulty",
    Source.MEASURED: "this router's own averages",
    Source.PRIOR: "what is usual, for too little is measured",
    Source.COUNTED: "counted",
    Source.PLUGIN: "the plug-in",
}


def scores_table(decision: Decision) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Headings and rows: a row for each candidate, a column for each part of its score, and the total."""
    parts = decision.scored[0].parts
    noted = any(scored.note for scored in decision.scored)
    headings = ("", "target", *(_heading(part) for part in parts), "total", *(["note"] if noted else []))
    places = {target.name: place for place, target in enumerate(decision.ranking, start=1)}
    return headings, [_row(scored, places.get(scored.target), noted=noted) for scored in decision.scored]


def sources(decision: Decision) -> Iterator[tuple[str, str]]:
    """Where the values of each part come from."""
    for part in decision.scored[0].parts:
        by_source: dict[str, list[str]] = {}
        for scored in decision.scored:
            if (found := scored.part(part.name)) is not None:
                whose = judged(found, scored)
                told = _SOURCES[found.source] + (f": {whose}" if whose else "")
                by_source.setdefault(told, []).append(scored.target)
        shown = [told + (f" ({', '.join(names)})" if len(by_source) > 1 else "") for told, names in by_source.items()]
        yield part.name, "; ".join(shown)


def _heading(part: ScorePart) -> str:
    return f"{part.name} · {part.weight:.3g}" if part.weight else part.name


def _row(scored: Scored, place: int | None, *, noted: bool) -> Sequence[str]:
    cells = [f"{place}." if place else "-", scored.target, *map(_cell, scored.parts), f"{scored.total:.3f}"]
    return [*cells, scored.note] if noted else cells


def _cell(part: ScorePart) -> str:
    return f"{_value(part)} → {part.points:.3f}" if part.weight else _value(part)


def _value(part: ScorePart) -> str:
    if part.value is None:
        return "?"
    match part.name:
        case Part.COST:
            return f"${part.value:.3g}"
        case Part.LATENCY:
            return f"{part.value:.2f} s"
        case Part.IN_FLIGHT:
            return f"{part.value:.0f}"
        case _:
            return f"{part.value:.3f}"
