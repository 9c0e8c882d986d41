"""Cues: which concepts a request speaks of, whatever its language."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from optipath_router.classify.model.grams import words
from optipath_router.classify.model.stems import STEMS

_HEAD: Final = 120
_TAIL: Final = 60
"""Words that are looked at."""
_FIRST: Final = 24
"""Words at the beginning, where a request says what it is."""
_KEY: Final = 3

CUES: Final = (*STEMS, *(f"{concept} first" for concept in STEMS))
"""Their names, in the order of what `cues` numbers."""


def cues(seen: Sequence[str]) -> set[int]:
    """The numbers of the cues in a text's words: of a concept anywhere, and of one at the beginning."""
    first = _line(seen[:_FIRST])
    line = _line(seen[:_HEAD])
    if len(seen) > _HEAD:
        line += _line(seen[max(_HEAD, len(seen) - _TAIL) :])
    found: set[int] = set()
    for key in {word[:_KEY] for word in (*seen[:_HEAD], *seen[-_TAIL:])} & _BY_KEY.keys():
        for stem, concept in _BY_KEY[key]:
            if stem in line:
                found.add(concept)
                if stem in first:
                    found.add(concept + len(STEMS))
    return found


def _line(seen: Sequence[str]) -> str:
    """Words with a space before and after each, so that a stem is found where a word begins."""
    return f" {' '.join(seen)} "


def _by_key() -> dict[str, tuple[tuple[str, int], ...]]:
    """Stems by how their first word begins: few of them can be in a text, and only these are looked for."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for number, listed in enumerate(STEMS.values()):
        for stem in {stem for line in listed.splitlines() for stem in line.lstrip().split("|") if stem}:
            whole = " " if stem.endswith(" ") else ""
            parts = words(stem)
            found[parts[0][:_KEY]].append((f" {' '.join(parts)}{whole}", number))
    return {key: tuple(sorted(stems)) for key, stems in found.items()}


_BY_KEY: Final = _by_key()
