"""The retry budget: more attempts than requests only as long as most requests need none.

The rule is that of Envoy's retry budgets (circuit breakers, `retry_budget`):
a share of what is in flight, and a floor so that little traffic may retry too.
"""

from collections.abc import Callable


class RetryBudget:
    """Counts the further attempts under way. Shares and floor are clause C3 of the contract."""

    def __init__(self, in_flight: Callable[[], int], *, share: float = 0.2, floor: int = 3) -> None:
        """Take who knows how many attempts of any kind are in flight."""
        self._in_flight, self._share, self._floor = in_flight, share, floor
        self._taken = 0

    def take(self) -> bool:
        """Whether a further attempt may be made; a yes must be given back when the call has its answer, or none."""
        # Further attempts are in flight beside those that their requests began with, and must not pay for one another.
        requests = self._in_flight() - self._taken
        if self._taken + 1 > max(self._floor, self._share * requests):
            return False
        self._taken += 1
        return True

    def give_back(self) -> None:
        """Note that a further attempt is one no longer."""
        if not self._taken:
            raise RuntimeError("more retries were given back than taken")
        self._taken -= 1
