"""Pools: models whose answers to the same prompts were recorded, and what is expected of each.

Qualities are comparable within a pool only: each has prompts of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from optipath_router.classify.model.names import canonical
from optipath_router.classify.model.softmax import softmax

_COVERED: Final = 0.3
"""Below this share of its task types recorded, a prompt is unlike what a pool knows."""


@dataclass(frozen=True)
class Pool:
    """Models that were recorded together, and how well they did by kind of prompt."""

    name: str
    prompts: int
    models: tuple[str, ...]
    """Their canonical names."""
    means: tuple[float, ...]
    kinds: slice
    """The heads that tell the kind of a prompt, and ..."""
    sharpness: float
    """... how far to trust the best of them."""
    deviations: tuple[tuple[float, ...], ...]
    """What to add to the means, for each kind."""
    own: slice
    """Heads of the models' own, already beside their mean; empty where there are too few prompts."""
    own_weight: float
    covers: tuple[float, ...]
    """How well each task type is recorded."""

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where each model stands."""
        return {model: number for number, model in enumerate(self.models)}

    def coverage(self, tasks: Sequence[float]) -> float:
        """How much a prompt is like those recorded, from the probabilities of its task types."""
        return sum(probability * covered for probability, covered in zip(tasks, self.covers, strict=True))

    def quality(self, heads: Sequence[float], models: Iterable[int]) -> list[float]:
        """The quality expected of some models, 0 to 1."""
        shares = softmax(heads[self.kinds], self.sharpness)
        own = self._own(heads)
        return [
            min(
                1.0,
                max(
                    0.0,
                    self.means[model]
                    + own[model]
                    + sum(share * kind[model] for share, kind in zip(shares, self.deviations, strict=True)),
                ),
            )
            for model in models
        ]

    def _own(self, heads: Sequence[float]) -> list[float]:
        own = heads[self.own]
        if not own:
            return [0.0] * len(self.models)
        if len(own) == 1:
            # The gap of a pair: weak model first.
            half = self.own_weight * own[0] / 2
            return [-half, half]
        mean = sum(own) / len(own)
        return [self.own_weight * (each - mean) for each in own]


class Outlook:
    """What is expected on one prompt of the models that are known. Computed when it is asked for."""

    __slots__ = ("_heads", "_pools", "_tasks")

    def __init__(self, heads: Sequence[float], tasks: Sequence[float], pools: Sequence[Pool]) -> None:
        self._heads = heads
        self._tasks = tasks
        self._pools = pools

    def known(self, names: Iterable[str]) -> dict[str, float]:
        """Quality of the models that one pool knows, by the names that were asked for.

        Those pools are asked that know the most of them, and know the same
        ones. Several are weighed by how many prompts taught them, and how much
        this one is like those: whose prompt it is cannot be told, and the wrong
        pool alone misleads. Empty where no pool has such prompts.
        """
        asked = {name: canonical(name) for name in names}
        wanted = frozenset(asked.values())
        groups: dict[frozenset[str], list[tuple[float, Pool]]] = {}
        for pool in self._pools:
            held = wanted.intersection(pool.place)
            if held and (coverage := pool.coverage(self._tasks)) >= _COVERED:
                groups.setdefault(held, []).append((coverage * pool.prompts, pool))
        if not groups:
            return {}
        chosen, pools = max(groups.items(), key=lambda group: (len(group[0]), max(group[1], key=_weight)[0]))
        models = sorted(chosen)
        total = sum(weight for weight, _ in pools)
        expected = dict.fromkeys(models, 0.0)
        for weight, pool in pools:
            qualities = pool.quality(self._heads, [pool.place[model] for model in models])
            for model, quality in zip(models, qualities, strict=True):
                expected[model] += weight / total * quality
        return {name: expected[meant] for name, meant in asked.items() if meant in chosen}

    def quality(self, name: str) -> float | None:
        """Quality of one model; None where nothing like it was recorded. Compare models by `known`."""
        return self.known((name,)).get(name)

    def gap(self, weak: str, strong: str) -> float | None:
        """How much better the strong model is expected to do; None where they were not recorded together."""
        found = self.known((weak, strong))
        return found[strong] - found[weak] if len(found) == 2 else None


def _weight(weighed: tuple[float, Pool]) -> float:
    return weighed[0]
