"""Heads: the numbers that are learned of a text, each a column of weights."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import Ridge

from optipath_cli.training.examples import SEED, TASKS, Example
from optipath_cli.training.variants import domain_of

TASK: Final = "task"
DIFFICULTY: Final = "difficulty"
FAMILIES: Final = {
    "mmlu": ("routellm-mmlu",),
    "domain": ("mmlu-pro",),
    "bench": ("llmrouter-bench",),
    "zero": ("zeroeval-gsm", "zeroeval-crux", "zeroeval-math-l5"),
    "mixed": ("routerbench-1pct",),
}
"""Kinds of prompts, as the recorders sorted them."""
PAIRS: Final = {
    "routellm-mmlu": ("mixtral-8x7b-instruct-v0.1", "gpt-4-1106-preview"),
    "routellm-gsm8k": ("mixtral-8x7b-instruct-v0.1", "gpt-4-1106-preview"),
}
"""Weak and strong model."""
OWN: Final = ("mmlu-pro", "llmrouter-bench")
"""Sets that are large enough for a head for each of their models."""

_MIXED: Final = ("arc", "grade", "hellaswag", "mmlu", "winogrande")
"""Benchmarks of which routerbench-1pct holds more than a few rows."""

_CLASS_ALPHA: Final = 1.0
_KIND_ALPHA: Final = 2.0
_OUTCOME_ALPHA: Final = 8.0
_SMALL_ALPHA: Final = 10.0
_SEED_WEIGHT: Final = 0.3
_SEED_DIFFICULTY: Final = 4.0
"""Benchmarks ask nothing easy: what is easy, a few hundred seeds say against 18,000 rows."""


@dataclass(frozen=True, slots=True)
class Group:
    """Heads that are learned from the same rows."""

    names: list[str]
    rows: np.ndarray
    wanted: np.ndarray
    alpha: float
    weights: np.ndarray | None = None


def kind_of(example: Example, family: str) -> str | None:
    """The kind of an example within a family."""
    if example.set not in FAMILIES[family] or example.kind is None:
        return None
    match family:
        case "zero":
            return example.set.removeprefix("zeroeval-")
        case "mixed":
            kind = example.kind.split("-")[0]
            return kind if kind in _MIXED else "rest"
        case _:
            return example.kind.removeprefix("knowledge/")


def kinds(examples: Sequence[Example], family: str) -> list[str]:
    """The kinds of a family."""
    return sorted({kind for example in examples if (kind := kind_of(example, family))})


def groups(examples: Sequence[Example], trained: np.ndarray) -> list[Group]:
    """All heads, with what each is learned from; the names are the same whichever rows are trained on."""
    found = [_tasks(examples, trained), *(_kinds(examples, trained, family) for family in FAMILIES)]
    for name, (weak, strong) in PAIRS.items():
        rows = _of_set(examples, trained, name)
        gaps = [examples[row].outcomes[strong].score - examples[row].outcomes[weak].score for row in rows]
        alpha = _OUTCOME_ALPHA if len(rows) > 2000 else _SMALL_ALPHA
        found.append(Group([f"gap:{name}"], rows, np.array(gaps)[:, None], alpha))
    found.append(_difficulty(examples, trained))
    for name in OWN:
        rows = _of_set(examples, trained, name)
        scores = scores_of(examples, rows)
        models = sorted(examples[rows[0]].outcomes)
        found.append(
            Group([f"own:{name}:{model}" for model in models], rows, scores - scores.mean(axis=0), _OUTCOME_ALPHA)
        )
    return found


def fit(design_matrix: sp.csr_matrix, group: Group) -> tuple[np.ndarray, np.ndarray]:
    """A group's weights, a column for each head, and what is added to each."""
    # The solver is deterministic, and reads the matrix only as often as it must.
    ridge = Ridge(alpha=group.alpha, solver="sparse_cg", tol=1e-3)
    ridge.fit(design_matrix[group.rows], group.wanted, sample_weight=group.weights)
    return np.atleast_2d(ridge.coef_).T, np.atleast_1d(ridge.intercept_)


def scores_of(examples: Sequence[Example], rows: np.ndarray) -> np.ndarray:
    """Scores of rows of one set, a column for each model by name."""
    return np.array([[outcome.score for _, outcome in sorted(examples[row].outcomes.items())] for row in rows])


def _rows(examples: Sequence[Example], trained: np.ndarray, wanted: Callable[[Example], bool]) -> np.ndarray:
    return np.array([row for row in trained if wanted(examples[row])])


def _of_set(examples: Sequence[Example], trained: np.ndarray, name: str) -> np.ndarray:
    return _rows(examples, trained, lambda example: example.set == name)


def _tasks(examples: Sequence[Example], trained: np.ndarray) -> Group:
    rows = _rows(examples, trained, lambda example: example.label is not None)
    labels = [task_of(examples[row]) for row in rows]
    frequency = Counter(labels)
    weights = np.array([(len(rows) / frequency[label]) ** 0.5 for label in labels])
    weights *= np.array([_SEED_WEIGHT if examples[row].set == SEED else 1.0 for row in rows])
    wanted = np.array([[float(label == task) for task in TASKS] for label in labels])
    return Group([f"{TASK}:{task}" for task in TASKS], rows, wanted, _CLASS_ALPHA, weights / weights.mean())


def task_of(example: Example) -> str | None:
    """The task type that an example teaches: BELLE files translations as rewriting, which they are not."""
    if example.kind == "belle" and example.label == "Rewriting" and "翻译" in example.prompt:
        return "Translation"
    return example.label


def _kinds(examples: Sequence[Example], trained: np.ndarray, family: str) -> Group:
    names = kinds(examples, family)
    named = domain_of if family == "domain" else partial(kind_of, family=family)
    rows = _rows(examples, trained, lambda example: named(example) is not None)
    wanted = np.array([[float(named(examples[row]) == name) for name in names] for row in rows])
    return Group([f"{family}:{name}" for name in names], rows, wanted, _KIND_ALPHA)


def _difficulty(examples: Sequence[Example], trained: np.ndarray) -> Group:
    rows = _rows(examples, trained, lambda example: difficulty_of(example) is not None)
    wanted = np.array([[difficulty_of(examples[row])] for row in rows], dtype=float)
    weights = np.array([_SEED_DIFFICULTY if examples[row].set == SEED else 1.0 for row in rows])
    return Group([DIFFICULTY], rows, wanted, _OUTCOME_ALPHA, weights)


def difficulty_of(example: Example) -> float | None:
    """The share of models that failed on it, or what a seed declares."""
    if example.outcomes:
        return 1 - sum(outcome.score for outcome in example.outcomes.values()) / len(example.outcomes)
    return example.difficulty
