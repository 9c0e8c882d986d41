"""The numbers to reach, as the router itself does: real understanding and deciding, prompts that no model has seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from optipath_cli.evaluation.bootstrap import Figure
from optipath_cli.evaluation.contenders import generated, named
from optipath_cli.evaluation.evaluate import Evaluation, Setting, evaluate
from optipath_cli.evaluation.judged import Ordered
from optipath_cli.evaluation.recordings import read_recordings

SETS: Final = (
    "routellm-mmlu",
    "routellm-gsm8k",
    "llmrouter-bench",
    "mmlu-pro",
    "routerbench-1pct",
    "zeroeval-gsm",
    "zeroeval-crux",
    "zeroeval-math-l5",
    "routerarena-sub10",
)
_GAINS: Final = {"llmrouter-bench": 0.035, "mmlu-pro": 0.004, "routerbench-1pct": 0.015}
_NO_HARM: Final = -0.003
_CURVE: Final = "balanced"
"""Gains are those of one setting, named beforehand: the better of two would be luck in part."""

PUBLISHED: Final = (
    ("RouteLLM: random", (50.1, 79.9, 0.500), (50.0, 80.1, 0.497)),
    ("RouteLLM: similarity-weighted ranking", (35.4, 71.6, 0.603), (41.2, 72.2, 0.568)),
    ("RouteLLM: causal LLM (Llama 3 8B)", (35.5, 70.3, 0.600), (33.6, 63.3, 0.622)),
    ("RouteLLM: matrix factorization", (35.5, 71.4, 0.597), (38.8, 72.6, 0.565)),
    ("RouteLLM: BERT", (41.3, 72.2, 0.572), (44.8, 79.1, 0.531)),
)
"""CPT50, CPT80 and APGR on MMLU and on GSM8K, of arXiv:2406.18665, from the same answers."""


@dataclass(frozen=True, slots=True)
class Number:
    """One of them."""

    what: str
    prompts: int
    figure: Figure | None
    """None where it has no value, which is worse than any."""
    must: float
    less_is_better: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is on the right side of what it must be."""
        if self.figure is None:
            return False
        value = self.figure.value
        return value <= self.must if self.less_is_better else value >= self.must


def evaluations(fixtures: Path, setting: Setting) -> Iterator[Evaluation]:
    """An evaluation of each set, all recorded models being candidates."""
    for name in SETS:
        recordings = read_recordings(fixtures / "routing" / f"{name}.jsonl.gz")
        field = generated(recordings)
        yield evaluate(recordings, field, [named(alias, field) for alias in ("auto", "eco", "premium")], setting)


def numbers(evaluation: Evaluation) -> Iterator[Number]:
    """What one set has to say."""
    name, prompts = evaluation.recordings.name, len(evaluation.recordings.rows)
    order = next((each for each in evaluation.orders if each.name == "expected gap"), None)
    length = next((each for each in evaluation.orders if each.name == "length"), None)
    curve = next(each for each in evaluation.curves if each.name == _CURVE)
    if name == "routellm-mmlu":
        yield Number(f"{name}: APGR", prompts, order.apgr if order else None, 0.655)
        yield Number(f"{name}: CPT80", prompts, order.cpt80 if order else None, 60.0, less_is_better=True)
        yield Number(f"{name}, pair unknown (by length): APGR", prompts, length.apgr if length else None, 0.575)
    elif name == "routellm-gsm8k":
        yield Number(f"{name}: APGR", prompts, order.apgr if order else None, 0.59)
        yield Number(f"{name}, pair unknown (by length): APGR", prompts, length.apgr if length else None, 0.565)
    else:
        yield Number(f"{name}: hull gain", prompts, curve.gain, _GAINS.get(name, _NO_HARM))
    if name == "llmrouter-bench":
        yield Number(f"{name}: cost at 98 % quality", prompts, curve.near, 0.40, less_is_better=True)


def table(found: Sequence[Number]) -> str:
    """The numbers as Markdown, with what they must be."""
    lines = ["| metric | prompts | reached | must | |", "|---|---|---|---|---|"]
    for each in found:
        digits = 1 if each.must > 1 else 4 if abs(each.must) < 0.05 else 3
        sign = "≤" if each.less_is_better else "≥"
        lines.append(
            f"| {each.what} | {each.prompts:,} | {_told(each.figure, digits)} | {sign} {each.must:g} | "
            f"{'reached' if each.reached else '**missed**'} |"
        )
    return "\n".join(lines)


def beside_published(found: Sequence[Evaluation]) -> str:
    """CPT50, CPT80 and APGR beside what RouteLLM published on the same sets."""
    lines = [
        "| order | MMLU CPT50 | CPT80 | APGR | GSM8K CPT50 | CPT80 | APGR |",
        "|---|---|---|---|---|---|---|",
    ]
    sets = {each.recordings.name: {order.name: order for order in each.orders} for each in found}
    mmlu, gsm = sets.get("routellm-mmlu", {}), sets.get("routellm-gsm8k", {})
    for name in ("expected gap", "length", "random", "oracle"):
        cells = [cell for orders in (mmlu, gsm) for cell in _cells(orders.get(name))]
        lines.append(f"| OptiPath: {name} | {' | '.join(cells)} |")
    for name, of_mmlu, of_gsm in PUBLISHED:
        told = [f"{value:.1f}" if value > 1 else f"{value:.3f}" for value in (*of_mmlu, *of_gsm)]
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)


def savings(found: Sequence[Evaluation]) -> str:
    """What the aliases save and lose, set by set: never one without the other."""
    lines = ["| set | strongest | alias | cost saved | quality lost |", "|---|---|---|---|---|"]
    for each in found:
        for judged in each.judged:
            if not judged.baseline and judged.name != "eco":
                saved = Figure(*(100 * value for value in judged.saved))
                lines.append(
                    f"| {each.recordings.name} | {each.strong.rsplit('/', 1)[-1]} | {judged.name} | "
                    f"{_told(saved, 0)} % | {_told(judged.lost, 3)} |"
                )
    return "\n".join(lines)


def _cells(order: Ordered | None) -> Sequence[str]:
    if order is None:
        return "-", "-", "-"
    return _told(order.cpt50, 1), _told(order.cpt80, 1), _told(order.apgr, 3)


def _told(figure: Figure | None, digits: int) -> str:
    if figure is None:
        return "not reached"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"
