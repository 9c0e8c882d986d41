"""The design matrix: what the router's own code sees in each example, as rows of numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import scipy.sparse as sp

from optipath_router.classify.model.cues import CUES, cues
from optipath_router.classify.model.grams import grams, words
from optipath_router.classify.model.marks import marks
from optipath_router.classify.model.view import view
from optipath_router.classify.model.vocabulary import checksum

VOCABULARY: Final = 16_000
_QUANTILES: Final = (0.1, 0.3, 0.5, 0.7, 0.9)
_SINGLE: Final = 2.0
_MARK_WEIGHT: Final = 0.12
_CUE_WEIGHT: Final = 0.25
"""How far a bucket or a cue is trusted beside a text's words, which have length 1 together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen in many texts."""

    names: list[str]
    """Words and pairs that are in two texts or more, sorted."""
    grams: sp.csr_matrix
    """Which text has which."""
    marks: np.ndarray
    cues: list[list[int]]


def see(texts: Sequence[str]) -> Seen:
    """What the router sees in texts."""
    numbers: dict[str, int] = {}
    indices: list[int] = []
    pointers = [0]
    seen_marks, seen_cues = [], []
    for text in texts:
        part = view(text)
        found = words(part)
        indices += sorted(numbers.setdefault(gram, len(numbers)) for gram in sorted(grams(found)))
        pointers.append(len(indices))
        seen_marks.append(marks(part, len(text)))
        seen_cues.append(sorted(cues(found)))
    ones = np.ones(len(indices), np.float32)
    whole = sp.csr_matrix((ones, np.array(indices), np.array(pointers)), shape=(len(texts), len(numbers)))
    names = np.array(list(numbers), dtype=object)
    kept = np.flatnonzero(np.asarray(whole.sum(axis=0)).ravel() >= 2)
    kept = kept[np.argsort(names[kept])]
    return Seen(list(names[kept]), whole[:, kept].tocsr(), np.array(seen_marks), seen_cues)


@dataclass(frozen=True, slots=True)
class Design:
    """How texts become rows: learned from those trained on, and applied to all."""

    columns: np.ndarray
    """The vocabulary, as columns of `Seen.grams`."""
    idf: np.ndarray
    edges: list[list[float]]

    @property
    def buckets(self) -> int:
        """Rows that marks need: one for each bucket."""
        return sum(len(each) + 1 for each in self.edges)

    @property
    def extra_weights(self) -> np.ndarray:
        """The weight of each bucket and of each cue."""
        return np.r_[np.full(self.buckets, _MARK_WEIGHT), np.full(len(CUES), _CUE_WEIGHT)]

    def tokens(self, seen: Seen) -> sp.csr_matrix:
        """Words by how rare they are, each row of length 1."""
        counted = seen.grams[:, self.columns] @ sp.diags(self.idf)
        lengths = np.sqrt(np.asarray(counted.multiply(counted).sum(axis=1)).ravel())
        return (sp.diags(1 / np.maximum(lengths, 1e-9)) @ counted).tocsr()

    def extras(self, seen: Seen) -> sp.csr_matrix:
        """Ones for the buckets and cues of each text."""
        offsets = np.cumsum([0, *(len(each) + 1 for each in self.edges)])
        buckets = np.stack(
            [
                offset + np.searchsorted(edges, column, side="right")
                for offset, edges, column in zip(offsets, self.edges, seen.marks.T, strict=False)
            ],
            axis=1,
        )
        rows = [
            [*row, *(int(offsets[-1]) + cue for cue in found)] for row, found in zip(buckets, seen.cues, strict=True)
        ]
        indices = np.fromiter(chain.from_iterable(rows), np.int32)
        pointers = np.cumsum([0, *map(len, rows)])
        shape = (len(rows), self.buckets + len(CUES))
        return sp.csr_matrix((np.ones(len(indices), np.float32), indices, pointers), shape=shape)

    def matrix(self, seen: Seen) -> sp.csr_matrix:
        """All columns, weighted."""
        return sp.hstack([self.tokens(seen), self.extras(seen) @ sp.diags(self.extra_weights)]).tocsr()


def design(seen: Seen, trained: np.ndarray, counted: np.ndarray, weights: np.ndarray) -> Design:
    """The design that the trained rows give; words are counted in some of them, and chosen by weight."""
    frequency = np.asarray(seen.grams[counted].sum(axis=0)).ravel()
    # A word is worth more than a pair as frequent: texts of another kind share words sooner.
    single = np.array([1.0 if " " in name else _SINGLE for name in seen.names])
    worth = np.asarray(weights @ seen.grams[counted]).ravel() * single
    order = np.lexsort((np.arange(len(worth)), -worth))[:VOCABULARY]
    order = _by_checksum(order[frequency[order] >= 2], seen.names)
    idf = np.log((1 + len(counted)) / (1 + frequency[order])) + 1
    edges = [_edges(column) for column in seen.marks[trained].T]
    return Design(order, idf, edges)


def _by_checksum(columns: np.ndarray, names: list[str]) -> np.ndarray:
    """Columns in the order of the file; of two words with one checksum the more frequent stays."""
    first: dict[int, int] = {}
    for column in columns:
        first.setdefault(checksum(names[column]), int(column))
    return np.array([first[each] for each in sorted(first)])


def _edges(column: Iterable[float]) -> list[float]:
    """Where a mark is cut into buckets."""
    return sorted({float(f"{edge:.4g}") for edge in np.quantile(np.fromiter(column, float), _QUANTILES)})
