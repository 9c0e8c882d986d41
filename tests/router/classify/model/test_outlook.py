"""What is expected of known models."""

import pytest

from optipath_router.classify.model import Outlook, shipped
from optipath_router.classify.model.names import canonical
from optipath_router.classify.model.pools import Pool

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


def pool(name: str, prompts: int, weak: float, strong: float, *, own: slice = slice(0, 0)) -> Pool:
    """A pool of a pair, all of whose prompts are of the one task type and kind that there is."""
    return Pool(name, prompts, ("weak", "strong"), (weak, strong), slice(0, 1), 1.0, ((0.0, 0.0),), own, 1.0, (1.0,))


def test_of_two_pools_that_know_a_pair_the_one_with_more_prompts_says_more() -> None:
    many, few = pool("many", 900, 0.4, 0.6), pool("few", 100, 0.5, 0.9)
    found = Outlook((0.0,), (1.0,), (few, many)).known(("weak", "strong"))
    assert found == pytest.approx({"weak": 0.9 * 0.4 + 0.1 * 0.5, "strong": 0.9 * 0.6 + 0.1 * 0.9})


def test_a_pool_that_knows_more_of_the_models_is_asked_alone() -> None:
    many, pair = pool("many", 900, 0.4, 0.6), pool("pair", 10, 0.1, 0.2)
    third = Pool(
        "other",
        10,
        ("weak", "strong", "third"),
        (0.1, 0.2, 0.3),
        slice(0, 1),
        1.0,
        ((0.0,) * 3,),
        slice(0, 0),
        1.0,
        (1.0,),
    )
    found = Outlook((0.0,), (1.0,), (many, pair, third)).known(("weak", "strong", "third"))
    assert found == pytest.approx({"weak": 0.1, "strong": 0.2, "third": 0.3})


def test_a_pair_s_gap_is_moved_by_its_own_head() -> None:
    apart = Outlook((0.0, 0.3), (1.0,), (pool("pair", 10, 0.4, 0.6, own=slice(1, 2)),))
    assert apart.gap("weak", "strong") == pytest.approx(0.2 + 0.3)


def test_the_shipped_model_tells_a_pair_apart_by_prompt_on_word_problems() -> None:
    weak, strong = "mixtral-8x7b-instruct-v0.1", "gpt-4-1106-preview"
    gaps = [
        next(each for each in outlook._pools if each.name == "routellm-gsm8k").quality(outlook._heads, (0, 1))
        for outlook in (shipped().predict(prompt).outlook for prompt in (SUM, HARD))
    ]
    assert gaps[0][1] - gaps[0][0] > 0.05, f"{strong} was recorded as far better than {weak}"
    assert gaps[0] != gaps[1]
