"""Judging: what a way to choose came to, against the recorded outcomes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optipath_cli.evaluation import baselines, orders
from optipath_cli.evaluation.bootstrap import Draws, Figure, Weights, mean
from optipath_cli.evaluation.curve import Point, cost_at_equal_quality, cost_near_best, gain
from optipath_cli.evaluation.held_out import HeldOut
from optipath_cli.evaluation.pair import Recovered, recovered
from optipath_cli.evaluation.recordings import Recordings
from optipath_cli.evaluation.replay import Chosen, Expected
from optipath_cli.evaluation.sweep import Swept


@dataclass(frozen=True, slots=True)
class Judged:
    """One way to choose."""

    name: str
    baseline: bool
    quality: Figure
    cost: Figure
    """Dollars a request."""
    regret: Figure
    """Quality that the oracle has more."""
    lost: Figure
    """Quality that the strongest model alone has more."""
    saved: Figure
    """Of the strongest model's cost, as a share."""
    equal: float | None
    """Its cost over what single models mixed at random cost at the same quality; None where none reaches it."""
    calls: Mapping[str, int]
    """By model; those that are never asked are left out."""
    unserved: int
    """Prompts for which nobody may be asked. They count as wrong, and cost nothing."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One setting turned from end to end."""

    name: str
    setting: str
    values: Sequence[str]
    points: Sequence[Point]
    gain: Figure | None
    near: Figure | None
    """Cost at 98 % of the best single model's quality, as a share of its cost; None where that is not reached."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order of prompts by need, of two models."""

    name: str
    apgr: Figure
    cpt50: Figure
    cpt80: Figure


class Judge:
    """The recorded outcomes, by column, and the draws for the intervals."""

    def __init__(self, recordings: Recordings, draws: Draws) -> None:
        """Take the same draws for all that is to be compared."""
        self._recordings, self._draws = recordings, draws
        models = range(len(recordings.models))
        self._scores = [recordings.scores(model) for model in models]
        self._costs = [recordings.costs(model) for model in models]
        self.singles = baselines.singles(recordings)
        self._oracle = self._columns(baselines.oracle(recordings))[1]
        self._strong = self._columns(baselines.always(recordings, baselines.strongest(recordings)))

    def judged(self, name: str, chosen: Chosen, *, baseline: bool = False) -> Judged:
        """What a choice came to."""
        costs, scores = self._columns(chosen)
        strong_costs, strong_scores = self._strong
        figure = self._draws.figure

        def saved(weights: Weights) -> float:
            dear = mean(strong_costs, weights)
            return 1 - mean(costs, weights) / dear if dear else 0.0

        point = self.point(chosen)
        equal = cost_at_equal_quality(self.singles, point.quality)
        called = Counter(self._recordings.models[model] for model in chosen if model is not None)
        return Judged(
            name,
            baseline,
            _sure(figure(lambda weights: mean(scores, weights))),
            _sure(figure(lambda weights: mean(costs, weights))),
            _sure(figure(lambda weights: mean(self._oracle, weights) - mean(scores, weights))),
            _sure(figure(lambda weights: mean(strong_scores, weights) - mean(scores, weights))),
            _sure(figure(saved)),
            point.cost / equal if equal else None,
            dict(called.most_common()),
            sum(model is None for model in chosen),
        )

    def curve(self, swept: Swept) -> Curve:
        """What each setting came to, and how far the whole lies above single models."""
        columns = [self._columns(chosen) for chosen in swept.chosen]

        def points(weights: Weights) -> tuple[list[Point], list[Point]]:
            singles = zip(self._costs, self._scores, strict=True)
            return tuple([_point(costs, scores, weights) for costs, scores in each] for each in (singles, columns))  # type: ignore[return-value]

        return Curve(
            swept.name,
            swept.setting,
            [str(value) for value in swept.values],
            [self.point(chosen) for chosen in swept.chosen],
            self._draws.figure(lambda weights: gain(*points(weights))),
            self._draws.figure(lambda weights: cost_near_best(*points(weights))),
        )

    def ordered(self, name: str, order: Sequence[int]) -> Ordered | None:
        """How well an order tells who needs the strong one of two models; None where both are equally good."""
        strong = baselines.strongest(self._recordings)
        weak = 1 - strong

        def at(place: int) -> Figure | None:
            def metric(weights: Weights) -> float | None:
                drawn = [row for row in order for _ in range(weights[row])]
                found = recovered(self._scores[weak], self._scores[strong], drawn)
                return None if found is None else found[place]

            return self._draws.figure(metric)

        figures = [at(place) for place in range(len(Recovered._fields))]
        apgr, cpt50, cpt80 = figures
        return None if apgr is None or cpt50 is None or cpt80 is None else Ordered(name, apgr, cpt50, cpt80)

    def orders(self, expected: Expected, held_out: HeldOut | None, seed: int) -> list[Ordered]:
        """Of two models: the router's order beside those that need none, and the best there can be."""
        recordings = self._recordings
        strong = baselines.strongest(recordings)
        weak = 1 - strong
        found = {
            "expected gap": orders.by_expectation(recordings, expected, weak, strong, held_out),
            "length": orders.by_length(recordings),
            "random": orders.at_random(recordings, seed),
            "oracle": orders.by_outcome(recordings, weak, strong),
        }
        judged = (self.ordered(name, order) for name, order in found.items() if order is not None)
        return [each for each in judged if each is not None]

    def point(self, chosen: Chosen) -> Point:
        """What a choice came to, in the mean."""
        return _point(*self._columns(chosen), self._draws.once)

    def _columns(self, chosen: Chosen) -> tuple[list[float], list[float]]:
        """Cost and score of each prompt."""
        costs = [0.0 if model is None else self._costs[model][row] for row, model in enumerate(chosen)]
        scores = [0.0 if model is None else self._scores[model][row] for row, model in enumerate(chosen)]
        return costs, scores


def _point(costs: Sequence[float], scores: Sequence[float], weights: Weights) -> Point:
    return Point(mean(costs, weights), mean(scores, weights))


def _sure(figure: Figure | None) -> Figure:
    if figure is None:
        raise AssertionError("a mean has always a value")
    return figure
