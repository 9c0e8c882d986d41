"""Time windows: by the clock on the wall, over midnight, and when clocks are changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Features
from optipath_router.decide.match import Verdict, clauses, together
from optipath_snapshot import Match, TimeWindow, TimeWindows

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKDAYS = WEEK[:5]


def window(days: tuple[str, ...] = (), begins: str = "00:00", ends: str = "24:00", zone: str = "UTC") -> TimeWindow:
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (begins, ends))
    return TimeWindow.model_validate({"days": days, "begins": first, "ends": last, "time_zone": zone})


def at(moment: str, *windows: TimeWindow) -> Verdict:
    seen = Features("auto", 1, at=datetime.fromisoformat(moment).timestamp())
    return together(clauses(Match(conditions=(TimeWindows(windows=windows),))), seen)


BERLIN = window(WORKDAYS, "08:00", "18:00", "Europe/Berlin")
NIGHT = window(("Fri",), "22:00", "06:00", "Europe/Berlin")
NEW_YEAR = window(("Wed",), "23:00", "01:00")
HALF_PAST_TWO = window((), "02:30", "03:00", "Europe/Berlin")
NEW_YORK = window(("Sun",), "01:00", "02:00", "America/New_York")

MOMENTS: dict[str, tuple[str, TimeWindow, bool]] = {
    "as it opens": ("2026-11-23T08:00:00+01:00", BERLIN, True),
    "a second before": ("2026-11-23T07:59:59+01:00", BERLIN, False),
    "its last second": ("2026-11-23T17:59:59+01:00", BERLIN, True),
    "as it closes": ("2026-11-23T18:00:00+01:00", BERLIN, False),
    "the same in UTC": ("2026-11-23T07:00:00+00:00", BERLIN, True),
    "in summer an hour earlier in UTC": ("2026-07-20T06:00:00+00:00", BERLIN, True),
    "on a Saturday": ("2026-11-21T12:00:00+01:00", BERLIN, False),
    "a day is one of the time zone's": ("2026-11-22T23:30:00+00:00", window(("Mon",), zone="Europe/Berlin"), True),
    "the evening of its day": ("2026-11-20T22:00:00+01:00", NIGHT, True),
    "the morning after": ("2026-11-21T05:59:00+01:00", NIGHT, True),
    "the morning after, when it is over": ("2026-11-21T06:00:00+01:00", NIGHT, False),
    "the morning before": ("2026-11-20T05:59:00+01:00", NIGHT, False),
    "the evening of the next day": ("2026-11-21T22:00:00+01:00", NIGHT, False),
    "from one year into the next": ("2027-01-01T00:59:00+00:00", window(("Thu",), "23:00", "01:00"), True),
    "not on the day before": ("2027-01-01T00:59:00+00:00", NEW_YEAR, False),
    "Sunday's night is over on Monday": ("2026-11-23T01:00:00+00:00", window(("Sun",), "23:00", "02:00"), True),
    "a whole day": ("2026-11-23T23:59:59+00:00", window(("Mon",)), True),
    "until the end of the day": ("2026-11-23T23:59:00+00:00", window((), "12:00", "24:00"), True),
    "half past two, before clocks go forward": ("2026-03-28T02:30:00+01:00", HALF_PAST_TWO, True),
    "half past two is left out: it is half past three": ("2026-03-29T01:30:00+00:00", HALF_PAST_TWO, False),
    "half past two, the first time": ("2026-10-25T00:30:00+00:00", HALF_PAST_TWO, True),
    "half past two, the second time": ("2026-10-25T01:30:00+00:00", HALF_PAST_TWO, True),
    "New York turns back on another day": ("2026-11-01T05:30:00+00:00", NEW_YORK, True),
    "and has the hour twice": ("2026-11-01T06:30:00+00:00", NEW_YORK, True),
    "but not three times": ("2026-11-01T07:30:00+00:00", NEW_YORK, False),
    "a quarter of an hour from UTC": (
        "2026-11-23T02:15:00+00:00",
        window(("Mon",), "08:00", "09:00", "Asia/Kathmandu"),
        True,
    ),
}


@pytest.mark.row("A15")
@pytest.mark.parametrize(("moment", "asked", "is_open"), MOMENTS.values(), ids=MOMENTS)
def test_a_window_at_a_moment(moment: str, asked: TimeWindow, *, is_open: bool) -> None:
    assert at(moment, asked).holds is is_open


def test_one_open_window_is_enough() -> None:
    assert at("2026-11-21T23:00:00+01:00", BERLIN, window(("Sat",), zone="Europe/Berlin")).holds


def test_what_is_told_names_days_hours_and_time_zone() -> None:
    assert at("2026-11-21T12:00:00+01:00", BERLIN, NIGHT).why == (
        "timeWindows: it is not Mon, Tue, Wed, Thu, Fri 08:00 to 18:00 Europe/Berlin; Fri 22:00 to 06:00 Europe/Berlin"
    )


def test_a_time_zone_that_this_machine_does_not_know_is_said_and_never_guessed() -> None:
    lost = window(zone="Atlantis/Capital")
    assert at("2026-11-21T12:00:00+01:00", lost) == Verdict(
        holds=None, why="timeWindows: time zone Atlantis/Capital is not known here"
    )
    assert at("2026-11-21T12:00:00+01:00", lost, window()).holds


def test_without_a_moment_nobody_knows() -> None:
    match = Match(conditions=(TimeWindows(windows=(BERLIN,)),))
    assert together(clauses(match), Features("auto", 1)).holds is None


CLOCKS = st.integers(0, 1439)


@given(begins=CLOCKS, length=st.integers(1, 1439), day=st.integers(0, 6), late=st.integers(0, 7 * 1440 - 1))
def test_a_window_is_open_for_its_length_from_its_beginning_on_its_day(
    begins: int, length: int, day: int, late: int
) -> None:
    # In UTC, where no clock is ever changed; ends before it begins is the same length round midnight.
    ends = (begins + length) % 1440 or 1440
    asked = TimeWindow.model_validate({"days": (WEEK[day],), "begins": begins, "ends": ends})
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    moment = monday + timedelta(minutes=late)
    since = (late - day * 1440 - begins) % (7 * 1440)
    assert at(moment.isoformat(), asked).holds is (since < length)
