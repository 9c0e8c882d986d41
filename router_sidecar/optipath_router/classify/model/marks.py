"""Marks: what can be counted in a text without knowing its words."""

from math import log1p
from typing import Final

_SIGNS: Final = '?!.,$\\={(`":;%/^_|*<>'
_PHRASES: Final = (
    " not ",
    " except",
    " least",
    " most",
    " if ",
    " each ",
    " total",
    " which of",
    " how many",
    " who ",
    " why ",
    " best ",
    " would ",
    " because",
    " per ",
    " let ",
    " prove",
    " calculat",
    " find ",
    "statement",
    "answer:",
    "options:",
    " true",
    "according to",
    " following",
    "context:",
    "question:",
    "```",
)
_OPTIONS: Final = ("\na.", "\na)", "\n(a)")

MARKS: Final = (
    "length",
    "length seen",
    "words",
    "length of words",
    "lines",
    "share of digits",
    "digits",
    "length before options",
    "length of options",
    "plain ASCII",
    "bytes a character",
    *(f"sign {sign}" for sign in _SIGNS),
    *(f"phrase {phrase.strip()}" for phrase in _PHRASES),
)
"""Their names, in the order of `marks`."""

TOLD_LOW: Final = frozenset({"length", "words"})
"""Marks that explain something by being low: of others, what is not there explains nothing."""


def marks(seen: str, length: int) -> list[float]:
    """The marks of what was seen of a text that is so many characters long."""
    count = seen.count
    characters = max(1, len(seen))
    spaced = count(" ") + 1
    digits = sum(map(count, "0123456789"))
    options = _options(seen)
    return [
        log1p(length),
        log1p(characters),
        log1p(spaced),
        characters / spaced,
        log1p(count("\n")),
        digits / characters,
        log1p(digits),
        log1p(options),
        log1p(len(seen) - options),
        float(seen.isascii()),
        len(seen.encode()) / characters,
        *map(log1p, map(count, _SIGNS)),
        *(float(phrase in seen) for phrase in _PHRASES),
    ]


def _options(seen: str) -> int:
    """Where a list of answers to choose from begins; the end where there is none."""
    found = [at for at in map(seen.find, _OPTIONS) if at >= 0]
    return min(found, default=len(seen))
