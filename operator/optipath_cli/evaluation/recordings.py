"""Recorded outcomes: prompts, and how well each of several models did on them, for how much money.

A file has a prompt a line, as JSON, and may be gzipped:

    {"id", "dataset"?, "prompt", "outcomes": {MODEL: {"score": 0..1, "cost_usd", "tokens_in"?, "tokens_out"?}}}
"""

import gzip
import json
import math
import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any


class BadRecordings(Exception):
    """A file that is no recording; the message names the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one model did on one prompt."""

    score: float
    cost: float
    """Dollars."""
    tokens_in: int | None = None
    tokens_out: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One prompt."""

    id: str
    dataset: str
    prompt: str
    outcomes: tuple[Outcome, ...]
    """In the order of the recordings' models."""


@dataclass(frozen=True, slots=True)
class Recordings:
    """Prompts that the same models answered."""

    name: str
    models: tuple[str, ...]
    """By name."""
    rows: tuple[Row, ...]

    def scores(self, model: int) -> list[float]:
        """Each prompt's score of a model."""
        return [row.outcomes[model].score for row in self.rows]

    def costs(self, model: int) -> list[float]:
        """Each prompt's cost of a model, in dollars."""
        return [row.outcomes[model].cost for row in self.rows]

    def sample(self, size: int, seed: int) -> "Recordings":
        """So many of the prompts, in their order; all of them where there are no more."""
        if size >= len(self.rows):
            return self
        kept = sorted(random.Random(seed).sample(range(len(self.rows)), size))  # noqa: S311  no secret
        return replace(self, rows=tuple(self.rows[place] for place in kept))


def read_recordings(path: Path) -> Recordings:
    """The recordings in a file; raises BadRecordings."""
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    models: tuple[str, ...] = ()
    rows = []
    for number, written in lines_of(path):
        where = f"{path}:{number}"
        found = _outcomes(written, where)
        models = models or tuple(found)
        if tuple(found) != models:
            odd = ", ".join(sorted(set(models).symmetric_difference(found)))
            raise BadRecordings(f"{where}: every prompt needs an outcome of the same models, and this differs in {odd}")
        prompt = written.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            raise BadRecordings(f"{where}: prompt is {prompt!r}, and must be a text")
        row_id, dataset = str(written.get("id", number)), str(written.get("dataset", name))
        rows.append(Row(row_id, dataset, prompt, tuple(found.values())))
    if not rows:
        raise BadRecordings(f"{path}: holds no prompts")
    return Recordings(name, models, tuple(rows))


def lines_of(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects in a file of JSON lines, gzipped or not, with their line numbers; raises BadRecordings."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                written = json.loads(line)
                if not isinstance(written, dict):
                    raise BadRecordings(f"{path}:{number}: is no JSON object")
                yield number, written
    except json.JSONDecodeError as problem:
        raise BadRecordings(f"{path}:{number}: is no JSON: {problem.msg}") from problem
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as problem:
        raise BadRecordings(f"{path}: {getattr(problem, 'strerror', None) or problem}") from problem


def _outcomes(written: Mapping[str, Any], where: str) -> dict[str, Outcome]:
    outcomes = written.get("outcomes")
    if not isinstance(outcomes, dict) or not outcomes:
        raise BadRecordings(f"{where}: outcomes must name each model with its score and cost_usd")
    return {model: _outcome(outcomes[model], f"{where}: outcomes of {model!r}") for model in sorted(outcomes)}


def _outcome(written: object, where: str) -> Outcome:
    if not isinstance(written, dict):
        raise BadRecordings(f"{where}: {written!r} is no object with score and cost_usd")
    score, cost = _number(written, "score", where), _number(written, "cost_usd", where)
    if not 0 <= score <= 1:
        raise BadRecordings(f"{where}: score is {score:g}, and goes from 0 to 1")
    if cost < 0:
        raise BadRecordings(f"{where}: cost_usd is {cost:g}, and cannot be below 0")
    return Outcome(score, cost, written.get("tokens_in"), written.get("tokens_out"))


def _number(written: Mapping[str, Any], member: str, where: str) -> float:
    value = written.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadRecordings(f"{where}: {member} is {value!r}, and must be a number")
    return float(value)
