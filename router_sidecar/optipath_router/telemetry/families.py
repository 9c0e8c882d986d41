"""Families of counters, gauges and histograms, at the cost of a dict and a list.

They belong to the event loop's thread and take no lock. prometheus-client
reads them by its Collector protocol, and writes their text.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Final, Generic, TypeVar

from prometheus_client import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

_LINES: Final = 60
"""How much text is written in one go: half a millisecond's."""

Labels = tuple[str, ...]
"""The values of a family's labels, in the order of their names."""


class Counter:
    """A number that grows."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, by: float = 1.0) -> None:
        """Add what has come, which is never negative."""
        self.value += by


class Gauge:
    """A number that goes up and down."""

    __slots__ = ("value",)

    def __init__(self, value: float = 0.0) -> None:
        self.value = value

    def set(self, value: float) -> None:
        """Put the present in the place of the past."""
        self.value = value


class Histogram:
    """How many values there were up to each of some bounds, and their sum."""

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        """Take the upper bounds, which belong to their buckets, in rising order and without the infinite one."""
        self._bounds, self._counts = bounds, [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def cumulative(self) -> Iterator[int]:
        """How many values were at most each bound, and last how many there were at all."""
        return accumulate(self._counts)


Child = TypeVar("Child", Counter, Gauge, Histogram)


class Family(ABC, Generic[Child]):
    """The children of one name."""

    _lines_of_a_child = 1

    def __init__(self, name: str, says: str, labels: Labels, new: Callable[[], Child]) -> None:
        self._name, self._says, self.labels = name, says, labels
        self.children: defaultdict[Labels, Child] = defaultdict(new)
        """By the values of their labels; who asks for one that is not there makes it."""

    def collect(self) -> list[Metric]:
        """All of it, as a registry of prometheus-client's asks for it."""
        return [self._metric(self._present())]

    def text(self) -> Iterator[bytes]:
        """All of it in Prometheus' text format, in slices; what is counted between two of them may be in the later."""
        present = self._present()
        children = max(1, _LINES // self._lines_of_a_child)
        for start in range(0, len(present) or 1, children):
            text = generate_latest(_Slice(self._metric(present[start : start + children])))
            # HELP and TYPE must not be told twice.
            yield text.split(b"\n", 2)[2] if start else text

    def _present(self) -> Sequence[tuple[Labels, Child]]:
        return tuple(self.children.items())

    @abstractmethod
    def _metric(self, children: Iterable[tuple[Labels, Child]]) -> Metric: ...


class Counters(Family[Counter]):
    """Counters of one name."""

    def __init__(self, name: str, says: str, labels: Labels) -> None:
        super().__init__(name, says, labels, Counter)

    def _metric(self, children: Iterable[tuple[Labels, Counter]]) -> Metric:
        metric = CounterMetricFamily(self._name, self._says, labels=self.labels)
        for values, child in children:
            metric.add_metric(values, child.value)
        return metric


class Gauges(Family[Gauge]):
    """Gauges of one name."""

    def __init__(self, name: str, says: str, labels: Labels) -> None:
        super().__init__(name, says, labels, Gauge)

    def _metric(self, children: Iterable[tuple[Labels, Gauge]]) -> Metric:
        metric = GaugeMetricFamily(self._name, self._says, labels=self.labels)
        for values, child in children:
            metric.add_metric(values, child.value)
        return metric


class AskedGauges(Gauges):
    """Gauges that nobody sets: their values are asked for when they are read."""

    def __init__(self, name: str, says: str, labels: Labels, ask: Callable[[], Iterable[tuple[Labels, float]]]) -> None:
        super().__init__(name, says, labels)
        self._ask = ask

    def _present(self) -> Sequence[tuple[Labels, Gauge]]:
        return tuple((values, Gauge(value)) for values, value in self._ask())


class Histograms(Family[Histogram]):
    """Histograms of one name, with the same bounds."""

    def __init__(self, name: str, says: str, labels: Labels, bounds: Sequence[float]) -> None:
        super().__init__(name, says, labels, partial(Histogram, bounds))
        self._bounds = tuple(floatToGoString(bound) for bound in (*bounds, float("inf")))
        self._lines_of_a_child = len(self._bounds) + 2

    def _metric(self, children: Iterable[tuple[Labels, Histogram]]) -> Metric:
        metric = HistogramMetricFamily(self._name, self._says, labels=self.labels)
        for values, child in children:
            buckets = list(zip(self._bounds, child.cumulative(), strict=True))
            metric.add_metric(values, buckets, child.sum)
        return metric


@dataclass(frozen=True, slots=True)
class _Slice(Collector):
    metric: Metric

    def collect(self) -> list[Metric]:
        return [self.metric]
