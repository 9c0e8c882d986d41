"""The table of what was reached: out of sample over five folds, with bootstrap intervals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from optipath_cli.training.calibrate import POOLS, difficulty, models_of, qualities, scores
from optipath_cli.training.crossed import Crossed
from optipath_cli.training.examples import LABELLED, TASKS, Example
from optipath_cli.training.folds import FOLDS
from optipath_cli.training.heads import FAMILIES, PAIRS, difficulty_of, kind_of, task_of
from optipath_cli.training.metrics import apgr, pool_choices, pool_gain, rank_correlation
from optipath_router.classify.language import language

_DRAWS: Final = 200
_LATIN: Final = ("de", "es", "fr", "it")


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of the table."""

    what: str
    count: int
    value: float
    low: float
    high: float
    must: float | None = None
    less_is_better: bool = False

    @property
    def missed(self) -> bool:
        """Whether it is on the wrong side of the number to reach."""
        if self.must is None:
            return False
        return self.value > self.must if self.less_is_better else self.value < self.must


def measure(crossed: Crossed, left_out_chinese: Sequence[tuple[str, str]]) -> Iterator[Measured]:
    """All numbers."""
    yield from _pairs(crossed)
    yield from _unseen_pairs(crossed)
    yield from _pools(crossed)
    yield from _tasks(crossed)
    yield from _accuracy("task types, Chinese recordings left out: accuracy", left_out_chinese, 0.48)
    yield from _f1("task types, Chinese recordings left out: macro-F1", left_out_chinese, 0.38)
    yield from _domains(crossed)
    yield from _languages(crossed.predicted.examples)
    yield from _difficulties(crossed)


def _pairs(crossed: Crossed) -> Iterator[Measured]:
    for name, musts in {"routellm-mmlu": (0.655, 60.0), "routellm-gsm8k": (0.59, None)}.items():
        quality, scored, _ = _out_of_sample(crossed, name, name)
        # Each fold's model expects the mean gap of the others, which says nothing of the order within it.
        need = quality[:, 1] - quality[:, 0] - _mean_gaps(crossed, name, scored)
        yield from _of_pair(name, need, scored, musts)


def _mean_gaps(crossed: Crossed, name: str, scored: np.ndarray) -> np.ndarray:
    """The pair's mean gap on the other folds, for each prompt."""
    predicted = crossed.predicted
    place = predicted.fold[predicted.of_sets((name,), np.arange(len(predicted.examples)))]
    gaps = scored[:, 1] - scored[:, 0]
    return np.array([gaps[place != each].mean() for each in place])


def _unseen_pairs(crossed: Crossed) -> Iterator[Measured]:
    """By length alone, which is what is left where nothing is known of two models."""
    for name, must in {"routellm-mmlu": 0.575, "routellm-gsm8k": 0.565}.items():
        predicted = crossed.predicted
        rows = predicted.of_sets((name,), np.arange(len(predicted.examples)))
        need = np.array([float(len(predicted.examples[row].prompt)) for row in rows])
        scored = scores(predicted, rows, PAIRS[name])
        yield from list(_of_pair(f"{name}, pair unknown", need, scored, (must, None)))[:1]


def _of_pair(name: str, need: np.ndarray, scored: np.ndarray, musts: tuple[float, float | None]) -> Iterator[Measured]:
    def at(rows: np.ndarray) -> tuple[float, ...]:
        return apgr(scored[rows, 0], scored[rows, 1], need[rows])

    size = len(need)
    yield _measured(f"{name}: APGR", size, lambda rows: at(rows)[0], musts[0])
    yield _measured(f"{name}: CPT50", size, lambda rows: at(rows)[1], None, less=True)
    yield _measured(f"{name}: CPT80", size, lambda rows: at(rows)[2], musts[1], less=True)


def _pools(crossed: Crossed) -> Iterator[Measured]:
    for pool, spec in POOLS.items():
        if pool not in PAIRS:
            for name in spec.sets:
                yield from _of_pool(crossed, pool, name)


def _of_pool(crossed: Crossed, pool: str, name: str) -> Iterator[Measured]:
    quality, scored, costs = _out_of_sample(crossed, pool, name)
    chosen = pool_choices(quality, _mean_costs(crossed, pool, name))

    def at(rows: np.ndarray) -> tuple[float, float]:
        return pool_gain([each[rows] for each in chosen], scored[rows], costs[rows])

    must = {"llmrouter-bench": 0.035, "mmlu-pro": 0.004, "routerbench-1pct": 0.015}.get(name, -0.003)
    yield _measured(f"{name}: hull gain", len(scored), lambda rows: at(rows)[0], must)
    if name == "llmrouter-bench":
        yield _measured(f"{name}: cost at 98 % quality", len(scored), lambda rows: at(rows)[1], 0.40, less=True)


def _out_of_sample(crossed: Crossed, pool: str, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predicted quality, recorded scores and costs of a set's prompts, a column for each model."""
    predicted, models = crossed.predicted, models_of(crossed.predicted, pool)
    rows = predicted.of_sets((name,), np.arange(len(predicted.examples)))
    quality = np.zeros((len(rows), len(models)))
    for fold in range(FOLDS):
        here = predicted.fold[rows] == fold
        quality[here] = qualities(predicted, rows[here], _pool_of(crossed.calibrations[fold], pool))
    costs = np.array([[predicted.examples[row].outcomes[model].cost for model in models] for row in rows])
    return quality, scores(predicted, rows, models), costs


def _mean_costs(crossed: Crossed, pool: str, name: str) -> np.ndarray:
    """What models cost on the other folds, for each prompt."""
    _, _, costs = _out_of_sample(crossed, pool, name)
    predicted = crossed.predicted
    place = predicted.fold[predicted.of_sets((name,), np.arange(len(predicted.examples)))]
    found = np.zeros_like(costs)
    for fold in range(FOLDS):
        found[place == fold] = costs[place != fold].mean(axis=0)
    return found


def _pool_of(calibration: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in calibration["pools"] if each["name"] == name)
    return found


def _tasks(crossed: Crossed) -> Iterator[Measured]:
    predicted = crossed.predicted
    rows = [row for row, example in enumerate(predicted.examples) if example.label and example.set == LABELLED]
    said = [TASKS[int(each)] for each in predicted.family("task", np.array(rows)).argmax(axis=1)]
    wanted = [str(predicted.examples[row].label) for row in rows]
    spoken = [predicted.examples[row].language for row in rows]
    pairs = list(zip(wanted, said, strict=True))
    yield from _accuracy("task types: accuracy", pairs, 0.83)
    yield from _f1("task types: macro-F1", pairs, 0.74)
    mended = [(str(task_of(predicted.examples[row])), each) for row, each in zip(rows, said, strict=True)]
    yield from _accuracy("task types, BELLE's translations called so: accuracy", mended, None)
    yield from _f1("task types, BELLE's translations called so: macro-F1", mended, None)
    chinese = [pair for pair, tongue in zip(pairs, spoken, strict=True) if tongue == "zh"]
    yield from _accuracy("task types, Chinese: accuracy", chinese, 0.79)
    latin = [pair for pair, tongue in zip(pairs, spoken, strict=True) if tongue in _LATIN]
    yield from _accuracy("task types, de es fr it: accuracy", latin, 0.74)
    for task in TASKS:
        yield from _f1(f"task type {task}: F1", mended, None, task)


def _domains(crossed: Crossed) -> Iterator[Measured]:
    predicted = crossed.predicted
    rows = predicted.of_sets(FAMILIES["domain"], np.arange(len(predicted.examples)))
    names = [name.split(":", 1)[1] for name in predicted.names if name.startswith("domain:")]
    said = [names[int(each)] for each in predicted.family("domain", rows).argmax(axis=1)]
    wanted = [str(kind_of(predicted.examples[row], "domain")) for row in rows]
    yield from _accuracy("domain, 14: accuracy", list(zip(wanted, said, strict=True)), 0.78)


def _languages(examples: Sequence[Example]) -> Iterator[Measured]:
    told = [
        (example.language, language(example.prompt)[0])
        for example in examples
        if example.set == LABELLED and example.language
    ]
    yield from _accuracy("language: accuracy", told, 0.985)


def _difficulties(crossed: Crossed) -> Iterator[Measured]:
    predicted = crossed.predicted
    musts = {
        "mmlu-pro": 0.42,
        "llmrouter-bench": 0.46,
        "routellm-mmlu": 0.38,
        "zeroeval-math-l5": None,
        "zeroeval-crux": None,
        "routellm-gsm8k": None,
    }
    for name, must in musts.items():
        rows = predicted.of_sets((name,), np.arange(len(predicted.examples)))
        raw = np.zeros(len(rows))
        for fold in range(FOLDS):
            here = predicted.fold[rows] == fold
            raw[here] = difficulty(predicted, rows[here], crossed.calibrations[fold]["difficultyKinds"])
        hard = np.array([difficulty_of(predicted.examples[row]) for row in rows], dtype=float)
        yield _correlation(f"{name}: rank correlation of difficulty", raw, hard, must)


def _correlation(what: str, said: np.ndarray, wanted: np.ndarray, must: float | None) -> Measured:
    return _measured(what, len(said), lambda rows: rank_correlation(said[rows], wanted[rows]), must)


def _accuracy(what: str, pairs: Sequence[tuple[str | None, str]], must: float | None) -> Iterator[Measured]:
    hits = np.array([float(wanted == said) for wanted, said in pairs])
    yield _measured(what, len(pairs), lambda rows: float(hits[rows].mean()), must)


def _f1(
    what: str, pairs: Sequence[tuple[str, str]], must: float | None, label: str | None = None
) -> Iterator[Measured]:
    labels = sorted({each for pair in pairs for each in pair})
    wanted = np.array([labels.index(one) for one, _ in pairs])
    said = np.array([labels.index(other) for _, other in pairs])
    chosen = range(len(labels)) if label is None else [labels.index(label)]

    def at(rows: np.ndarray) -> float:
        one, other = wanted[rows], said[rows]
        sizes = [(one == each).sum() + (other == each).sum() for each in chosen]
        hits = [((one == each) & (other == each)).sum() for each in chosen]
        return float(np.mean([2 * hit / size for hit, size in zip(hits, sizes, strict=True) if size]))

    yield _measured(what, len(pairs), at, must)


def _measured(
    what: str, count: int, metric: Callable[[np.ndarray], float], must: float | None, *, less: bool = False
) -> Measured:
    random = np.random.default_rng(0)
    drawn = [metric(random.integers(0, count, count)) for _ in range(_DRAWS)]
    low, high = (float(each) for each in np.percentile(drawn, [2.5, 97.5]))
    return Measured(what, count, metric(np.arange(count)), low, high, must, less)
