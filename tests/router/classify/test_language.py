"""Languages: by script and by function words."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.classify.language import LANGUAGES, language

PROJECT = Path(__file__).parents[3]
LABELLED = Path(os.environ.get("OPTIPATH_FIXTURES", PROJECT / "../shared/fixtures")) / "tasks/labelled_prompts.jsonl.gz"

SPOKEN = {
    "en": "What is the best way to learn how to swim?",
    "de": "Wie kann ich am besten schwimmen lernen, wenn ich nicht viel Zeit habe?",
    "fr": "Quelle est la meilleure façon d'apprendre à nager pour un adulte ?",
    "es": "¿Cuál es la mejor manera de aprender a nadar para un adulto?",
    "it": "Qual è il modo migliore di imparare a nuotare per un adulto che non ha tempo?",
    "pt": "Qual é a melhor maneira de aprender a nadar quando não tenho tempo?",
    "nl": "Wat is de beste manier om te leren zwemmen als ik niet veel tijd heb?",
    "sv": "Vad är det bästa sättet att lära sig simma om jag inte har tid?",
    "pl": "Jaki jest najlepszy sposób, żeby się nauczyć pływać, i czy to jest trudne?",
    "cs": "Jak se nejlépe naučit plavat, když nemám čas, a co je pro to potřeba?",
    "tr": "Yüzmeyi öğrenmek için en iyi yol nedir ve ne kadar sürer?",
    "id": "Apa cara terbaik untuk belajar berenang dan berapa lama yang saya perlukan?",
    "vi": "Cách tốt nhất để học bơi là gì và tôi cần bao nhiêu thời gian?",
    "sw": "Ni njia gani bora ya kujifunza kuogelea kwa watu wazima?",
    "fi": "Mikä on paras tapa oppia uimaan, kun ei ole aikaa, ja kuinka kauan se kestää?",
    "hu": "Mi a legjobb módja annak, hogy megtanuljak úszni, és ez mennyi ideig tart, ha nem egy gyors út?",
    "ro": "Care este cel mai bun mod de a învăța să înot și cum pot să încep din timp?",
    "ru": "Как лучше всего научиться плавать, если у меня мало времени?",
    "uk": "Як найкраще навчитися плавати, якщо в мене мало часу і сил?",
    "ar": "ما هي أفضل طريقة لتعلم السباحة في وقت قصير؟",
    "fa": "بهترین راه برای یادگیری شنا در زمان کم چه است و چند روز طول می کشد؟",
    "he": "מהי הדרך הטובה ביותר ללמוד לשחות?",
    "hi": "तैराकी सीखने का सबसे अच्छा तरीका क्या है?",
    "bn": "সাঁতার শেখার সবচেয়ে ভালো উপায় কী?",
    "th": "วิธีเรียนว่ายน้ำที่ดีที่สุดคืออะไร",
    "te": "ఈత నేర్చుకోవడానికి ఉత్తమ మార్గం ఏమిటి?",
    "el": "Ποιος είναι ο καλύτερος τρόπος να μάθω κολύμπι;",
    "zh": "学游泳最好的方法是什么？",
    "ja": "泳ぎを覚える一番いい方法は何ですか。",
    "ko": "수영을 배우는 가장 좋은 방법은 무엇인가요?",
}


@pytest.mark.parametrize(("spoken", "text"), SPOKEN.items(), ids=SPOKEN)
def test_a_question_tells_its_language(spoken: str, text: str) -> None:
    assert language(text)[0] == spoken


def test_a_chinese_instruction_over_an_english_text_is_chinese() -> None:
    assert (
        language("请把下面的文章翻译成中文。\n" + "The committee met on Tuesday to discuss the harbour. " * 9)[0]
        == "zh"
    )


def test_greek_letters_in_a_formula_are_not_greek() -> None:
    assert language("Compute the sine of α + β for β = π / 3, given the value of α.")[0] == "en"


def test_what_tells_nothing_is_taken_for_english() -> None:
    assert language("42 + 17 =") == ("en", 0.0)


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    spoken, share = language(text)
    assert spoken in LANGUAGES
    assert 0 <= share <= 1


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    beginning = SPOKEN["de"] * 10
    assert language(beginning + "的" * 1_000_000) == language(beginning)


def test_languages_of_recorded_prompts_are_told() -> None:
    if not LABELLED.is_file():
        pytest.skip(f"no labelled prompts at {LABELLED}; OPTIPATH_FIXTURES names the folder")
    with gzip.open(LABELLED, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["language"]]
    right = sum(language(row["prompt"])[0] == row["language"] for row in rows)
    assert right >= 0.985 * len(rows)
