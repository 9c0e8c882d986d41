"""From a match to its clauses, and the clauses around others: all, any, not."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, assert_never

from optipath_router.chat.features import Features
from optipath_router.decide.match import asked, understood
from optipath_router.decide.match.clause import Clause, Verdict, clause, prepared
from optipath_router.decide.match.windows import time_windows
from optipath_snapshot import (
    AllOf,
    AnyOf,
    Condition,
    Difficulty,
    InputTokens,
    Languages,
    Match,
    Modalities,
    NoneOf,
    Sensitivity,
    TaskTypes,
    Timeliness,
    TimeWindows,
)

_LONGEST: Final = 600
"""How many signs may be told of a clause around others."""
_KEPT: Final = 16
"""How many of its verdicts a clause around others keeps; one cache for all would be too small for many rules."""


def clauses(match: Match) -> tuple[Clause, ...]:
    """The conditions of a match, all of which must hold."""
    of_models = (asked.models(match.models),) if match.models else ()
    return (*of_models, *map(asked.header, match.headers), *map(_clause, match.conditions))


def exact_models(match: Match) -> Iterator[str]:
    """Names that an app may ask for so that the match may hold, globs apart."""
    yield from (name for name in match.models if not asked.is_glob(name))
    for condition in match.conditions:
        if isinstance(condition, AllOf | AnyOf):
            for each in condition.matches:
                yield from exact_models(each)


def _clause(condition: Condition) -> Clause:  # noqa: C901, PLR0911  one case a kind, and no more to it
    match condition:
        case InputTokens():
            return asked.input_tokens(condition)
        case Modalities():
            return asked.modalities(condition)
        case TimeWindows():
            return time_windows(condition)
        case Languages():
            return understood.languages(condition)
        case TaskTypes():
            return understood.task_types(condition)
        case Difficulty():
            return understood.difficulty(condition)
        case Timeliness():
            return understood.timeliness(condition)
        case Sensitivity():
            return understood.sensitivity(condition)
        case AllOf():
            return _all(tuple(map(clauses, condition.matches)))
        case AnyOf():
            return _any(tuple(map(clauses, condition.matches)))
        case NoneOf():
            return _none(tuple(map(clauses, condition.matches)))
        case _:
            assert_never(condition)


Inner = tuple[tuple[Clause, ...], ...]
Asked = Callable[[Features], bool | Verdict | None]


def _all(inner: Inner) -> Clause:
    at, asked_of = _kept_at("all"), tuple(map(prepared, inner))

    def holds(features: Features) -> bool | Verdict:
        unclear = None
        for place, each in enumerate(asked_of):
            verdict = each(features)
            if verdict.holds is False:
                return at(place, verdict)
            if verdict.holds is None:
                unclear = unclear or at(place, verdict)
        return unclear or True

    return _around("all", inner, holds)


def _any(inner: Inner) -> Clause:
    none_holds, asked_of = lru_cache(_KEPT)(_none_holds), tuple(map(prepared, inner))

    def holds(features: Features) -> bool | Verdict:
        verdicts = []
        for each in asked_of:
            verdict = each(features)
            if verdict.holds:
                return True
            verdicts.append(verdict)
        return none_holds(*verdicts)

    return _around("any", inner, holds)


def _none(inner: Inner) -> Clause:
    that = [Verdict(holds=False, why=_short(f"not[{place}] holds: {_held(each)}")) for place, each in enumerate(inner)]
    at, asked_of = _kept_at("not"), tuple(map(prepared, inner))

    def holds(features: Features) -> bool | Verdict:
        unclear = None
        for place, each in enumerate(asked_of):
            verdict = each(features)
            if verdict.holds:
                return that[place]
            if verdict.holds is None:
                unclear = unclear or at(place, verdict)
        return unclear or True

    return _around("not", inner, holds)


def _around(word: str, inner: Inner, holds: Asked) -> Clause:
    held = _short(f"{word}: " + " | ".join(map(_held, inner)))
    return clause(holds, held=held, wants=(name for each in inner for one in each for name in one.wants))


def _none_holds(*verdicts: Verdict) -> Verdict:
    unclear = any(verdict.holds is None for verdict in verdicts)
    told = "; ".join(f"[{place}] {verdict.why}" for place, verdict in enumerate(verdicts))
    return Verdict(None if unclear else False, _short(f"any: {told}"))


def _kept_at(word: str) -> Callable[[int, Verdict], Verdict]:
    """Verdicts that say at which place among others they were found."""

    @lru_cache(_KEPT)
    def at(place: int, verdict: Verdict) -> Verdict:
        return Verdict(verdict.holds, _short(f"{word}[{place}] {verdict.why}"))

    return at


def _held(inner: tuple[Clause, ...]) -> str:
    return " and ".join(each.held for each in inner)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
