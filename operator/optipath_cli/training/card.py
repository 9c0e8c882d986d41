"""The card: what the file was made from, how good it is, and what it should not be trusted with."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

from optipath_cli.training.examples import SEED, VARIANT, Example
from optipath_cli.training.measure import Measured

_SOURCES: Final = """\
| prompts | from | licence |
|---|---|---|
| `routellm-*` | lm-sys/RouteLLM: MMLU and GSM8K with the answers of Mixtral 8x7B and GPT-4 | Apache-2.0 |
| `mmlu-pro` | TIGER-AI-Lab/MMLU-Pro | Apache-2.0 |
| `zeroeval-*` | WildEval/ZeroEval | Apache-2.0 |
| `llmrouter-bench` | ulab-uiuc/LLMRouter | MIT |
| `routerarena-sub10` | RouteWorks/RouterArena | Apache-2.0 |
| `routerbench-1pct` | FrontierCS/Frontier-CS: a sample of RouterBench | MIT |
| labelled: `belle`, `mgsm`, `mtbench-x`, `fastchat`, `arena-hard`, `llmrouter`, `routerarena`, `semantic-router` | LianjiaTech/BELLE, google-research/url-nlp, Modalities/MT-Bench-X, lm-sys/FastChat, lmarena/arena-hard-auto, and the above | ODC-By 1.0, CC-BY-4.0, Apache-2.0, MIT |
| seeds | written for OptiPath, `operator/optipath_cli/training/seeds` | Apache-2.0 |

Texts of these licences lie with the fixtures. The file holds weights and checksums of words, no prompts."""

_LIMITS: Final = """\
- Task types are learned from 2,456 labelled prompts and the seeds. Extraction, roleplay and reasoning are the weak ones. With a whole source left out of
  training, accuracy falls far below the table: prompts of a new kind are told mostly by their cues.
- Bengali, Swahili, Telugu and Thai have recorded mathematics only: their words are not used, so there marks and cues speak alone. Other languages rest on a dozen or more seeds each.
- Quality is known of 46 models recorded in 2023 and 2024. A pool's numbers compare its own models; absolute values are those of benchmarks. Prompts unlike a pool's get no quality from it.
- The pair of one set does not transfer to another: for models that were not recorded together, length is the best order there is (`need`).
- Difficulty is the share of recorded models that fail, and learned from benchmarks with one right answer; what open-ended requests ask for rests on the seeds.
- Intervals are bootstraps over prompts. They do not cover the choice of constants (weights of marks, sharpness), which were chosen while looking at
  the same folds."""


def card(file: bytes, measured: Sequence[Measured], examples: Sequence[Example]) -> str:
    """The card's text."""
    sets = Counter(example.set for example in examples)
    tongues = Counter(str(example.language) for example in examples if example.set == SEED)
    seeds = ", ".join(
        f"{language} {count}" for language, count in sorted(tongues.items(), key=lambda each: (-each[1], each[0]))
    )
    return f"""# The routing model

Written by `make train` (`python -m optipath_cli.training FIXTURES`); do not edit.

| | |
|---|---|
| file | `routing.model`, {len(file):,} bytes |
| SHA-256 | `{hashlib.sha256(file).hexdigest()}` |
| learned from | {len(examples) - sets[SEED] - sets[VARIANT]:,} recorded prompts and {sets[SEED]:,} seeds ({seeds}) |

## Sources

{_SOURCES}

## What it reaches

Out of sample over five fixed folds; questions that resemble or translate one another are in one fold; calibration is nested, so that nothing of the tested fold is in the model that
is tested. In brackets 95 % of {200} bootstrap draws. The shipped file is trained on all folds.

{table(measured)}
## Limits

{_LIMITS}
"""


def table(measured: Sequence[Measured]) -> str:
    """The numbers, as Markdown."""
    lines = ["| metric | prompts | reached | must |", "|---|---|---|---|"]
    for each in measured:
        digits = 1 if abs(each.value) > 1 else 4 if "gain" in each.what else 3
        must = (
            ""
            if each.must is None
            else f"{'≤' if each.less_is_better else '≥'} {each.must:g}{' **missed**' if each.missed else ''}"
        )
        lines.append(
            f"| {each.what} | {each.count:,} | {each.value:.{digits}f} [{each.low:.{digits}f}, {each.high:.{digits}f}] | {must} |"
        )
    return "\n".join([*lines, ""])
