"""Cool-downs: how long a provider is left alone, by the model and the key that it answered about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from optipath_router.call.health.sample import SAMPLES, Sample
from optipath_router.credentials import Key
from optipath_router.decide.decision import Reason
from optipath_router.decide.health import Obstacle
from optipath_router.errors import Outcome

Who = tuple[str, str | None, str, int]
"""A provider, a model or None for all of them, a key's name and the fingerprint of its value."""

TRUSTED_SECONDS: Final = 60.0
"""A provider's wait is believed up to here, clause C4 of the contract: it may be a mistake, or the end of a day."""
_UNTOLD_SECONDS: Final = 1.0
"""After a 429 that says nothing."""
KEY_TROUBLE: Final = frozenset({Outcome.AUTH, Outcome.QUOTA})
"""The provider has no quarrel with the request, only with the key."""
KEY_SECONDS: Final = 60.0
"""After a key was refused or its account found to be spent."""


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A time in which somebody is left alone."""

    until: float
    """A moment of the monotonic clock."""
    reason: Reason


class Cooldowns:
    """Remembers whom to leave alone; what is over is forgotten when the next one is noted."""

    def __init__(self) -> None:
        self._running: dict[Who, Cooldown] = {}

    def note(
        self, provider: str, model: str, key: Key | None, outcome: Outcome, *, wait_seconds: float | None, now: float
    ) -> bool:
        """Leave alone whom the outcome of an attempt concerns, for as long as the provider said; whether it does."""
        sample = SAMPLES.get(outcome)
        if sample is Sample.SUCCESS:
            return False
        match outcome, sample:
            case Outcome.AUTH, _:
                self._cool(provider, None, key, Cooldown(now + KEY_SECONDS, Reason.KEY_REFUSED), now)
            case Outcome.QUOTA, _:
                self._cool(provider, None, key, Cooldown(now + KEY_SECONDS, Reason.COOLING_DOWN), now)
            case _, Sample.BUSY | Sample.FAILURE if wait_seconds is not None:
                until = now + min(wait_seconds, TRUSTED_SECONDS)
                self._cool(provider, model, key, Cooldown(until, Reason.COOLING_DOWN), now)
            case _, Sample.BUSY:
                self._cool(provider, model, key, Cooldown(now + _UNTOLD_SECONDS, Reason.COOLING_DOWN), now)
            case _:
                return False
        return True

    def obstacle(self, provider: str, model: str, keys: Iterable[Key | None], now: float) -> Obstacle | None:
        """What keeps a model from being asked with any of these keys; None where one may be used."""
        if not self._running:
            return None
        found = [self.running(provider, model, key, now) for key in keys]
        cooling = [each for each in found if each is not None]
        if not cooling or len(cooling) < len(found):
            return None
        soonest = min(each.until for each in cooling)
        if all(each.reason is Reason.KEY_REFUSED for each in cooling):
            return Obstacle(Reason.KEY_REFUSED, "it refused the key a moment ago", soonest)
        return Obstacle(Reason.COOLING_DOWN, "it asked for patience a moment ago", soonest)

    def running(self, provider: str, model: str, key: Key | None, now: float) -> Cooldown | None:
        """What keeps a model from being asked with this key; None where nothing does."""
        mark = _fingerprint(key)
        of_model, of_key = self._running.get((provider, model, *mark)), self._running.get((provider, None, *mark))
        longer = of_key if of_model is None or (of_key and of_key.until > of_model.until) else of_model
        return longer if longer and longer.until > now else None

    def next_change(self, now: float) -> float | None:
        """The next moment at which one is over."""
        return min((running.until for running in self._running.values() if running.until > now), default=None)

    def keep(self, providers: frozenset[str]) -> None:
        """Forget all providers but these."""
        self._running = {who: running for who, running in self._running.items() if who[0] in providers}

    def _cool(self, provider: str, model: str | None, key: Key | None, cooldown: Cooldown, now: float) -> None:
        """Note a cool-down, of all models where the model is None; a longer one stands."""
        who = (provider, model, *_fingerprint(key))
        self._running = {other: running for other, running in self._running.items() if running.until > now}
        earlier = self._running.get(who)
        if earlier is None or earlier.until < cooldown.until:
            self._running[who] = cooldown


def _fingerprint(key: Key | None) -> tuple[str, int]:
    # A rotated key is another one, though its name stays. Python's hash of a text is a keyed one.
    return ("", 0) if key is None else (key.name, hash(key.value))
