"""What is expected of known models."""

import pytest

from optipath_router.classify.model import shipped
from optipath_router.classify.model.names import canonical

SUM = "Rosa bakes 36 rolls in the morning and half as many in the afternoon. How many rolls does she bake in one day?"
HARD = (
    "Let $Q(x)$ be a polynomial of degree 3 with $Q(k) = \\frac{60}{k}$ for $k = 1, 2, 3, 4$. "
    "Determine the value of $Q(5)$."
)
LETTER = "Write a warm letter to my grandmother about our garden."

SPELLINGS = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "openai/gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "claude-3-5-sonnet-latest": "claude-3.5-sonnet-20241022",
    "anthropic.claude-3-5-sonnet-20241022-v2:0": "claude-3.5-sonnet-20241022",
    "us.anthropic.claude-3-haiku-20240307-v1:0": "claude-3-haiku-20240307",
    "claude-3-5-sonnet-v2@20241022": "claude-3.5-sonnet-20241022",
    "meta-llama/Meta-Llama-3.1-8B-Instruct": "llama-3.1-8b",
    "accounts/fireworks/models/llama-v3p1-70b-instruct": "llama-3.1-70b",
    "llama3.1:8b": "llama-3.1-8b",
    "Meta-Llama-3_1-70B-Instruct": "llama-3.1-70b",
    "gemma2:9b": "gemma-2-9b",
    "google/gemma-2-9b-it": "gemma-2-9b",
    "Qwen/Qwen2-72B-Instruct": "qwen-2-72b",
    "gemini-1.5-pro-latest": "gemini-1.5-pro",
    "gpt-4-1106-preview": "gpt-4-1106",
}
OTHERS = {
    "claude-3-5-sonnet-20240620": "claude-3.5-sonnet-20241022",
    "gpt-4": "gpt-4-1106",
    "llama-3.2-8b": "llama-3.1-8b",
    "llama-3.1-405b-instruct": "llama-3.1-70b",
    "gpt-4o-audio-preview": "gpt-4o-2024-08-06",
    "gemini-1.5-flash-8b": "gemini-1.5-flash",
    "qwen2.5-7b-instruct": "qwen-2-7b",
}


@pytest.mark.parametrize(("declared", "recorded"), SPELLINGS.items(), ids=SPELLINGS)
def test_a_model_is_known_by_its_many_names(declared: str, recorded: str) -> None:
    assert canonical(declared) == recorded


@pytest.mark.parametrize(("declared", "recorded"), OTHERS.items(), ids=OTHERS)
def test_another_model_is_not_taken_for_one_that_is_known(declared: str, recorded: str) -> None:
    assert canonical(declared) != recorded


def test_the_better_model_is_expected_to_do_better_the_more_the_harder_the_prompt() -> None:
    easy, hard = shipped().predict(SUM).outlook, shipped().predict(HARD).outlook
    small, large = "gpt-3.5-turbo", "claude-3-5-sonnet-latest"
    easy_gap, hard_gap = easy.gap(small, large), hard.gap(small, large)
    assert easy_gap is not None
    assert hard_gap is not None
    assert 0 < easy_gap < hard_gap


def test_models_are_compared_on_the_same_prompts_by_the_names_that_were_asked_for() -> None:
    known = shipped().predict(SUM).outlook.known(("openai/gpt-4o", "gpt-4o-mini", "somebody/unheard-of"))
    assert set(known) == {"openai/gpt-4o", "gpt-4o-mini"}


def test_a_model_that_was_not_recorded_has_no_quality() -> None:
    prediction = shipped().predict(SUM)
    assert prediction.quality("somebody/unheard-of") is None
    assert prediction.outlook.gap("somebody/unheard-of", "gpt-4o") is None


def test_where_nothing_like_the_prompt_was_recorded_nothing_is_said() -> None:
    assert shipped().predict(LETTER).outlook.known(("gpt-4o", "gpt-4o-mini")) == {}


def test_a_pair_known_from_its_own_recordings_has_a_gap() -> None:
    question = "Which of the following best describes what a court does when it strikes down a statute?"
    prompt = f"{question}\nA. Judicial review\nB. Standing\nC. Mootness\nD. Ripeness\nAnswer:"
    gap = shipped().predict(prompt).outlook.gap("mixtral-8x7b-instruct-v0.1", "gpt-4-1106-preview")
    assert gap is not None
    assert -1 <= gap <= 1
