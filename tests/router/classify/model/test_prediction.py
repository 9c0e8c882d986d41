"""Predictions: sound for any text, and right on prompts that were never trained on."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.classify.language import LANGUAGES
from optipath_router.classify.model import Prediction, shipped

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


HELD_OUT = rows("held_out.jsonl")
DOMAINS = rows("domains.jsonl")

ODD = {
    "nothing": "",
    "a space": " ",
    "NUL": "\0" * 50,
    "lone surrogates": "\ud800 what is \udfff" * 9,
    "one letter a million times": "a" * 1_000_000,
    "one digit a million times": "7" * 1_000_000,
    "one kana a million times": "あ" * 1_000_000,
    "a letter that grows in lower case": "İ" * 10_000,
    "right to left": "\u202eمرحبا שלום" * 100,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 500,
    "combining marks": "e\u0301\u0302\u0303" * 5_000,
    "brackets": "([{<" * 50_000,
    "line breaks": "\r\n\n\u2028" * 9_000,
    "every plane": "".join(map(chr, range(0x100, 0x110000, 0x101))),
}


def sound(prediction: Prediction) -> None:
    shares = [share for _, share in prediction.tasks]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    assert 0 < prediction.domain_probability <= 1
    assert 0 <= prediction.difficulty <= 1
    assert 0 <= prediction.need <= 1
    assert prediction.language in LANGUAGES
    assert 0 <= prediction.language_share <= 1
    qualities = prediction.outlook.known(("gpt-4o", "claude-3-haiku", "llama-3.1-8b-instruct", "unheard-of"))
    assert all(0 <= quality <= 1 for quality in qualities.values())


@given(st.text(max_size=3000))
def test_any_text_gets_a_sound_prediction(text: str) -> None:
    sound(shipped().predict(text))


@given(st.text(st.characters(categories=["Cs", "Cc", "Lu", "Mn"]), max_size=200))
def test_text_that_cannot_be_encoded_gets_one(text: str) -> None:
    sound(shipped().predict(text))


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_an_odd_text_gets_one(text: str) -> None:
    sound(shipped().predict(text))


@given(st.text(max_size=500))
def test_the_same_text_gets_the_same_prediction(text: str) -> None:
    one, other = shipped().predict(text), shipped().predict(text)
    assert (one.tasks, one.domain, one.difficulty, one.cues) == (
        other.tasks,
        other.domain,
        other.difficulty,
        other.cues,
    )


@pytest.mark.row("D10", "E14")
def test_task_types_of_prompts_never_trained_on_are_told() -> None:
    missed = [row for row in HELD_OUT if shipped().predict(row["prompt"]).tasks[0][0] != row["label"]]
    assert len(missed) <= 0.15 * len(HELD_OUT), missed
    by_label = Counter(row["label"] for row in missed)
    assert max(by_label.values(), default=0) <= 4, by_label
    by_language = Counter(row["language"] for row in missed)
    spoken = Counter(row["language"] for row in HELD_OUT)
    assert all(count <= spoken[language] / 3 for language, count in by_language.items()), by_language


@pytest.mark.row("A07")
def test_domains_of_prompts_never_trained_on_are_told() -> None:
    missed = [row for row in DOMAINS if shipped().predict(row["prompt"]).domain != row["domain"]]
    assert len(missed) <= 0.25 * len(DOMAINS), missed


CLEAR = {
    "programming": ("Fix the bug in this Python function: def add(a, b): return a - b", "Code"),
    "creative writing": ("Write a short story about two rivals who share an umbrella.", "Writing"),
    "multi-step mathematics": (
        "A cyclist rides 12 km at 18 km/h and 20 km at 25 km/h. How many minutes does the ride take?",
        "Math",
    ),
    "translation": ("Translate to Spanish: The library opens at ten on Saturdays.", "Translation"),
}


@pytest.mark.row("E07", "E08", "E09", "E10")
@pytest.mark.parametrize(("prompt", "task"), CLEAR.values(), ids=CLEAR)
def test_a_clear_request_is_told_with_confidence(prompt: str, task: str) -> None:
    told, share = shipped().predict(prompt).tasks[0]
    assert (told, share > 0.6) == (task, True)


HARDER = {
    "a greeting, a proof": (
        "Say hi",
        "Prove that the square root of any prime number is irrational, and generalise the proof to n-th roots.",
    ),
    "a sum, an integral": (
        "What is 3 plus 4?",
        "Evaluate the integral of x^2 e^(-x) from 0 to infinity and justify each step.",
    ),
    "a word, a paragraph of law": (
        "How do you say dog in French?",
        "A will leaves the residue to a class that closes at different times by two lines of authority. Which governs?",
    ),
    "thanks, chemistry": (
        "Thanks a lot!",
        "A 0.25 M buffer of acetic acid has pH 4.9. What is its pH after adding 10 mL of 1 M NaOH to 200 mL of it?",
    ),
    "in Chinese": ("你好", "证明：若 p 为素数，则对任意整数 a 有 a^p ≡ a (mod p)，并由此推导欧拉定理。"),
}


@pytest.mark.row("A06", "D11", "B01")
@pytest.mark.parametrize(("easy", "hard"), HARDER.values(), ids=HARDER)
def test_what_is_harder_is_told_apart_and_says_why(easy: str, hard: str) -> None:
    one, other = shipped().predict(easy), shipped().predict(hard)
    assert other.difficulty - one.difficulty > 0.15
    assert one.difficulty_cues
    assert other.difficulty_cues


@given(st.text(st.characters(categories=["Ll"]), min_size=4, max_size=12))
def test_cues_are_never_the_words_of_the_prompt(secret: str) -> None:
    secret = f"zq{secret}zq"
    prediction = shipped().predict(f"Explain {secret} to me, please: {secret}")
    assert not any(secret in cue for cue in (*prediction.cues, *prediction.difficulty_cues))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_longer_prompts_want_the_better_model_no_less(one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert shipped().predict("a " * short).need <= shipped().predict("a " * long).need
