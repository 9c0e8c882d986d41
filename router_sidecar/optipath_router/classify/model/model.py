"""The routing model: from a text to a prediction. Pure; nothing is kept between texts."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import sqrt
from typing import Any, Final

from optipath_router.classify.language import language
from optipath_router.classify.model.cues import CUES, cues
from optipath_router.classify.model.format import Contents, Unreadable
from optipath_router.classify.model.grams import grams, words
from optipath_router.classify.model.marks import MARKS, TOLD_LOW, marks
from optipath_router.classify.model.pools import Outlook, Pool
from optipath_router.classify.model.prediction import Prediction
from optipath_router.classify.model.rows import Rows
from optipath_router.classify.model.softmax import softmax
from optipath_router.classify.model.view import view
from optipath_router.classify.model.vocabulary import Vocabulary

_TOLD: Final = 4
"""Cues that a prediction names."""
_ZERO: Final = 128
"""A weight of 0, as a byte."""


class RoutingModel:
    """Weights, ready to be added up."""

    def __init__(self, contents: Contents) -> None:
        header = contents.header
        heads: Sequence[str] = header["heads"]
        lanes: int = header["lanes"]
        self._vocabulary = Vocabulary(contents.checksums)
        self._tokens = Rows(contents.tokens, lanes)
        self._extras = Rows(contents.extras, lanes)
        self._token_scale: Sequence[float] = header["tokenScale"]
        self._extra_scale: Sequence[float] = header["extraScale"]
        self._offset: Sequence[float] = header["offset"]
        self._rarity: float = header["rarityStep"]
        self._edges: Sequence[Sequence[float]] = header["edges"]
        self._starts = list(accumulate((len(edges) + 1 for edges in self._edges), initial=0))
        self._task_names, self._task_heads = _family(heads, "task")
        self._task_sharpness: float = header["taskSharpness"]
        self._domain_names, self._domain_heads = _family(heads, "domain")
        self._domain_sharpness: float = header["domainSharpness"]
        self._difficulty_head = heads.index("difficulty")
        self._difficulty = _Curve(header["difficultyCurve"])
        self._difficulty_kinds = [
            (_family(heads, each["family"])[1], each["sharpness"], each["deviations"])
            for each in header["difficultyKinds"]
        ]
        self._need = _Curve(header["needCurve"])
        self._pools = tuple(_pool(each, heads) for each in header["pools"])
        if len(self._vocabulary) != len(self._tokens):
            raise Unreadable(f"a routing model has {len(self._vocabulary)} words and {len(self._tokens)} rows for them")
        if len(self._edges) != len(MARKS) or len(self._extras) != self._starts[-1] + len(CUES):
            raise Unreadable(
                f"a routing model was trained for other marks or cues: it has {len(self._extras)} rows of them"
            )

    def predict(self, text: str) -> Prediction:
        """What is said of a text."""
        seen = view(text)
        found = words(seen)
        extras = self._extra_rows(seen, found, len(text))
        heads = self._heads(self._vocabulary.rows(grams(found)), extras)
        tasks = softmax(heads[self._task_heads], self._task_sharpness)
        domains = softmax(heads[self._domain_heads], self._domain_sharpness)
        task, domain = tasks.index(max(tasks)), domains.index(max(domains))
        spoken, share = language(text)
        return Prediction(
            tasks=tuple(sorted(zip(self._task_names, tasks, strict=True), key=lambda each: (-each[1], each[0]))),
            domain=self._domain_names[domain],
            domain_probability=domains[domain],
            difficulty=self._difficulty_of(heads),
            need=self._need(float(len(text))),
            language=spoken,
            language_share=share,
            cues=tuple(
                self._name(row) for weight, row in self._strongest(extras, self._task_heads.start + task) if weight > 0
            ),
            difficulty_cues=tuple(
                f"{'+' if weight > 0 else '-'} {self._name(row)}"
                for weight, row in self._strongest(extras, self._difficulty_head)
            ),
            outlook=Outlook(heads, tasks, self._pools),
        )

    def _extra_rows(self, seen: str, found: Sequence[str], length: int) -> list[int]:
        """The rows of a text's marks and cues."""
        buckets = map(bisect_right, self._edges, marks(seen, length))
        first = self._starts[-1]
        return [*map(int.__add__, self._starts, buckets), *(first + cue for cue in sorted(cues(found)))]

    def _heads(self, tokens: Sequence[int], extras: Sequence[int]) -> list[float]:
        words_said = self._tokens.total(tokens)
        also = self._extras.total(extras)
        rarity = words_said[len(self._offset)] * self._rarity
        norm = 1 / sqrt(rarity) if rarity else 0.0
        no_words, no_extras = _ZERO * len(tokens), _ZERO * len(extras)
        return [
            (word - no_words) * word_scale * norm + (extra - no_extras) * extra_scale + offset
            for word, word_scale, extra, extra_scale, offset in zip(
                words_said, self._token_scale, also, self._extra_scale, self._offset, strict=False
            )
        ]

    def _difficulty_of(self, heads: Sequence[float]) -> float:
        """The difficulty's own head, and what is known of prompts of the likely kinds."""
        raw = heads[self._difficulty_head]
        for kinds, sharpness, deviations in self._difficulty_kinds:
            raw += sum(map(float.__mul__, softmax(heads[kinds], sharpness), deviations))
        return self._difficulty(raw)

    def _strongest(self, extras: Sequence[int], head: int) -> list[tuple[int, int]]:
        """The marks and cues that say most to a head, with their weights."""
        said = ((self._extras.weight(row, head), row) for row in extras if self._tells(row))
        return sorted(said, key=lambda each: (-abs(each[0]), each[1]))[:_TOLD]

    def _tells(self, row: int) -> bool:
        """Whether a row is of something that is there: a sign that is not explains nothing, though it weighs."""
        if row >= self._starts[-1]:
            return True
        mark, high = self._bucket(row)
        return high or MARKS[mark] in TOLD_LOW

    def _name(self, row: int) -> str:
        """What a row of a mark or cue is called."""
        if row >= self._starts[-1]:
            return CUES[row - self._starts[-1]]
        mark, high = self._bucket(row)
        return f"{MARKS[mark]} {'high' if high else 'low'}"

    def _bucket(self, row: int) -> tuple[int, bool]:
        """The mark that a row belongs to, and whether it is in the upper half of its buckets."""
        mark = bisect_right(self._starts, row) - 1
        return mark, 2 * (row - self._starts[mark]) >= len(self._edges[mark]) + 1


class _Curve:
    """A function made of straight pieces."""

    def __init__(self, knots: Mapping[str, Sequence[float]]) -> None:
        self._xs, self._ys = knots["x"], knots["y"]

    def __call__(self, x: float) -> float:
        xs, ys = self._xs, self._ys
        if x <= xs[0]:
            return ys[0]
        if x >= xs[-1]:
            return ys[-1]
        at = bisect_right(xs, x)
        return ys[at - 1] + (ys[at] - ys[at - 1]) * (x - xs[at - 1]) / (xs[at] - xs[at - 1])


def _family(heads: Sequence[str], family: str) -> tuple[tuple[str, ...], slice]:
    """The names of a family's heads, which stand together, and where."""
    prefix = f"{family}:"
    places = [place for place, head in enumerate(heads) if head.startswith(prefix)]
    found = slice(places[0], places[-1] + 1) if places else slice(0, 0)
    return tuple(head.removeprefix(prefix) for head in heads[found]), found


def _own(heads: Sequence[str], name: str | None) -> slice:
    """The heads of a pool's own: one for each model, or the one that is a pair's gap."""
    if name is None:
        return slice(0, 0)
    if name in heads:
        place = heads.index(name)
        return slice(place, place + 1)
    return _family(heads, name)[1]


def _pool(written: Mapping[str, Any], heads: Sequence[str]) -> Pool:
    return Pool(
        name=written["name"],
        prompts=written["prompts"],
        models=tuple(written["models"]),
        means=tuple(written["means"]),
        kinds=_family(heads, written["family"])[1],
        sharpness=written["sharpness"],
        deviations=tuple(map(tuple, written["deviations"])),
        own=_own(heads, written["own"]),
        own_weight=written["ownWeight"],
        covers=tuple(written["covers"]),
    )
