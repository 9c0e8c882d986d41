"""Strategies and recognisers of users' own: found by their entry points, and held to not failing and being quick.

    [project.entry-points."optipath.strategies"]
    my-own = "my_package:make"

`make(config)` gives a strategy: a function of the features of a request and
its candidates, to a score for each of them. Under "optipath.classifiers" it
gives a recogniser: a function of a request, to what it sees in it.
deploy/examples/plugin has one of each. Installed packages are looked through
only where a policy names a plug-in.
"""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any, Final, TypeVar

from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.classify.plugins import Recogniser, refined
from optipath_router.decide.rank import Candidate, Custom
from optipath_snapshot import Classifier, Plugin

log = logging.getLogger(__name__)

STRATEGIES: Final = "optipath.strategies"
CLASSIFIERS: Final = "optipath.classifiers"
SLOW_SECONDS: Final = 0.005
"""A plug-in runs in the event loop: for as long, all streams wait."""
SLOW_AT_MOST: Final = 3
"""Slow calls in a row, after which a plug-in is switched off until there is a new snapshot."""

Failed = Callable[[str, str], None]
"""Is told the name of a plug-in, and what has become of it: missing, raised, wrong or slow."""
Refine = Callable[[ChatRequest, Features], Features]
"""Features as a recogniser sees them; as they were, where it has failed."""
_Answer = TypeVar("_Answer")


def strategy(named: Plugin, failed: Failed, now: Callable[[], float]) -> Custom | None:
    """The strategy that a policy names, guarded; None where it is not there or cannot be made, which is logged."""
    made = _made(STRATEGIES, named.name, named.config, failed)
    return None if made is None else guarded(named.name, made, failed, now)


def classifier(named: Classifier, failed: Failed, now: Callable[[], float]) -> Refine | None:
    """The recogniser that a policy names, guarded; None where it is not there or cannot be made, which is logged."""
    made = _made(CLASSIFIERS, named.name, named.config, failed)
    return None if made is None else recognising(named.name, made, failed, now)


def guarded(name: str, custom: Custom, failed: Failed, now: Callable[[], float]) -> Custom:
    """A strategy that answers None where it raises, answers nonsense, or was too slow too often."""
    guard = _Guard(name, failed, now)

    def scores(features: Features, candidates: Sequence[Candidate]) -> Sequence[float] | None:
        def asked() -> list[float]:
            found = [float(score) for score in custom(features, candidates) or ()]
            if len(found) != len(candidates) or not all(map(math.isfinite, found)):
                raise _Nonsense(f"{len(candidates)} candidates must have a finite score each, and have {found}")
            return found

        return guard.run(asked)

    return scores


def recognising(name: str, recogniser: Recogniser, failed: Failed, now: Callable[[], float]) -> Refine:
    """Features with what a recogniser sees; as they were where it raises, answers nonsense, or was slow too often."""
    guard = _Guard(name, failed, now)

    def refine(request: ChatRequest, features: Features) -> Features:
        def asked() -> Features:
            found = recogniser(request, features)
            try:
                return features if found is None else refined(features, found, name)
            except ValueError as error:
                raise _Nonsense(str(error)) from error

        return guard.run(asked) or features

    return refine


def _made(group: str, name: str, config: Mapping[str, str], failed: Failed) -> Any:
    found = [entry for entry in entry_points(group=group) if entry.name == name]
    if not found:
        log.error("no such plug-in is installed", extra={"plugin": name, "group": group})
        failed(name, "missing")
        return None
    try:
        return found[0].load()(dict(config))
    except Exception:
        log.exception("a plug-in cannot be made", extra={"plugin": name, "group": group})
        failed(name, "raised")
        return None


class _Nonsense(Exception):
    """An answer that cannot be meant."""


class _Guard:
    """What is held against a plug-in. Each kind of failure is counted always, and logged once."""

    def __init__(self, name: str, failed: Failed, now: Callable[[], float]) -> None:
        self._name, self._failed, self._now = name, failed, now
        self._slow = 0
        self._logged: set[str] = set()

    def run(self, ask: Callable[[], _Answer]) -> _Answer | None:
        """The answer; None where there is none, or nobody is asked any more."""
        if self._slow >= SLOW_AT_MOST:
            return None
        started, answer = self._now(), None
        try:
            answer = ask()
        except _Nonsense as problem:
            self._note("wrong", problem)
        except Exception as problem:  # noqa: BLE001 - whatever a plug-in may raise
            self._note("raised", problem)
        self._slow = self._slow + 1 if self._now() - started > SLOW_SECONDS else 0
        if self._slow >= SLOW_AT_MOST:
            self._note("slow")
        return answer

    def _note(self, reason: str, problem: Exception | None = None) -> None:
        self._failed(self._name, reason)
        if reason not in self._logged:
            self._logged.add(reason)
            log.error("a plug-in failed", extra={"plugin": self._name, "reason": reason}, exc_info=problem)
