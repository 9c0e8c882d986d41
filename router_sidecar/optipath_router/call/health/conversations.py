"""Where conversations were served a moment ago, for as long as a provider's prompt cache may hold them."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from optipath_router.decide.decision import Warm

MAX_AGE_SECONDS: Final = 300.0
"""Anthropic keeps a prompt for 5 minutes after its last use, OpenAI for 5 to 10."""
_AT_MOST: Final = 10_000


class Conversations:
    """The latest conversations by their digest, in bounded memory."""

    def __init__(self) -> None:
        self._warm: dict[str, Warm] = {}
        self._served: OrderedDict[str, float] = OrderedDict()
        self.warm: Mapping[str, Warm] = MappingProxyType(self._warm)
        """Where each was served last; it shows the present, and changes with it."""

    def served(self, conversation: str, target: str, tokens: int, now: float) -> None:
        """Note who served a turn, and how many tokens the conversation has with its answer."""
        self._warm[conversation] = Warm(target, tokens)
        self._served[conversation] = now
        self._served.move_to_end(conversation)
        if len(self._served) > _AT_MOST:
            self._forget_oldest()

    def forget(self, now: float) -> bool:
        """Forget those that are too old; whether there were any."""
        before = len(self._served)
        while self._served and next(iter(self._served.values())) <= now - MAX_AGE_SECONDS:
            self._forget_oldest()
        return len(self._served) < before

    def keep(self, targets: Collection[str]) -> None:
        """Forget those that were served by other targets than these."""
        for conversation in [each for each, warm in self._warm.items() if warm.target not in targets]:
            del self._warm[conversation], self._served[conversation]

    def _forget_oldest(self) -> None:
        conversation, _ = self._served.popitem(last=False)
        del self._warm[conversation]
