"""How long a target takes to its first content: quantiles of the latest times, in bounded memory."""

from bisect import bisect_left, insort
from collections import deque


class Latency:
    """The latest times of one target, those that are too old left out."""

    def __init__(self, size: int = 256, max_age_seconds: float = 300.0) -> None:
        """Keep so many times at most, and none longer."""
        self._size, self._max_age = size, max_age_seconds
        self._latest: deque[tuple[float, float]] = deque()
        self._sorted: list[float] = []

    def add(self, seconds: float, now: float) -> None:
        """Note a time."""
        if len(self._latest) == self._size:
            self._drop()
        self._latest.append((now, seconds))
        insort(self._sorted, seconds)

    def quantile(self, share: float, now: float, *, at_least: int = 20) -> float | None:
        """The time within which a share of the answers, 0 to 1, had begun; None while there are too few to say."""
        while self._latest and self._latest[0][0] <= now - self._max_age:
            self._drop()
        count = len(self._sorted)
        return None if count < max(1, at_least) else self._sorted[min(count - 1, int(share * count))]

    def clear(self) -> None:
        """Forget all of them."""
        self._latest.clear()
        self._sorted.clear()

    def _drop(self) -> None:
        _, seconds = self._latest.popleft()
        del self._sorted[bisect_left(self._sorted, seconds)]
