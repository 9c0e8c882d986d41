"""Calibration: what heads that were predicted out of sample say about probabilities, difficulty and models.

Everything here is fitted on predictions for examples that the heads had not
seen, so that trust in them is what they earn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize_scalar, nnls
from sklearn.isotonic import IsotonicRegression

from optipath_cli.training.examples import LABELLED, TASKS, Example
from optipath_cli.training.heads import DIFFICULTY, FAMILIES, PAIRS, TASK, difficulty_of, kind_of
from optipath_router.classify.model.names import canonical

_SHARPNESS: Final = {"mmlu": 14.0, "domain": 10.0, "bench": 10.0, "zero": 6.0, "mixed": 10.0}
"""How far the likeliest kind of a family is trusted; set once, by the folds."""
_KNOTS: Final = 17
_PRIOR_RIDGE: Final = 30.0
_RECORDED_ENOUGH: Final = 0.2
"""A task type with this mean probability among a pool's prompts is fully known to it."""


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """Models recorded on the same prompts."""

    sets: tuple[str, ...]
    family: str
    """The kinds by which quality is told apart."""
    own: str | None = None
    prior: float = 5.0
    """As many prompts of the mean are added to each kind."""
    mixes: bool = True
    """Whether kinds tell the models apart; those of another set's prompts do not tell a pair's."""


POOLS: Final = {
    "mmlu-pro": PoolSpec(("mmlu-pro",), "domain", "own:mmlu-pro"),
    "llmrouter-bench": PoolSpec(("llmrouter-bench",), "bench", "own:llmrouter-bench"),
    "zeroeval": PoolSpec(FAMILIES["zero"], "zero", prior=20.0),
    "routerbench-1pct": PoolSpec(("routerbench-1pct",), "mixed"),
    "routerarena-sub10": PoolSpec(("routerarena-sub10",), "bench"),
    "routellm-mmlu": PoolSpec(("routellm-mmlu",), "mmlu", "gap:routellm-mmlu"),
    "routellm-gsm8k": PoolSpec(("routellm-gsm8k",), "bench", "gap:routellm-gsm8k", mixes=False),
}


@dataclass(frozen=True, slots=True)
class Predicted:
    """Heads of examples, predicted by models that had not seen them."""

    examples: Sequence[Example]
    names: Sequence[str]
    heads: np.ndarray
    fold: np.ndarray

    def family(self, family: str, rows: np.ndarray) -> np.ndarray:
        """The heads of a family."""
        return self.heads[np.ix_(rows, [at for at, name in enumerate(self.names) if name.startswith(f"{family}:")])]

    def shares(self, family: str, rows: np.ndarray) -> np.ndarray:
        """The likely kinds."""
        return softmax(self.family(family, rows), _SHARPNESS[family])

    def of_sets(self, sets: Sequence[str], within: np.ndarray) -> np.ndarray:
        """Rows of some sets."""
        return np.array([row for row in within if self.examples[row].set in sets], dtype=int)


def softmax(scores: np.ndarray, sharpness: float) -> np.ndarray:
    """Shares, a row each."""
    powers = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def calibrated(predicted: Predicted, rows: np.ndarray) -> dict[str, Any]:
    """The part of the file's header that is calibration, from some of the rows."""
    kinds = [_difficulty_kinds(predicted, rows, family) for family in ("domain", "bench", "mmlu")]
    weights = _difficulty_weights(predicted, rows, kinds)
    for kind, weight in zip(kinds, weights, strict=True):
        kind["deviations"] = [_short(float(weight) * each) for each in kind["deviations"]]
    sharpness = _sharpness(predicted, rows)
    return {
        "taskSharpness": sharpness,
        "domainSharpness": _domain_sharpness(predicted, rows),
        "difficultyKinds": kinds,
        "difficultyCurve": _difficulty_curve(predicted, rows, kinds),
        "needCurve": _need_curve(predicted, rows),
        "pools": [_pool(predicted, rows, name, spec, sharpness) for name, spec in POOLS.items()],
    }


def difficulty(predicted: Predicted, rows: np.ndarray, kinds: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Difficulty before it is put on a scale."""
    raw = predicted.heads[rows, predicted.names.index(DIFFICULTY)].copy()
    for kind in kinds:
        raw += predicted.shares(kind["family"], rows) @ np.array(kind["deviations"])
    return raw


def qualities(predicted: Predicted, rows: np.ndarray, pool: Mapping[str, Any]) -> np.ndarray:
    """Quality of a pool's models, in the order of the pool."""
    quality = np.array(pool["means"]) + predicted.shares(pool["family"], rows) @ np.array(pool["deviations"])
    if pool["own"]:
        quality = quality + pool["ownWeight"] * _own(predicted, rows, pool["own"])
    return np.asarray(quality)


def models_of(predicted: Predicted, name: str) -> list[str]:
    """A pool's models by their recorded names, a pair's weak one first."""
    if name in PAIRS:
        return list(PAIRS[name])
    return sorted(next(example for example in predicted.examples if example.set in POOLS[name].sets).outcomes)


def scores(predicted: Predicted, rows: np.ndarray, models: Sequence[str]) -> np.ndarray:
    """Recorded scores, a column for each model."""
    return np.array([[predicted.examples[row].outcomes[model].score for model in models] for row in rows])


def _pool(predicted: Predicted, rows: np.ndarray, name: str, spec: PoolSpec, sharpness: float) -> dict[str, Any]:
    rows = predicted.of_sets(spec.sets, rows)
    models = models_of(predicted, name)
    mixture, own = _weights(predicted, rows, spec, models)
    means, deviations = _kind_means(predicted, rows, spec, scores(predicted, rows, models))
    common = deviations.mean(axis=1, keepdims=True)
    if spec.own and spec.own.startswith("gap:"):
        means = means - own * _own(predicted, rows, spec.own).mean(axis=0)
    covers = np.minimum(1.0, softmax(predicted.family(TASK, rows), sharpness).mean(axis=0) / _RECORDED_ENOUGH)
    return {
        "name": name,
        "prompts": len(rows),
        "models": [canonical(model) for model in models],
        "means": [_short(each) for each in means],
        "family": spec.family,
        "sharpness": _SHARPNESS[spec.family],
        "deviations": [[_short(each) for each in row] for row in common + mixture * (deviations - common)],
        "own": spec.own,
        "ownWeight": _short(own),
        "covers": [_short(each) for each in covers],
    }


def _weights(predicted: Predicted, rows: np.ndarray, spec: PoolSpec, models: Sequence[str]) -> tuple[float, float]:
    """How far deviations between models are to be trusted: those by kind, and those of their own heads."""
    mixtures, owns, wanted = [], [], []
    for fold in sorted({int(each) for each in predicted.fold[rows]}):
        learned, held = rows[predicted.fold[rows] != fold], rows[predicted.fold[rows] == fold]
        means, deviations = _kind_means(predicted, learned, spec, scores(predicted, learned, models))
        mixtures.append(_centred(predicted.shares(spec.family, held) @ deviations))
        owns.append(_own(predicted, held, spec.own) if spec.own else np.zeros_like(mixtures[-1]))
        wanted.append(_centred(scores(predicted, held, models) - means))
    mixed, own, left = (np.vstack(each) for each in (mixtures, owns, wanted))
    if spec.own and spec.own.startswith("gap:"):
        # Added in equal parts they order prompts best; how far to go is one number.
        both = mixed * spec.mixes + own - own.mean(axis=0)
        slope = float(np.clip((both * left).sum() / (both * both).sum(), 0.0, 1.0))
        return slope * spec.mixes, slope
    weights = np.minimum(nnls(np.stack([mixed.ravel(), own.ravel()], axis=1), left.ravel())[0], 1.0)
    return float(weights[0]), float(weights[1])


def _own(predicted: Predicted, rows: np.ndarray, head: str) -> np.ndarray:
    """What models' own heads add to their mean; a pair's gap adds half to each side."""
    if head.startswith("gap:"):
        gap = predicted.heads[rows, predicted.names.index(head)]
        return np.stack([-gap / 2, gap / 2], axis=1)
    return _centred(predicted.family(head, rows))


def _kind_means(
    predicted: Predicted, rows: np.ndarray, spec: PoolSpec, scored: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each model's mean, and how far each kind is from it."""
    names = [name.split(":", 1)[1] for name in predicted.names if name.startswith(f"{spec.family}:")]
    means = scored.mean(axis=0)
    kinds = [kind_of(predicted.examples[row], spec.family) for row in rows]
    if all(kind is not None for kind in kinds):
        shares = np.array([[float(kind == name) for name in names] for kind in kinds])
    else:
        shares = predicted.shares(spec.family, rows)
    total = shares.T @ scored + spec.prior * means
    return means, total / (shares.sum(axis=0)[:, None] + spec.prior) - means


def _centred(values: np.ndarray) -> np.ndarray:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def _difficulty_kinds(predicted: Predicted, rows: np.ndarray, family: str) -> dict[str, Any]:
    """How hard each kind of a family is, beside the family's mean."""
    names = [name.split(":", 1)[1] for name in predicted.names if name.startswith(f"{family}:")]
    rows = predicted.of_sets(FAMILIES[family], rows)
    hard = np.array([difficulty_of(predicted.examples[row]) for row in rows], dtype=float)
    kinds = np.array([kind_of(predicted.examples[row], family) for row in rows])
    mean = hard.mean()
    deviations = [(hard[kinds == name].sum() + 5 * mean) / ((kinds == name).sum() + 5) - mean for name in names]
    return {"family": family, "sharpness": _SHARPNESS[family], "deviations": deviations}


def _difficulty_weights(predicted: Predicted, rows: np.ndarray, kinds: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """How much each family adds to the difficulty's own head."""
    rows, hard = _hard(predicted, rows)
    left = hard - predicted.heads[rows, predicted.names.index(DIFFICULTY)]
    columns = np.stack(
        [predicted.shares(kind["family"], rows) @ np.array(kind["deviations"]) for kind in kinds], axis=1
    )
    columns -= columns.mean(axis=0)
    gram = columns.T @ columns + _PRIOR_RIDGE * np.eye(len(kinds))
    return np.maximum(0.0, np.linalg.solve(gram, columns.T @ (left - left.mean())))


def _difficulty_curve(predicted: Predicted, rows: np.ndarray, kinds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """From the raw difficulty to the share of models that fail; every set weighs the same."""
    rows, hard = _hard(predicted, rows)
    raw = difficulty(predicted, rows, kinds)
    sets = [predicted.examples[row].set for row in rows]
    weights = np.array([1 / sets.count(name) for name in sorted(set(sets))])
    by_set = dict(zip(sorted(set(sets)), weights, strict=True))
    fit = IsotonicRegression(y_min=0.0, y_max=1.0).fit(raw, hard, sample_weight=[by_set[name] for name in sets])
    return _curve(raw, fit.predict)


def _hard(predicted: Predicted, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows = np.array([row for row in rows if difficulty_of(predicted.examples[row]) is not None], dtype=int)
    return rows, np.array([difficulty_of(predicted.examples[row]) for row in rows], dtype=float)


def _need_curve(predicted: Predicted, rows: np.ndarray) -> dict[str, Any]:
    """From a prompt's length to its rank among all: longer prompts want the better model."""
    lengths = np.sort([float(len(predicted.examples[row].prompt)) for row in rows])
    places = np.linspace(0.0, 1.0, _KNOTS)
    return _knots(np.quantile(lengths, places), places)


def _curve(values: np.ndarray, function: Any) -> dict[str, Any]:
    """A function at points that lie among the values, smooth enough to keep their order."""
    xs = np.quantile(values, np.linspace(0.0, 1.0, _KNOTS))
    ys = function(xs)
    # What is easier or harder than everything recorded goes on at the scale that the raw value has.
    return _knots(np.r_[xs[0] - ys[0], xs, xs[-1] + 1 - ys[-1]], np.r_[0.0, ys, 1.0])


def _knots(xs: np.ndarray, ys: np.ndarray) -> dict[str, Any]:
    """Points whose abscissae rise; where the ordinate stands still it is tilted by a hair."""
    found: dict[float, float] = {}
    for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
        found[_short(float(x))] = _short(min(1.0, max(0.0, float(y) * 0.996 + 0.004 * at / (len(xs) - 1))))
    return {"x": list(found), "y": list(found.values())}


def _sharpness(predicted: Predicted, rows: np.ndarray) -> float:
    rows = np.array([row for row in rows if predicted.examples[row].label and predicted.examples[row].set == LABELLED])
    wanted = [TASKS.index(str(predicted.examples[row].label)) for row in rows]
    return _best_sharpness(predicted.family(TASK, rows), wanted)


def _domain_sharpness(predicted: Predicted, rows: np.ndarray) -> float:
    rows = predicted.of_sets(FAMILIES["domain"], rows)
    names = [name.split(":", 1)[1] for name in predicted.names if name.startswith("domain:")]
    wanted = [names.index(str(kind_of(predicted.examples[row], "domain"))) for row in rows]
    return _best_sharpness(predicted.family("domain", rows), wanted)


def _best_sharpness(scored: np.ndarray, wanted: Sequence[int]) -> float:
    """The sharpness under which what came true was the most probable."""

    def surprise(logarithm: float) -> float:
        shares = softmax(scored, float(np.exp(logarithm)))
        return float(-np.log(shares[np.arange(len(wanted)), wanted] + 1e-12).mean())

    return _short(float(np.exp(minimize_scalar(surprise, bounds=(0.0, 4.0), method="bounded").x)))


def _short(value: float) -> float:
    """Six digits are enough, and the same on every machine."""
    return float(f"{value:.6g}")
