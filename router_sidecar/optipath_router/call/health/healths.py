"""What the router knows of its targets' health, in one place that outlives reloads.

    begin ─▶ an attempt ─▶ end(outcome) ─▶ breaker, ejection, cool-down, latency ─▶ obstacle, view

Whoever makes an attempt tells here when it begins and, exactly once, how it
ended. Deciding sees the outcome of that as an immutable view.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from optipath_router.call.health.breaker import Breaker, BreakerSettings, State, closed
from optipath_router.call.health.budget import RetryBudget
from optipath_router.call.health.cooldown import Cooldowns
from optipath_router.call.health.ejection import EjectionSettings, Member, judge
from optipath_router.call.health.lately import Lately
from optipath_router.call.health.latency import Latency
from optipath_router.call.health.numbers import Numbers
from optipath_router.call.health.sample import SAMPLES, Sample
from optipath_router.call.health.standing import Standing
from optipath_router.credentials import Key, Keys
from optipath_router.decide.decision import Reason
from optipath_router.decide.health import Health, Obstacle
from optipath_router.decide.turns import Turns
from optipath_router.errors import Outcome
from optipath_snapshot import Provider, Target

TargetKeys = tuple[Key | None, ...]


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """When a target is left alone."""

    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    ejection: EjectionSettings = field(default_factory=EjectionSettings)


USUAL: Final = HealthSettings()


@dataclass(slots=True)
class _Record:
    """One target."""

    provider: str
    model: str
    """As callers name it: its peers serve the same one."""
    breaker: Breaker
    member: Member
    latency: Latency
    lately: Lately


class Healths:
    """The health of every target that the router may call."""

    def __init__(
        self,
        now: Callable[[], float],
        chance: Callable[[], float],
        keys: Callable[[], Keys],
        settings: HealthSettings = USUAL,
    ) -> None:
        """Take the monotonic clock, draws from 0 to 1, and who knows the keys that are in force."""
        self._now, self._chance, self._keys = now, chance, keys
        self._breaker, self._ejection = closed(settings.breaker), settings.ejection
        self.turns = Turns()
        self.budget = RetryBudget(lambda: self.in_flight)
        self.in_flight = 0
        """Attempts under way, at all targets."""
        self._at_provider: dict[str, int] = {}
        self._providers: Mapping[str, Provider] = {}
        self._bounds: Mapping[str, int] = {}
        """How many attempts may be under way at once, by the providers that say so."""
        self._records: dict[str, _Record] = {}
        self._by_model: dict[str, list[Member]] = {}
        self._cooldowns = Cooldowns()
        self._version = 0
        self._obstacles: Mapping[str, Obstacle] = {}
        self._keys_then: Keys | None = None
        self._good_until = float("-inf")
        """The moment at which time alone makes the obstacles other ones."""
        self._view = Health()
        self.numbers = Numbers()

    def limits(self, providers: Collection[Provider]) -> None:
        """Take the providers of the snapshot in force, with their bounds and the names of their keys."""
        self._providers = {provider.name: provider for provider in providers}
        self._bounds = {
            provider.name: provider.max_concurrent for provider in providers if provider.max_concurrent is not None
        }
        self._cooldowns.keep(frozenset(self._providers))
        self._changed()

    def keep(self, targets: Collection[Target]) -> None:
        """Forget all targets but these."""
        names = {target.name for target in targets}
        self._records = {name: record for name, record in self._records.items() if name in names}
        self._by_model = {}
        for record in self._records.values():
            self._by_model.setdefault(record.model, []).append(record.member)
        for target in targets:
            self._record(target)
        self.numbers.keep(names)
        self._changed()

    def view(self) -> Health:
        """The present, as deciding sees it; the same object for as long as nothing has changed."""
        now, keys, turns, numbers = self._now(), self._keys(), self.turns, self.numbers
        if now >= self._good_until or keys is not self._keys_then:
            self._version += 1
            self._obstacles = self._find_obstacles(keys, now)
            self._keys_then, self._good_until = keys, self._next_change(now)
        numbers.forget(now)
        version = self._version + turns.version + numbers.version
        if version != self._view.version:
            self._view = Health(
                version, turns.counts, self._obstacles, numbers.in_flight, numbers.measured, numbers.warm
            )
        return self._view

    def obstacle(self, target: Target, keys: TargetKeys) -> Obstacle | None:
        """What keeps a target from being asked now with any of these keys; None where nothing does."""
        return self._obstacle(self._record(target), keys, self._now())

    def is_closed(self, target: Target) -> bool:
        """Whether the breaker of a target is closed: not open, and not half open either."""
        return self._record(target).breaker.rests_until is None

    def standings(self) -> Mapping[str, Standing]:
        """How each target stands now of which an attempt has said something, by its name."""
        now, obstacles, measured = self._now(), self.view().obstacles, self.numbers.measured
        return {
            name: Standing(
                record.breaker.state(now),
                obstacles.get(name),
                *lately.counts(now),
                lately.error,
                lately.error_at,
                lately.success_at,
                measured.get(name),
            )
            for name, record in self._records.items()
            if (lately := record.lately).error is not None or lately.success_at > float("-inf")
        }

    def usable_keys(self, target: Target, keys: TargetKeys) -> TargetKeys:
        """Those of a target's keys that are not cooling down, in their order."""
        now, running = self._now(), self._cooldowns.running
        return tuple(key for key in keys if running(target.provider, target.model, key, now) is None)

    def hedge_delay(self, target: Target, quantile: float) -> float | None:
        """The seconds within which that share of a target's answers had begun; None while too few are known."""
        return self._record(target).latency.quantile(quantile, self._now())

    def begin(self, target: Target) -> bool:
        """Note that an attempt begins; whether it is a probe, which whoever makes it tells again at its end."""
        record = self._record(target)
        self.in_flight += 1
        self.numbers.begun(target.name)
        self._count(target.provider, 1)
        probe = record.breaker.rests_until is not None
        if probe:
            self._replace(record, record.breaker.begun())
        return probe

    def answered(self, target: Target, *, probe: bool) -> None:
        """Note that an answer begins: a probe need not wait for its end to have gone well. May be left out.

        With it the attempt is a probe no longer.
        """
        record = self._record(target)
        if probe and record.breaker.probes:
            self._replace(record, record.breaker.after_success(self._now(), probe=probe))

    def end(
        self,
        target: Target,
        key: Key | None,
        outcome: Outcome,
        *,
        probe: bool,
        seconds: float,
        first_content_seconds: float | None,
        wait_seconds: float | None,
        tokens: int = 0,
    ) -> None:
        """Note how an attempt ended, once for each that began.

        The seconds are those to its end. The time to an answer's first
        content, or to the whole of one in a piece, is None where no answer
        began; the wait is what the provider asked for, and the tokens are those
        of the answer, 0 where its time tells nothing of them.
        """
        now, record, sample = self._now(), self._record(target), SAMPLES.get(outcome)
        self.in_flight -= 1
        record.lately.ended(outcome, now)
        self._count(target.provider, -1)
        self.numbers.ended(
            target.name, sample, seconds=seconds, first_content_seconds=first_content_seconds, tokens=tokens, now=now
        )
        if self._cooldowns.note(target.provider, target.model, key, outcome, wait_seconds=wait_seconds, now=now):
            self._changed()
        if first_content_seconds is not None:
            record.latency.add(first_content_seconds, now)
        match sample:
            case Sample.SUCCESS:
                self._replace(record, record.breaker.after_success(now, probe=probe))
                self._compare(record, now, first_content_seconds, good=True)
            case Sample.FAILURE:
                self._replace(record, record.breaker.after_failure(now, self._chance(), probe=probe))
                self._compare(record, now, first_content_seconds, good=False)
            case Sample.BUSY:
                self._replace(record, record.breaker.after_busy(now, self._chance(), probe=probe))
            case None:
                self._replace(record, record.breaker.given_back(probe=probe))
                if outcome is Outcome.LOST and first_content_seconds is None:
                    self._lost(record, now, seconds)
            case _:
                assert_never(sample)

    def served(self, conversation: str, target: Target, tokens: int) -> None:
        """Note who served a turn of a conversation, by its digest, and how many tokens it has with the answer."""
        # A target that is gone since must not come back with it.
        if target.name in self._records:
            self.numbers.served(conversation, target.name, tokens, self._now())

    def _record(self, target: Target) -> _Record:
        record = self._records.get(target.name)
        if record is None:
            record = _Record(target.provider, target.model, self._breaker, Member(self._ejection), Latency(), Lately())
            self._records[target.name] = record
            self._by_model.setdefault(target.model, []).append(record.member)
        return record

    def _count(self, provider: str, more: int) -> None:
        before = self._at_provider.get(provider, 0)
        after = self._at_provider[provider] = before + more
        if after < 0:
            raise RuntimeError(f"an attempt at provider {provider!r} ended that had not begun")
        if not after:
            del self._at_provider[provider]
        bound = self._bounds.get(provider)
        if bound is not None and (before < bound) != (after < bound):
            self._changed()

    def _replace(self, record: _Record, after: Breaker) -> None:
        before, record.breaker = record.breaker, after
        if before.rests_until != after.rests_until or before.probes != after.probes:
            self._changed()

    def _compare(self, record: _Record, now: float, first_content_seconds: float | None, *, good: bool) -> None:
        members = self._by_model[record.model]
        if len(members) == 1:
            return
        record.member.add(now, good=good, first_content_seconds=first_content_seconds)
        if judge(record.member, members, now, good=good):
            self._changed()

    def _lost(self, record: _Record, now: float, seconds: float) -> None:
        """Note that an answer was not there after so long, when another one came: it tells how slow the target is."""
        usual = record.latency.quantile(0.5, now)
        # That it would have taken longer than next to nothing is no news.
        if usual is not None and seconds > usual:
            record.latency.add(seconds, now)
        record.member.add_lost(now, seconds)
        if judge(record.member, self._by_model[record.model], now, good=True):
            self._changed()

    def _changed(self) -> None:
        self._good_until = float("-inf")

    def _find_obstacles(self, keys: Keys, now: float) -> Mapping[str, Obstacle]:
        there: dict[str, TargetKeys] = {
            name: tuple(keys[key] for key in provider.keys if key in keys) if provider.keys else (None,)
            for name, provider in self._providers.items()
        }
        return {
            name: found
            for name, record in self._records.items()
            if (found := self._obstacle(record, there.get(record.provider, ()), now))
        }

    def _obstacle(self, record: _Record, keys: TargetKeys, now: float) -> Obstacle | None:
        # What was asked for stands before what is only suspected: a target that is suspected may be tried nevertheless.
        if cooling := self._cooldowns.obstacle(record.provider, record.model, keys, now):
            return cooling
        bound = self._bounds.get(record.provider)
        if bound is not None and self._at_provider.get(record.provider, 0) >= bound:
            return Obstacle(
                Reason.CONCURRENCY, f"its provider is at work on {bound} requests, which is its limit", None
            )
        breaker = record.breaker
        if not breaker.admits(now):
            if breaker.state(now) is State.OPEN:
                told = f"its breaker is open, openings in a row: {breaker.openings}"
                return Obstacle(Reason.BREAKER_OPEN, told, breaker.rests_until)
            return Obstacle(Reason.BREAKER_OPEN, "its breaker is half open, and a probe is under way", None)
        back = record.member.until(now)
        return None if back is None else Obstacle(Reason.EJECTED, record.member.why, back)

    def _next_change(self, now: float) -> float:
        moments = [self._cooldowns.next_change(now)]
        for record in self._records.values():
            moments += (record.breaker.rests_until, record.member.until(now))
        return min((moment for moment in moments if moment is not None and moment > now), default=float("inf"))
