"""Strategies of users' own: found by their entry points, and held to not failing and being quick.

    [project.entry-points."optipath.strategies"]
    my-own = "my_package:make"

`make(config)` gives a strategy: a function of the features of a request and
its candidates, to a score for each of them. deploy/examples/plugin is one.
Installed packages are looked through only where a policy names a plug-in.
"""

import logging
import math
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Final

from optipath_router.chat.features import Features
from optipath_router.decide.rank import Candidate, Custom
from optipath_snapshot import Plugin

log = logging.getLogger(__name__)

GROUP: Final = "optipath.strategies"
SLOW_SECONDS: Final = 0.005
"""A strategy runs in the event loop: for as long, all streams wait."""
SLOW_AT_MOST: Final = 3
"""Slow calls in a row, after which a strategy is switched off until there is a new snapshot."""

Failed = Callable[[str, str], None]
"""Is told the name of a plug-in, and what has become of it: missing, raised, wrong or slow."""


def strategy(named: Plugin, failed: Failed, now: Callable[[], float]) -> Custom | None:
    """The strategy that a policy names, guarded; None where it is not there or cannot be made, which is logged."""
    found = [entry for entry in entry_points(group=GROUP) if entry.name == named.name]
    if not found:
        log.error("no such plug-in is installed", extra={"plugin": named.name, "group": GROUP})
        failed(named.name, "missing")
        return None
    try:
        made: Custom = found[0].load()(dict(named.config))
    except Exception:
        log.exception("a plug-in cannot be made", extra={"plugin": named.name})
        failed(named.name, "raised")
        return None
    return guarded(named.name, made, failed, now)


def guarded(name: str, custom: Custom, failed: Failed, now: Callable[[], float]) -> Custom:
    """A strategy that answers None where it raises, answers nonsense, or was too slow too often."""
    return _Guarded(name, custom, failed, now)


class _Guarded:
    """A strategy, and what is held against it. Each kind of failure is counted always, and logged once."""

    def __init__(self, name: str, custom: Custom, failed: Failed, now: Callable[[], float]) -> None:
        self._name, self._custom, self._failed, self._now = name, custom, failed, now
        self._slow = 0
        self._logged: set[str] = set()

    def __call__(self, features: Features, candidates: Sequence[Candidate]) -> Sequence[float] | None:
        if self._slow >= SLOW_AT_MOST:
            return None
        started = self._now()
        try:
            scores = [float(score) for score in self._custom(features, candidates) or ()]
        except Exception as problem:  # noqa: BLE001 - whatever a plug-in may raise
            self._note("raised", problem)
            return None
        seconds = self._now() - started
        self._slow = self._slow + 1 if seconds > SLOW_SECONDS else 0
        if self._slow >= SLOW_AT_MOST:
            self._note("slow")
        if len(scores) != len(candidates) or not all(map(math.isfinite, scores)):
            self._note("wrong")
            return None
        return scores

    def _note(self, reason: str, problem: Exception | None = None) -> None:
        self._failed(self._name, reason)
        if reason not in self._logged:
            self._logged.add(reason)
            log.error("a plug-in failed", extra={"plugin": self._name, "reason": reason}, exc_info=problem)
