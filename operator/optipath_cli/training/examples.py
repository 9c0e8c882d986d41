"""Examples: recorded prompts with what became of them, labelled prompts, and our own seeds."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

RECORDED: Final = (
    "routellm-mmlu",
    "routellm-gsm8k",
    "mmlu-pro",
    "zeroeval-gsm",
    "zeroeval-crux",
    "zeroeval-math-l5",
    "llmrouter-bench",
    "routerarena-sub10",
    "routerbench-1pct",
)
LABELLED: Final = "tasks"
SEED: Final = "seed"
VARIANT: Final = "variant"

TASKS: Final = (
    "Chat",
    "Classification",
    "Code",
    "Extraction",
    "Math",
    "QA",
    "Reasoning",
    "Rewriting",
    "Roleplay",
    "Summarization",
    "Translation",
    "Writing",
)
_TASK_OF: Final = {task.lower(): task for task in TASKS}

SEEDS: Final = Path(__file__).with_name("seeds")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a model did on a prompt."""

    score: float
    cost: float


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt, and what is known of it."""

    id: str
    set: str
    prompt: str
    kind: str | None = None
    """The task as its recorder names it."""
    label: str | None = None
    """Its task type, of the twelve."""
    domain: str | None = None
    language: str | None = None
    difficulty: float | None = None
    """As a seed declares it."""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


def recorded(fixtures: Path) -> list[Example]:
    """Everything recorded, in the order of the files."""
    return [
        *(example for name in RECORDED for example in _routing(fixtures / "routing" / f"{name}.jsonl.gz", name)),
        *_labelled(fixtures / "tasks" / "labelled_prompts.jsonl.gz"),
    ]


def seeds(folder: Path = SEEDS) -> list[Example]:
    """Our own prompts: a file for each language, a prompt a line."""
    return [
        Example(
            id=f"seed/{file.stem}/{number}",
            set=SEED,
            prompt=row["prompt"],
            label=_label(row["label"], f"{file}:{number}"),
            domain=row.get("domain"),
            language=file.stem,
            difficulty=row.get("difficulty"),
        )
        for file in sorted(folder.glob("*.jsonl"))
        for number, row in enumerate(map(json.loads, file.read_text(encoding="utf-8").splitlines()), start=1)
    ]


def _routing(path: Path, name: str) -> Iterator[Example]:
    for row in _rows(path):
        outcomes = {model: Outcome(each["score"], each["cost_usd"]) for model, each in sorted(row["outcomes"].items())}
        yield Example(id=row["id"], set=name, prompt=row["prompt"], kind=row["task"], outcomes=outcomes)


def _labelled(path: Path) -> Iterator[Example]:
    for row in _rows(path):
        label = None if row["label"] is None else _label(row["label"], row["id"])
        yield Example(
            id=row["id"],
            set=LABELLED,
            prompt=row["prompt"],
            kind=row["source"],
            label=label,
            domain=row["domain"],
            language=row["language"],
        )


def _label(name: str, where: str) -> str:
    if name.lower() not in _TASK_OF:
        raise ValueError(f"{where}: {name!r} is no task type; they are {', '.join(TASKS)}")
    return _TASK_OF[name.lower()]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
