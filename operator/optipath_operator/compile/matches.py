"""MatchSpec -> Match."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from optipath_operator.resources import Conditions, InnerMatchSpec, MatchSpec, TimeWindowSpec
from optipath_operator.resources.match import Day, InnermostMatchSpec
from optipath_snapshot import (
    AllOf,
    AnyOf,
    Condition,
    Difficulty,
    HeaderMatch,
    InputTokens,
    Languages,
    Match,
    Modalities,
    NoneOf,
    Sensitivity,
    TaskTypes,
    Timeliness,
    TimeWindow,
    TimeWindows,
)

_WEEK: tuple[Day, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_AROUND: dict[str, type[AllOf | AnyOf | NoneOf]] = {"all": AllOf, "any": AnyOf, "not": NoneOf}


def compile_match(spec: MatchSpec) -> Match:
    """What a rule matches. Sets have no order in a resource, so that none must show in the bytes."""
    return _match(spec)


def unknown_zones(spec: Conditions, field: str) -> Iterator[tuple[str, str]]:
    """Fields of a match that name a time zone which is not known here, each with what is to be said of it."""
    for index, window in enumerate(spec.time_windows or ()):
        if window.time_zone and (why := _why_no_zone(window.time_zone)):
            yield f"{field}.timeWindows[{index}].timeZone", why
    for word, inner in _nested(spec):
        for index, each in enumerate(inner):
            yield from unknown_zones(each, f"{field}.{word}[{index}]")


def _match(spec: Conditions) -> Match:
    headers = sorted((header.name.lower(), header.value) for header in spec.headers)
    return Match(
        models=tuple(sorted(spec.models)),
        headers=tuple(HeaderMatch(name=name, value=value) for name, value in headers),
        conditions=tuple(_conditions(spec)),
    )


def _conditions(spec: Conditions) -> Iterator[Condition]:
    """What else must hold, what costs least to look at first."""
    if spec.input_tokens:
        yield InputTokens(min=spec.input_tokens.min, max=spec.input_tokens.max)
    if spec.modalities:
        yield Modalities(words=_sorted(spec.modalities))
    if spec.time_windows:
        yield TimeWindows(windows=tuple(map(_window, spec.time_windows)))
    yield from _understood(spec)
    for word, inner in _nested(spec):
        if inner:
            yield _AROUND[word](matches=tuple(map(_match, inner)))


def _understood(spec: Conditions) -> Iterator[Condition]:
    """The conditions for which the router must understand the text."""
    if spec.languages:
        yield Languages(words=_sorted(spec.languages))
    if spec.task_types:
        yield TaskTypes(words=_sorted(spec.task_types))
    if spec.difficulty:
        yield Difficulty(min=spec.difficulty.min, max=spec.difficulty.max)
    if spec.timeliness:
        yield Timeliness(words=_sorted(spec.timeliness))
    if spec.sensitivity:
        yield Sensitivity(words=_sorted(spec.sensitivity))


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


def _nested(spec: Conditions) -> tuple[tuple[str, tuple[InnerMatchSpec | InnermostMatchSpec, ...]], ...]:
    """The matches inside a match, by the word before them."""
    if not isinstance(spec, MatchSpec | InnerMatchSpec):
        return ()
    return ("all", spec.all_of or ()), ("any", spec.any_of or ()), ("not", spec.none_of or ())


def _window(spec: TimeWindowSpec) -> TimeWindow:
    return TimeWindow(
        days=tuple(day for day in _WEEK if day in (spec.days or ())),
        begins=_minutes(spec.begins or "00:00"),
        # One that ends at midnight ends with its day.
        ends=_minutes(spec.ends or "24:00") or 1440,
        time_zone=spec.time_zone or "UTC",
    )


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=1024)
def _why_no_zone(name: str) -> str:
    """Why a time zone cannot be told; empty where it can."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        near = get_close_matches(name, sorted(available_timezones()), n=1)
        return (
            f"time zone '{name}' is not in the IANA database{f' (did you mean {near[0]}?)' if near else ''}, "
            "and nobody can tell when a window in it is open"
        )
    return ""
