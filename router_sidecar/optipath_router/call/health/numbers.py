"""What strategies rank by: attempts under way, how targets have answered of late, where conversations were served.

The views show the present and change with it; `version` tells when they did.
"""

from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from optipath_router.call.health.averages import Averages
from optipath_router.call.health.conversations import Conversations
from optipath_router.call.health.sample import Sample
from optipath_router.decide.decision import Measured

_MAX_AGE_SECONDS: Final = 300.0
"""After so long without an attempt, a target's averages say nothing any more: it is as good as new."""
_FORGET_EVERY_SECONDS: Final = 10.0


class Numbers:
    """The numbers of every target that the router may call."""

    def __init__(self) -> None:
        self._in_flight: dict[str, int] = {}
        self._averages: dict[str, Averages] = {}
        self._ended: dict[str, float] = {}
        """When the latest attempt at a target did."""
        self._measured: dict[str, Measured] = {}
        self._conversations = Conversations()
        self._forget_at = float("-inf")
        self.version = 0
        self.in_flight = MappingProxyType(self._in_flight)
        self.measured = MappingProxyType(self._measured)
        self.warm = self._conversations.warm

    def begun(self, target: str) -> None:
        """Note that an attempt begins."""
        self._in_flight[target] = self._in_flight.get(target, 0) + 1
        self.version += 1

    def ended(
        self,
        target: str,
        sample: Sample | None,
        *,
        seconds: float,
        first_content_seconds: float | None,
        tokens: int,
        now: float,
    ) -> None:
        """Note that an attempt has ended, what it says of its target, and how many tokens its answer had."""
        left = self._in_flight[target] = self._in_flight.get(target, 0) - 1
        if not left:
            del self._in_flight[target]
        self.version += 1
        if sample is None:
            return
        averages = self._averages.get(target)
        if averages is None:
            averages = self._averages[target] = Averages()
        well = sample is Sample.SUCCESS
        averages.tried(well=well)
        if well and first_content_seconds is not None and tokens:
            averages.answered(seconds, first_content_seconds, tokens)
        self._ended[target] = now
        self._measured[target] = averages.measured()

    def served(self, conversation: str, target: str, tokens: int, now: float) -> None:
        """Note who served a turn of a conversation, and how many tokens it has with the answer."""
        self._conversations.served(conversation, target, tokens, now)
        self.version += 1

    def forget(self, now: float) -> None:
        """Let go of what is too old to say anything; looks no more often than is of use."""
        if now < self._forget_at:
            return
        self._forget_at = now + _FORGET_EVERY_SECONDS
        old = [target for target, ended in self._ended.items() if ended <= now - _MAX_AGE_SECONDS]
        self._drop(old)
        if self._conversations.forget(now) or old:
            self.version += 1

    def keep(self, targets: Collection[str]) -> None:
        """Forget all targets but these."""
        self._drop([target for target in self._measured if target not in targets])
        self._conversations.keep(targets)
        self.version += 1

    def _drop(self, targets: Collection[str]) -> None:
        for target in targets:
            del self._averages[target], self._ended[target], self._measured[target]
