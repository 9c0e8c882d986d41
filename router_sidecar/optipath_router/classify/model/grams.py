"""Words and pairs of words: what the model has learned weights for."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Thai, kana, Han and Hangul: a character is a word here, since no space parts words."""

# One class at a time, without repeats inside repeats: linear in any text.
_words: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]").findall

_LONGEST_NUMBER: Final = 4


def words(text: str) -> list[str]:
    """The words and signs of a text in lower case; a number is told by how many digits it has."""
    return [f"#{min(len(word), _LONGEST_NUMBER)}" if word.isdigit() else word for word in _words(text)]


def grams(seen: Sequence[str]) -> set[str]:
    """Words, and neighbours joined by a space."""
    return {*seen, *map(" ".join, pairwise(seen))}
