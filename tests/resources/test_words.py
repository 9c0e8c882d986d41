"""The words of a policy are those in which the router says what it sees."""

from enum import StrEnum
from typing import Any, get_args

import pytest

from optipath_operator.resources import match
from optipath_operator.resources.provider import QualitySpec
from optipath_router.chat import features

WORDS = {
    "task types": (match.TaskType, features.TaskType),
    "modalities": (match.Modality, features.Modality),
    "timeliness": (match.Timeliness, features.Timeliness),
    "sensitivity": (match.Sensitivity, features.Sensitivity),
}


@pytest.mark.parametrize(("written", "seen"), WORDS.values(), ids=WORDS)
def test_what_can_be_written_is_what_can_be_seen(written: Any, seen: type[StrEnum]) -> None:
    assert set(get_args(written)) == {word.value for word in seen}


def test_quality_is_declared_by_the_same_task_types() -> None:
    declared = {field.alias for field in QualitySpec.model_fields.values()} - {"default"}
    assert declared == set(get_args(match.TaskType))
