"""A strategy for OptiPath: the best model, as long as it costs at most so many times what the cheapest does."""

from collections.abc import Callable, Mapping, Sequence

from optipath_router.chat.features import Features
from optipath_router.decide.rank import Candidate


def make(config: Mapping[str, str]) -> Callable[[Features, Sequence[Candidate]], Sequence[float]]:
    """The strategy, as the policy's config has it; raises for what is wrong there, when the policy comes into force."""
    at_most = float(config.get("atMost", "3"))
    if at_most < 1:
        raise ValueError(f"atMost: {at_most:g} is less than 1, and even the cheapest costs as much as itself")

    def scores(_: Features, candidates: Sequence[Candidate]) -> Sequence[float]:
        cheapest = min((each.cost for each in candidates if each.cost is not None), default=0.0)
        return [_score(each, cheapest * at_most) for each in candidates]

    return scores


def _score(candidate: Candidate, limit: float) -> float:
    """Quality for those within the limit; the others come after all of them."""
    quality = 0.0 if candidate.quality is None else candidate.quality
    return quality if candidate.cost is not None and candidate.cost <= limit else quality - 1.0
