"""A fitted model: weights rounded to a byte each, as the file has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp

from optipath_cli.training.design import Design, Seen, design
from optipath_cli.training.examples import LABELLED, SEED, VARIANT, Example
from optipath_cli.training.heads import fit, groups

_FEW_LABELS: Final = 3
"""A language with fewer task types than this teaches none of its words: they would all mean the one."""
_LABELLED_WORTH: Final = 20.0
"""Of a labelled prompt, in choosing words: benchmarks have seven rows for each, in one language and few templates."""
_CLIP: Final = 0.9999


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of words, buckets and cues for every head."""

    design: Design
    heads: list[str]
    tokens: np.ndarray
    """A byte for each word and head, signed."""
    token_scale: np.ndarray
    extras: np.ndarray
    extra_scale: np.ndarray
    offset: np.ndarray

    def predict(self, seen: Seen) -> np.ndarray:
        """The heads of texts, a row each."""
        words = (self.design.tokens(seen) @ sp.diags(1 / self.design.idf)) @ (self.tokens * self.token_scale)
        return np.asarray(words + self.design.extras(seen) @ (self.extras * self.extra_scale) + self.offset)


def fitted(examples: Sequence[Example], seen: Seen, trained: np.ndarray) -> Fitted:
    """The model that the trained rows give."""
    asked = np.array([row for row in trained if examples[row].set != VARIANT])
    telling = _telling(examples, asked)
    worth = np.array([_LABELLED_WORTH if examples[row].set in {LABELLED, SEED} else 1.0 for row in telling])
    shape = design(seen, asked, telling, worth)
    matrix = shape.matrix(seen)
    names: list[str] = []
    columns, offsets = [], []
    for group in groups(examples, trained):
        weights, offset = fit(matrix, group)
        names += group.names
        columns.append(weights)
        offsets.append(offset)
    weights = np.hstack(columns)
    known = len(shape.columns)
    tokens = weights[:known] * shape.idf[:, None]
    extras = weights[known:] * shape.extra_weights[:, None]
    token_scale = np.maximum(np.quantile(np.abs(tokens), _CLIP, axis=0), 1e-9) / 127
    extra_scale = np.maximum(np.abs(extras).max(axis=0), 1e-9) / 127
    return Fitted(
        shape,
        names,
        np.clip(np.round(tokens / token_scale), -127, 127),
        token_scale,
        np.clip(np.round(extras / extra_scale), -127, 127),
        extra_scale,
        np.concatenate(offsets),
    )


def _telling(examples: Sequence[Example], trained: np.ndarray) -> np.ndarray:
    """Rows whose words may enter the vocabulary."""
    labels: dict[str, set[str]] = {}
    for row in trained:
        example = examples[row]
        if example.language and example.label:
            labels.setdefault(example.language, set()).add(example.label)
    poor = {language for language, found in labels.items() if len(found) < _FEW_LABELS}
    return np.array([row for row in trained if examples[row].language not in poor])
