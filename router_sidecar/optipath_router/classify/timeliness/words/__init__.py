"""The words of ten languages. A language that has none here is read as English."""

from typing import Final

from optipath_router.classify.timeliness.words import de, en, es, fr, it, ja, ko, pt, ru, zh
from optipath_router.classify.timeliness.words.words import Words

WORDS: Final[dict[str, Words]] = {
    "de": de.WORDS,
    "en": en.WORDS,
    "es": es.WORDS,
    "fr": fr.WORDS,
    "it": it.WORDS,
    "ja": ja.WORDS,
    "ko": ko.WORDS,
    "pt": pt.WORDS,
    "ru": ru.WORDS,
    "zh": zh.WORDS,
}

__all__ = ["WORDS", "Words"]
