"""Outlier ejection: among targets that serve the same model, one that does far worse than its peers is left out.

Envoy's outlier detection is the pattern (a target is compared with its peers,
ejected for longer each time, never too many of them). Its measure, the
standard deviation among at least five hosts, says nothing about the two or
three providers of one model; so a target is an outlier here if

- its rate of success is more than 0.3 below the median of its peers', or
- its median time to first content is more than three times the median of its
  peers' medians, and more than a second above it.

Both take at least 10 samples of the target and of a peer, from its latest 20
of the last minute; after a return 5 of its own. So an endpoint that becomes
slow is out after some ten slow answers.

An attempt that lost against its hedge took at least as long as it was waited
for. That counts as a time of its target's own, but no peer is measured by it.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from optipath_router.call.health.latency import Latency


@dataclass(frozen=True, slots=True)
class EjectionSettings:
    """Who is an outlier, and for how long it is left out."""

    samples: int = 10
    trial_samples: int = 5
    """So few are enough to eject a target again that has come back."""
    kept_samples: int = 20
    max_age_seconds: float = 60.0
    success_margin: float = 0.3
    slower_factor: float = 3.0
    slower_seconds: float = 1.0
    rest_seconds: float = 30.0
    """For the first ejection; twice that for the next, and so on."""
    longest_rest_seconds: float = 300.0
    """Also how long a target must stay in for its earlier ejections to be forgotten."""


class Member:
    """What the latest attempts at one target came to, as its peers are compared with it."""

    def __init__(self, settings: EjectionSettings) -> None:
        self.settings = settings
        self.why = ""
        """What led to its latest ejection."""
        self._results: deque[tuple[float, bool]] = deque(maxlen=settings.kept_samples)
        self._times = Latency(settings.kept_samples, settings.max_age_seconds)
        self._waits = Latency(settings.kept_samples, settings.max_age_seconds)
        """The same times, and how long attempts were waited for in vain."""
        self._ejections = 0
        self._until = float("-inf")

    def until(self, now: float) -> float | None:
        """The moment at which it comes back; None where it is not ejected."""
        return self._until if now < self._until else None

    def add(self, now: float, *, good: bool, first_content_seconds: float | None) -> None:
        """Note what an attempt came to; what ends during an ejection says nothing of the time after it."""
        if now < self._until:
            return
        self._results.append((now, good))
        if first_content_seconds is not None:
            self._times.add(first_content_seconds, now)
            self._waits.add(first_content_seconds, now)

    def add_lost(self, now: float, seconds: float) -> None:
        """Note an attempt that had not answered after so long, when its hedge did."""
        if now >= self._until:
            self._waits.add(seconds, now)

    def success_rate(self, now: float, at_least: int) -> float | None:
        """The share of its latest attempts that went well; None where there are too few."""
        oldest = now - self.settings.max_age_seconds
        fresh = [good for at, good in self._results if at > oldest]
        return sum(fresh) / len(fresh) if len(fresh) >= at_least else None

    def median_seconds(self, now: float, at_least: int) -> float | None:
        """Its median time to first content; None where there are too few times."""
        return self._times.quantile(0.5, now, at_least=at_least)

    def median_wait(self, now: float, at_least: int) -> float | None:
        """The median time that it was waited for; None where there are too few times."""
        return self._waits.quantile(0.5, now, at_least=at_least)

    def samples_needed(self, now: float) -> int:
        """How many samples it is judged by."""
        if now >= self._until + self.settings.longest_rest_seconds:
            self._ejections = 0
        return self.settings.trial_samples if self._ejections else self.settings.samples

    def eject(self, why: str, now: float) -> None:
        """Leave it out for a while, and judge it anew when it comes back."""
        self._ejections += 1
        self._until = now + min(self.settings.rest_seconds * self._ejections, self.settings.longest_rest_seconds)
        self._results.clear()
        self._times.clear()
        self._waits.clear()
        self.why = why


def judge(member: Member, members: Sequence[Member], now: float, *, good: bool) -> bool:
    """Eject a target if its latest attempt, which was good or not, shows an outlier; whether it was one.

    One that lost against its hedge was good, as far as it was seen.

    The members are all that serve its model. At most half of them are out at
    a time.
    """
    why = _too_slow(member, members, now) if good else _too_unreliable(member, members, now)
    if not why or 2 * (1 + sum(each.until(now) is not None for each in members)) > len(members):
        return False
    member.eject(why, now)
    return True


def _too_unreliable(member: Member, members: Sequence[Member], now: float) -> str:
    settings = member.settings
    own = member.success_rate(now, member.samples_needed(now))
    if own is None or own >= 1 - settings.success_margin:
        return ""
    rates = [
        rate
        for peer in members
        if peer is not member and (rate := peer.success_rate(now, settings.samples)) is not None
    ]
    if not rates or own >= median(rates) - settings.success_margin:
        return ""
    return f"{own:.0%} of its attempts went well, and {median(rates):.0%} where its model is served elsewhere"


def _too_slow(member: Member, members: Sequence[Member], now: float) -> str:
    settings = member.settings
    own = member.median_wait(now, member.samples_needed(now))
    if own is None or own <= settings.slower_seconds:  # nearly always, and cheap to tell
        return ""
    times = [
        taken
        for peer in members
        if peer is not member and (taken := peer.median_seconds(now, settings.samples)) is not None
    ]
    if not times or own <= max(settings.slower_factor * median(times), settings.slower_seconds + median(times)):
        return ""
    return f"its answers begin after {own:.1f} s, and after {median(times):.1f} s where its model is served elsewhere"
