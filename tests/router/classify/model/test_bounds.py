"""Bounds: however long and odd a text is, no more than so much of it is looked at."""

import pytest

from optipath_router.classify.model.cues import CUES, cues
from optipath_router.classify.model.grams import grams, words
from optipath_router.classify.model.marks import MARKS, marks
from optipath_router.classify.model.view import HEAD, TAIL, view

MIB = 1 << 20

HUGE = {
    "letters": "a" * MIB,
    "words": "so many words " * (MIB // 14),
    "brackets": "([{" * (MIB // 3),
    "digits": "1 " * (MIB // 2),
    "Chinese": "中文" * (MIB // 2),
    "Hangul": "가나다" * (MIB // 3),
    "emoji": "😀x " * (MIB // 3),
    "letters that grow in lower case": "İ" * MIB,
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_mebibyte_is_looked_at_in_four_thousand_characters(text: str) -> None:
    seen = view(text)
    assert len(seen) <= HEAD + TAIL + 1
    found = words(seen)
    assert len(found) <= len(seen)
    assert len(grams(found)) <= 2 * len(seen)
    assert len(marks(seen, len(text))) == len(MARKS)
    assert len(cues(found)) <= len(CUES)


def test_writing_without_spaces_is_looked_at_in_half_as_many() -> None:
    assert len(view("中文" * 9000)) == HEAD // 2 + TAIL // 2 + 1


def test_what_a_text_ends_with_is_seen() -> None:
    assert view("x" * 50_000 + " translate this").endswith(" translate this")


def test_a_short_text_is_seen_whole() -> None:
    assert view("Say HI") == "say hi"


def test_numbers_are_told_by_their_digits_alone() -> None:
    assert words("7 people paid 1250 and 20") == ["#1", "people", "paid", "#4", "and", "#2"]


def test_neighbours_are_pairs() -> None:
    assert grams(["fix", "this", "bug"]) == {"fix", "this", "bug", "fix this", "this bug"}


def test_marks_are_told_in_an_order_that_has_names() -> None:
    named = dict(zip(MARKS, marks("how many?\na. one\nb. two", 23), strict=True))
    assert named["sign ?"] > 0
    assert named["length of options"] > 0
    assert named["plain ASCII"] == 1
    assert named["sign {"] == 0


SPOKEN = {
    "please translate this into french": "translate",
    "tl;dr": "summarize",
    "请把这句话翻译成英文": "translate",
    "このコードのバグを直して": "code",
    "이 글을 요약해 주세요": "summarize",
    "перепиши этот абзац": "rewrite",
    "اكتب قصيدة عن البحر": "write",
    "wie viele äpfel bleiben": "math",
    "you are a pirate": "role",
    "hola, ¿qué tal?": "greet",
}


@pytest.mark.parametrize(("text", "concept"), SPOKEN.items(), ids=SPOKEN)
def test_a_concept_is_told_in_any_language(text: str, concept: str) -> None:
    assert concept in {CUES[cue] for cue in cues(words(text))}


def test_a_stem_is_found_only_where_a_word_begins() -> None:
    assert "code" not in {CUES[cue] for cue in cues(words("the barcode scanner"))}


def test_a_concept_that_comes_late_is_not_at_the_beginning() -> None:
    told = {CUES[cue] for cue in cues(words("and so on " * 20 + "translate"))}
    assert "translate" in told
    assert "translate first" not in told
