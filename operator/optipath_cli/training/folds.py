"""Folds: five fixed parts of the examples, between which no question is shared.

Benchmarks quote one another, and some are one question in many languages. Rows
that share a rare run of eight words, or a number in a set of translations, are
linked; a group of linked rows goes into one fold, chosen by checksum.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from optipath_cli.training.examples import LABELLED, Example

FOLDS: Final = 5
_RUN: Final = 8
_RARE: Final = 6
"""A run of words in more rows than this is a template's, and links nobody."""

_words: Final = re.compile(r"\w+").findall


def folds(examples: Sequence[Example]) -> list[int]:
    """The fold of each example."""
    groups = _Groups(len(examples))
    holders: dict[str, list[int]] = defaultdict(list)
    for number, example in enumerate(examples):
        for key in _keys(example):
            holders[key].append(number)
    for key, held in holders.items():
        if len(held) <= _RARE or key.startswith("translation:"):
            for other in held[1:]:
                groups.link(held[0], other)
    first: dict[int, str] = {}
    for number, example in enumerate(examples):
        digest = hashlib.sha256(example.prompt.encode()).hexdigest()
        group = groups.of(number)
        first[group] = min(first.get(group, digest), digest)
    return [int(first[groups.of(number)], 16) % FOLDS for number in range(len(examples))]


def _keys(example: Example) -> Iterator[str]:
    prompt = example.prompt
    dense = sum(ord(character) > 0x2E80 for character in prompt) > 0.3 * len(prompt)
    words = list(re.sub(r"\s", "", prompt)) if dense else _words(prompt.lower())
    yield from {" ".join(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))}
    if example.set == LABELLED and example.kind == "mgsm":
        yield f"translation:mgsm {example.id.rsplit('/', 1)[-1]}"
    if example.set == LABELLED and example.kind == "mtbench-x":
        yield f"translation:mtbench {example.id.rsplit('/', 1)[-1].split('_')[0]}"


class _Groups:
    """Sets of numbers that grow together."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def of(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def link(self, one: int, other: int) -> None:
        self._parent[self.of(one)] = self.of(other)
