"""The presets for one kind of work: what their labelled prompts are routed to, by the shipped routing model."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered, compile_namespace
from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.classify import own_senses
from optipath_router.decide import Health, decide, make_plan
from optipath_router.providers.surfaces import CHAT
from optipath_router.runtime import classifier
from support.labelled import Tally
from support.wire import FIXTURES

PRESETS = Path(__file__).parents[2] / "deploy" / "examples" / "presets"
LABELLED = FIXTURES / "tasks" / "labelled_prompts.jsonl.gz"
NOON = 1_767_268_800.0
RULES = {"code": {"hard-code", "code"}, "translation": {"chinese", "translation"}}
"""By preset: the rules that are for its kind of work."""
LEAST = 0.95

recorded = pytest.mark.skipif(not LABELLED.exists(), reason=f"{LABELLED} is not there: OPTIPATH_FIXTURES names where")


@dataclass(frozen=True, slots=True)
class Labelled:
    label: str
    prompt: str

    def is_of(self, preset: str) -> bool:
        """BELLE files its translations under rewriting; they say themselves that they are some."""
        return self.label == preset or ((preset, self.label) == ("translation", "rewriting") and "翻译" in self.prompt)


def labelled() -> Iterator[Labelled]:
    with gzip.open(LABELLED, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["label"] is not None:
                yield Labelled(row["label"], row["prompt"])


def rule_of(preset: str) -> Callable[[str], str]:
    """The name of the rule that a prompt is routed by."""
    manifests = tuple(yaml.safe_load_all((PRESETS / f"{preset}.yaml").read_text()))
    compiled = compile_namespace(Gathered("team-a", manifests, built_in(), strict=True))
    assert compiled.problems == ()
    plan = make_plan(compiled.snapshot, "", {})
    classified: Callable[[ChatRequest], Features] = classifier(plan, own_senses, lambda: NOON)

    def rule(prompt: str) -> str:
        body = {"model": "assistant", "messages": [{"role": "user", "content": prompt}]}
        decision = decide(classified(CHAT.request(json.dumps(body).encode(), {})), plan, Health(), 0)
        assert decision.rule is not None
        return decision.rule

    return rule


@recorded
@pytest.mark.row("B29")
@pytest.mark.parametrize("preset", RULES)
def test_a_preset_passes_its_labelled_set(preset: str) -> None:
    rule, tally = rule_of(preset), Tally()
    for each in labelled():
        there, seen = each.is_of(preset), rule(each.prompt) in RULES[preset]
        tally.right += there and seen
        tally.wrong += seen and not there
        tally.missed += there and not seen
    assert tally.precision >= LEAST, tally
    assert tally.recall >= LEAST, tally
    assert f"{tally.right} of {tally.right + tally.missed} found" in (PRESETS / "README.md").read_text()
