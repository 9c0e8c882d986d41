"""From scores to shares."""

from collections.abc import Sequence
from math import exp


def softmax(scores: Sequence[float], sharpness: float) -> list[float]:
    """Shares that add up to 1; the sharper, the more goes to the highest score."""
    highest = max(scores)
    powers = [exp(sharpness * (score - highest)) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
