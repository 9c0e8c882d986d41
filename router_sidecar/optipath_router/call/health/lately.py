"""What became of a target's latest attempts, for people: the last error, the last success, how many failed."""

from typing import Final

from optipath_router.call.health.sample import SAMPLES, Sample
from optipath_router.errors import Outcome

SPAN_SECONDS: Final = 60.0
ERRORS: Final = frozenset(outcome for outcome, sample in SAMPLES.items() if sample is not Sample.SUCCESS) | {
    Outcome.AUTH,
    Outcome.QUOTA,
    Outcome.NOT_SERVED,
    Outcome.NO_KEY,
    Outcome.HOST_MISMATCH,
    Outcome.EGRESS,
}
"""What speaks against a target or its account. All else is about the request, the caller or this router."""


class Lately:
    """Counts by spans of a minute, the present one and the one before: exact enough, and a few additions."""

    __slots__ = ("_attempts", "_before", "_failures", "_span", "error", "error_at", "success_at")

    def __init__(self) -> None:
        self.error: Outcome | None = None
        self.error_at = float("-inf")
        self.success_at = float("-inf")
        self._span = 0
        self._attempts = self._failures = 0
        self._before = (0, 0)

    def ended(self, outcome: Outcome, now: float) -> None:
        """Note how an attempt ended."""
        well = outcome is Outcome.OK
        if well:
            self.success_at = now
        elif outcome in ERRORS:
            self.error, self.error_at = outcome, now
        else:
            return
        self._turn(now)
        self._attempts += 1
        self._failures += not well

    def counts(self, now: float) -> tuple[int, int]:
        """Attempts that say something, and the failed ones among them, of the last one to two minutes."""
        self._turn(now)
        attempts, failures = self._before
        return attempts + self._attempts, failures + self._failures

    def _turn(self, now: float) -> None:
        span = int(now // SPAN_SECONDS)
        if span == self._span:
            return
        self._before = (self._attempts, self._failures) if span == self._span + 1 else (0, 0)
        self._attempts = self._failures = 0
        self._span = span
