"""How long a provider asks to be left alone, from all the places where that is said.

Seconds, milliseconds or a date in `retry-after` and its kin, Google's
RetryInfo, and the message itself: the longest of them, for coming back too
early is the worse mistake. Where none of them says anything, when the limits
are said to be reset. Nothing here raises, and every expression is linear.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from optipath_router.providers.said import Said

_MAX_VALUE: Final = 64
"""Characters of a header's value; a longer one is no time."""
_PART: Final = re.compile(
    r" ?(\d{1,12}(?:\.\d{1,12})?) ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![a-z])"
)
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,12})?")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_ASKED: Final = re.compile(r"\b(?:try again|retry|retrying|wait) (?:in|after|for) ")
_RESET: Final = re.compile(r"(?:x-|anthropic-)?ratelimit-(?:[a-z_-]{1,40}-)?reset(?:-[a-z_-]{1,40})?")


def asked_seconds(headers: Mapping[str, str], said: Said, wall: float | None = None) -> float | None:
    """What a provider asks to wait; None where it asks for nothing.

    Header names are in lower case. `wall` is the time since 1970, for dates,
    where the answer has none of its own.
    """
    found = (
        _milliseconds(headers.get("retry-after-ms", "")),
        _after(headers.get("retry-after", ""), _since(headers, wall)),
        _duration(said.retry_delay),
        next(_told(said.message), None),
    )
    return max((seconds for seconds in found if seconds is not None), default=None)


def reset_seconds(headers: Mapping[str, str], wall: float | None = None) -> float | None:
    """When the limits are reset, in seconds from now; None where that is not said.

    The latest of those that are used up; where none is, the next of all: a
    request can exceed what is left of a limit.
    """
    since = _since(headers, wall)
    used_up: list[float] = []
    others: list[float] = []
    for name, value in headers.items():
        if _RESET.fullmatch(name) and (seconds := _after(value, since)) is not None:
            nothing_left = headers.get(name.replace("reset", "remaining")) == "0"
            (used_up if nothing_left else others).append(seconds)
    return max(used_up) if used_up else min(others, default=None)


def _after(value: str, since: float | None) -> float | None:
    """Seconds, a duration, a moment in seconds or milliseconds since 1970, or a date."""
    value = value.strip()
    if not _NUMBER.fullmatch(value):
        seconds = _duration(value)
        moment = _date(value) if seconds is None else None
        if moment is None or since is None:
            return seconds
        return max(0.0, moment - since)
    number = float(value)
    if number < 1e9:
        return number
    return None if since is None else max(0.0, (number / 1000 if number > 1e11 else number) - since)


def _milliseconds(value: str) -> float | None:
    return float(value) / 1000 if _NUMBER.fullmatch(value.strip()) else None


def _duration(text: str) -> float | None:
    """`1m0.36s`, `174ms`, `9 seconds` at the start of a text."""
    seconds, at = None, 0
    while part := _PART.match(text, at):
        number, unit = part.groups()
        seconds = (seconds or 0.0) + float(number) * (0.001 if unit.startswith(("ms", "mil")) else _UNITS[unit[0]])
        at = part.end()
    return seconds


def _told(message: str) -> Iterator[float]:
    for asked in _ASKED.finditer(message):
        seconds = _duration(message[asked.end() : asked.end() + _MAX_VALUE])
        if seconds is not None:
            yield seconds


def _since(headers: Mapping[str, str], wall: float | None) -> float | None:
    """The time since 1970 at which an answer was written, by its own clock if it has one."""
    date = _date(headers.get("date", ""))
    return wall if date is None else date


def _date(value: str) -> float | None:
    """Seconds since 1970 of an HTTP date or an RFC 3339 one."""
    if not 10 <= len(value) <= _MAX_VALUE:
        return None
    try:
        date = datetime.fromisoformat(value) if value[0].isdigit() else parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
