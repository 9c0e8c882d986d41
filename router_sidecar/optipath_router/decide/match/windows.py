"""The clause on when a request comes, by the clocks on people's walls.

An hour that a change of the clocks leaves out is in no window, and one that it
repeats is in the same one twice.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from optipath_router.chat.features import Features
from optipath_router.decide.match.clause import Clause, clause
from optipath_snapshot import TimeWindow, TimeWindows

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def time_windows(wanted: TimeWindows) -> Clause:
    """The request comes inside one of the windows. One whose time zone is not known here is never open."""
    there = [(window, zone) for window in wanted.windows if (zone := _zone(window.time_zone)) is not None]
    listed = "; ".join(_told(window) for window in wanted.windows)
    absent = sorted({window.time_zone for window in wanted.windows} - {window.time_zone for window, _ in there})

    def holds(features: Features) -> bool | None:
        at = features.at
        if at is None:
            return None
        if any(is_open(window, datetime.fromtimestamp(at, zone)) for window, zone in there):
            return True
        # Whether a window of an unknown time zone is open, nobody can tell.
        return None if absent else False

    unknown = f"time zone {', '.join(absent)} is not known here" if absent else "the time is not known"
    return clause(
        holds,
        failed=f"timeWindows: it is not {listed}",
        held=f"timeWindows: it is {listed}",
        unknown=f"timeWindows: {unknown}",
        wants=("at",),
    )


def is_open(window: TimeWindow, local: datetime) -> bool:
    """Whether a window is open at a moment of its own time zone."""
    minute, today = local.hour * 60 + local.minute, local.weekday()
    if window.begins < window.ends:
        return window.begins <= minute < window.ends and _names(window.days, today)
    return (minute >= window.begins and _names(window.days, today)) or (
        minute < window.ends and _names(window.days, (today - 1) % 7)
    )


def _names(days: Iterable[str], weekday: int) -> bool:
    return not days or _DAYS[weekday] in days


def _zone(name: str) -> tzinfo | None:
    """A time zone by its name; None where this machine's database has none of that name."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def _told(window: TimeWindow) -> str:
    days = f"{', '.join(window.days)} " if window.days else ""
    return f"{days}{_clock(window.begins)} to {_clock(window.ends)} {window.time_zone}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
