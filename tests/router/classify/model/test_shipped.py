"""The file in the package: it is the one that its card describes, and scores as it was committed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from optipath_router.chat.features import TaskType
from optipath_router.classify.model import SHIPPED, Prediction, shipped

CASES = Path(__file__).with_name("cases.json")
MODELS = ("gpt-4o", "gpt-4o-mini", "llama-3.1-8b-instruct")
DIGITS = 6


def told(prediction: Prediction) -> dict[str, Any]:
    return {
        "tasks": [[task, round(share, DIGITS)] for task, share in prediction.tasks[:3]],
        "domain": [prediction.domain, round(prediction.domain_probability, DIGITS)],
        "difficulty": round(prediction.difficulty, DIGITS),
        "need": round(prediction.need, DIGITS),
        "language": prediction.language,
        "cues": list(prediction.cues),
        "difficultyCues": list(prediction.difficulty_cues),
        "known": {name: round(quality, DIGITS) for name, quality in prediction.outlook.known(MODELS).items()},
    }


def test_fixed_prompts_score_exactly_as_committed(request: pytest.FixtureRequest) -> None:
    prompts = list(json.loads(CASES.read_text(encoding="utf-8")))
    scored = {prompt: told(shipped().predict(prompt)) for prompt in prompts}
    if request.config.getoption("--update-cases"):
        CASES.write_text(json.dumps(scored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert scored == json.loads(CASES.read_text(encoding="utf-8"))


def test_the_file_is_the_one_that_the_card_describes() -> None:
    card = SHIPPED.with_name("CARD.md").read_text(encoding="utf-8")
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() in card


def test_the_file_is_small() -> None:
    assert SHIPPED.stat().st_size <= 2_000_000


def test_it_is_read_once() -> None:
    assert shipped() is shipped()


def test_its_task_types_are_those_that_quality_is_declared_for() -> None:
    assert {task for task, _ in shipped().predict("").tasks} == set(TaskType)
