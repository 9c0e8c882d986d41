"""What the routers of one namespace said of its providers: how they do, and what they cost.

Only the namespace's own providers count. What a router says of one that
another namespace shares is not its owner's to be told by strangers.

Spend is added up by increments, so that it never goes down: when a pod goes,
what it had said stays. After a restart of the operator the sum goes on from
what stands in the status; of routers that ran all the while only what they
spend from then on is added, lest anything be counted twice.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Final

from optipath_operator.channel.answer import Answer, TargetSaid
from optipath_operator.resources.health import Breaker, Health, LastError

_FRESH_SECONDS: Final = 300.0
_FORGOTTEN_SECONDS: Final = 600.0
"""After so long without anybody who has tried it, a model's health is not known any more."""
_WITNESSES: Final = 32
"""The latest of so many routers are heard, however many there are."""
_SLACK_SECONDS: Final = 5.0
_NOTHING: Final = Decimal(0)
_MOST: Final = Decimal(10**12)
"""Dollars; a router that lies must not fill its provider's status with digits."""


class News(IntEnum):
    """What one answer brought, the more urgent the higher."""

    NOTHING = 0
    SPEND = 1
    HEALTH = 2


@dataclass(frozen=True, slots=True)
class Provided:
    """A ModelProvider, as far as routers may speak of it."""

    uid: str
    models: frozenset[str]
    spend: Decimal | None
    """What stands in its status; None where nothing does."""


@dataclass(frozen=True, slots=True)
class ModelHealth:
    """How one model does, by most of the routers that have tried it."""

    health: Health = Health.UNKNOWN
    breaker: Breaker = Breaker.CLOSED
    error: LastError | None = None


@dataclass(slots=True)
class _Testimony:
    at: float
    targets: Mapping[tuple[str, str], TargetSaid]


@dataclass(slots=True)
class _Ledger:
    """What one router has said that it spent since it started."""

    uptime_seconds: float
    counted: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class _Sum:
    uid: str
    since_before: bool
    """Whether an operator before us has counted here."""
    dollars: Decimal


class Evidence:
    """What was heard in one namespace."""

    def __init__(self, began: float) -> None:
        """Take when this operator began to listen."""
        self._began = began
        self._judged_at = float("-inf")
        self._testimonies: OrderedDict[str, _Testimony] = OrderedDict()
        self._known: dict[tuple[str, str], tuple[ModelHealth, float]] = {}
        self._ledgers: dict[str, _Ledger] = {}
        self._sums: dict[str, _Sum] = {}

    def heard(self, router: str, answer: Answer, providers: Mapping[str, Provided], now: float) -> News:
        """Take in what a router, by its pod's uid, said."""
        targets = {
            key: said
            for key, said in answer.targets.items()
            if key[0] in providers and key[1] in providers[key[0]].models
        }
        before = self._testimonies.pop(router, None)
        self._testimonies[router] = _Testimony(now, targets)
        while len(self._testimonies) > _WITNESSES:
            self._testimonies.popitem(last=False)
        said = {key: (each.health, each.breaker, each.error) for key, each in targets.items()}
        # Another voice may change nothing; to weigh them all for each is too much while thousands speak.
        heard = {key: before.targets[key] for key in said if key in before.targets} if before else {}
        known = {key: (each.health, each.breaker, each.error) for key, each in (heard or self._known_of(said)).items()}
        spent = self._count(router, answer, providers, now)
        if said != known:
            return News.HEALTH
        return News.SPEND if spent else News.NOTHING

    def lost(self, router: str) -> None:
        """Note that a router is gone; what it spent stays spent."""
        self._ledgers.pop(router, None)
        self._testimonies.pop(router, None)

    def models(self, provider: str, models: Iterable[str], now: float) -> dict[str, ModelHealth]:
        """How those of a provider's models do that anybody has tried."""
        self._judge(now)
        return {model: found[0] for model in models if (found := self._known.get((provider, model)))}

    def spend(self, provider: str, uid: str) -> Decimal | None:
        """Dollars spent at a provider; None while nothing was heard of it."""
        found = self._sums.get(provider)
        return found.dollars if found is not None and found.uid == uid else None

    def _known_of(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ModelHealth]:
        return {key: self._known[key][0] for key in keys if key in self._known}

    def _judge(self, now: float) -> None:
        """Weigh what is fresh, and forget what nobody has tried for long."""
        if now == self._judged_at:
            return
        self._judged_at = now
        while self._testimonies and next(iter(self._testimonies.values())).at <= now - _FRESH_SECONDS:
            self._testimonies.popitem(last=False)
        said: dict[tuple[str, str], list[tuple[float, TargetSaid]]] = {}
        for testimony in self._testimonies.values():
            for key, each in testimony.targets.items():
                said.setdefault(key, []).append((testimony.at, each))
        known = self._known | {key: (weigh(each), now) for key, each in said.items()}
        self._known = {key: each for key, each in known.items() if each[1] > now - _FORGOTTEN_SECONDS}

    def _count(self, router: str, answer: Answer, providers: Mapping[str, Provided], now: float) -> bool:
        ledger = self._ledgers.get(router)
        if ledger is None:
            ledger = _Ledger(answer.uptime_seconds)
            if now - answer.uptime_seconds < self._began - _SLACK_SECONDS:
                # It ran before we listened: what it had spent by then is in the status, if anything ever was.
                ledger.counted = {
                    name: dollars
                    for name, dollars in answer.spend.items()
                    if name in providers and self._sum(name, providers[name]).since_before
                }
        elif answer.uptime_seconds < ledger.uptime_seconds:
            ledger.counted.clear()  # it has started anew
        ledger.uptime_seconds = answer.uptime_seconds
        self._ledgers[router] = ledger
        more = False
        for name, dollars in answer.spend.items():
            if name in providers:
                whole, before = self._sum(name, providers[name]), ledger.counted.get(name, _NOTHING)
                ledger.counted[name] = dollars
                # One that counts from nothing again, as a target that came back does, has spent all of it since.
                increment = dollars - before if dollars >= before else dollars
                whole.dollars = min(whole.dollars + increment, _MOST)
                more = more or increment > 0
        return more

    def _sum(self, name: str, provided: Provided) -> _Sum:
        found = self._sums.get(name)
        if found is None or found.uid != provided.uid:
            found = self._sums[name] = _Sum(provided.uid, provided.spend is not None, provided.spend or _NOTHING)
        return found


def weigh(said: Iterable[tuple[float, TargetSaid]]) -> ModelHealth:
    """What most of those say who have tried it; each with the moment at which it was said."""
    each = list(said)
    votes: Counter[Health] = Counter(one.health for _, one in each if one.health is not Health.UNKNOWN)
    open_ones = sum(one.breaker is Breaker.OPEN for _, one in each)
    errors = [(at - one.error_seconds, one.error) for at, one in each if one.error is not None]
    latest = max(errors, key=lambda error: error[0])[1] if errors else None
    breaker = Breaker.OPEN if 2 * open_ones > len(each) else Breaker.CLOSED
    return ModelHealth(_most(votes), breaker, latest)


def of_all(models: Iterable[ModelHealth]) -> Health:
    """How a provider does whose models do so: down where all are of which anything is known."""
    known = {each.health for each in models} - {Health.UNKNOWN}
    if not known:
        return Health.UNKNOWN
    return known.pop() if len(known) == 1 else Health.DEGRADED


def _most(votes: Counter[Health]) -> Health:
    total = votes.total()
    for health in (Health.DOWN, Health.HEALTHY):
        if 2 * votes[health] > total:
            return health
    return Health.DEGRADED if total else Health.UNKNOWN
