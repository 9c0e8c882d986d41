"""Questions for facts of today, and haste."""

import gzip
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Timeliness
from optipath_router.classify.sensitivity import sensitivity
from optipath_router.classify.timeliness import timeliness
from optipath_router.classify.timeliness.words import WORDS
from router.classify.patterns import patterns_of, repeats
from support.labelled import Prompt, prompts, score
from support.wire import FIXTURES

FRESH, URGENT = Timeliness.FRESH, Timeliness.URGENT


def kinds(text: str, language: str = "en") -> set[Timeliness]:
    return {timely.kind for timely in timeliness(text, language)}


SAID: dict[str, tuple[str, set[Timeliness]]] = {
    "today's exchange rate": ("today's exchange rate", {FRESH}),
    "a capital": ("What is the capital of France?", set()),
    "a hurry": ("I need this asap: a headline for our bakery", {URGENT}),
    "both": ("Hurry, is the A9 closed right now?", {FRESH, URGENT}),
    "a question about words": ("What does 'breaking news' mean?", set()),
    "a story that is set today": ("Write a story set today in Rome.", set()),
    "a question to be translated": ("Translate: what's the weather today?", set()),
    "a mechanism": ("Explain how exchange rates are set.", set()),
    "a queue": ("Implement an urgent priority queue.", set()),
    "code": ("What does this print?\n```\nprint(today())  # latest price, urgent\n```", set()),
    "a quote": ('Is "I need it asap, what is the weather today?" one sentence?', set()),
    "no hurry": ("There is no rush, it isn't urgent. Proofread my letter.", set()),
    "a year that is new": ("Who won the Eurovision Song Contest in 2026?", {FRESH}),
    "a year long gone": ("Who won the Eurovision Song Contest in 1974?", set()),
    "a sum with days in it": ("Ann buys 3 apples today, 4 on Tuesday and 5 on Friday. How many does she have?", set()),
    "nothing": ("", set()),
}


@pytest.mark.row("A08")
@pytest.mark.parametrize(("text", "there"), SAID.values(), ids=SAID)
def test_what_is_said(text: str, there: set[Timeliness]) -> None:
    assert kinds(text) == there


def test_only_head_and_tail_are_looked_at() -> None:
    filler = "The committee met and took note of the minutes. " * 200
    assert kinds(f"{filler} I need this asap. {filler}") == set()
    assert kinds(f"{filler} I need this asap.") == {URGENT}
    assert kinds(f"I need this asap. {filler}") == {URGENT}


def test_a_language_without_words_is_read_as_english() -> None:
    assert kinds("what's the weather like in Oslo today?", "nb") == {FRESH}


def test_each_says_what_it_was_seen_from_and_how_strongly() -> None:
    (fresh,) = timeliness("What's the weather like in Lisbon today?", "en")
    assert fresh.what == "asks for what changes daily"
    assert 0.5 <= fresh.strength <= 1
    assert "lisbon" not in fresh.what.lower()


ANY = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [*"?.!:;\n\"'`«「", "today ", "asap ", "translate ", "weather ", "今天", "天气", "至急", "İ", "2026 "]
        ),
        max_size=60,
    ).map("".join),
)


@given(ANY, st.sampled_from([*WORDS, "xx", ""]))
def test_any_text_is_told_at_most_once_of_each_kind(text: str, language: str) -> None:
    found = timeliness(text, language)
    assert len({timely.kind for timely in found}) == len(found)
    assert all(0.5 <= timely.strength <= 1 and timely.what for timely in found)


@given(ANY, st.sampled_from([*WORDS]), st.text(alphabet="abcdefg \n", max_size=200))
def test_what_stands_in_the_middle_changes_nothing(text: str, language: str, middle: str) -> None:
    head, tail = "a" * 3000, text[:1000].rjust(1000)
    assert (
        timeliness(head + middle * 9 + tail, language)[:2] == timeliness(head + "b" + middle * 9 + tail, language)[:2]
    )


def test_every_language_has_words_for_every_concept() -> None:
    assert sorted(WORDS) == ["de", "en", "es", "fr", "it", "ja", "ko", "pt", "ru", "zh"]
    for words in WORDS.values():
        for concept in words.__struct_fields__:
            listed = getattr(words, concept)
            assert not isinstance(listed, tuple) or (len(listed) >= 5 and all(listed)), concept


def test_no_pattern_can_run_away() -> None:
    """What has no end stands alone; what stands within another repetition has few rounds."""
    patterns = list(patterns_of("optipath_router.classify.timeliness"))
    patterns += [re.compile(words.soon) for words in WORDS.values()]
    for pattern in patterns:
        for rounds, around in repeats(pattern):
            assert around == 1 or around <= 2, pattern.pattern
            assert rounds <= 4000 or around == 1, pattern.pattern


def found_in(prompt: Prompt) -> frozenset[str]:
    return frozenset(timely.kind.value for timely in timeliness(prompt.text, prompt.language))


@pytest.mark.row("A08")
def test_held_out_prompts_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    held_out = [prompt for prompt in prompts("timeliness") if prompt.held_out]
    result = score(held_out, found_in, lambda prompt: prompt.kinds)
    with capsys.disabled():
        print(f"\ntimeliness, {len(held_out)} held-out prompts", *result.lines(), sep="\n")  # noqa: T201
    assert result.whole.precision >= 0.92
    assert result.whole.recall >= 0.85
    assert min(tally.precision for tally in result.languages.values()) >= 0.8
    assert min(tally.recall for tally in result.languages.values()) >= 0.7


def test_what_is_only_implied_is_rarely_seen_and_never_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    """Written to avoid the words, after these were fixed: what words cannot do. See the README."""
    result = score(prompts("timeliness-implied"), found_in, lambda prompt: prompt.kinds)
    with capsys.disabled():
        print("\ntimeliness, only implied", *result.lines(), sep="\n")  # noqa: T201
    assert result.whole.precision >= 0.9


TASKS = FIXTURES / "tasks" / "labelled_prompts.jsonl.gz"


@pytest.mark.skipif(not TASKS.exists(), reason=f"no fixtures at {FIXTURES}")
def test_prompts_of_public_sets_are_seldom_timely_or_sensitive() -> None:
    """Questions of benchmarks: none needs today, and hardly any holds a person's data."""
    with gzip.open(TASKS, "rt", encoding="utf-8") as lines:
        asked = [json.loads(line) for line in lines]
    timely = [row["id"] for row in asked if timeliness(row["prompt"], row["language"])]
    sensitive = [row["id"] for row in asked if sensitivity(row["prompt"])]
    assert len(asked) > 2000
    assert len(timely) <= 0.01 * len(asked), timely
    assert len(sensitive) <= 0.005 * len(asked), sensitive
