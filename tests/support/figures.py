"""A router's metrics, read as Prometheus reads them."""

from collections import Counter
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from support.router import Router


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted up to one moment."""

    samples: tuple[Sample, ...]

    def total(self, name: str, **labels: str) -> float:
        """The sum of all series of this name that have these labels; 0 where there is none."""
        return sum(sample.value for sample in self.samples if _is(sample, name, labels))

    def by(self, label: str, name: str, **labels: str) -> Counter[str]:
        """Whole numbers of these series, summed by the values of one label; those of nothing are left out."""
        counts: Counter[str] = Counter()
        for sample in self.samples:
            if _is(sample, name, labels) and sample.value:
                counts[sample.labels[label]] += int(sample.value)
        return counts


def _is(sample: Sample, name: str, labels: dict[str, str]) -> bool:
    return sample.name == name and labels.items() <= sample.labels.items()


async def figures(router: Router) -> Figures:
    """The metrics of this moment."""
    families = text_string_to_metric_families((await router.get("/metrics")).text)
    return Figures(tuple(sample for family in families for sample in family.samples))
