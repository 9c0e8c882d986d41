"""Where a waiting time hides."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.providers.said import Said, said
from optipath_router.providers.waiting import asked_seconds, reset_seconds

NOTHING = Said(frozenset(), "")
DATE = "Fri, 08 Aug 2025 15:40:34 GMT"
WALL = datetime(2025, 8, 8, 15, 40, 34, tzinfo=UTC).timestamp()

HEADERS: dict[str, tuple[dict[str, str], float | None]] = {
    "seconds": ({"retry-after": "5"}, 5.0),
    "parts of seconds": ({"retry-after": "0.5"}, 0.5),
    "none": ({"retry-after": "0"}, 0.0),
    "a day": ({"retry-after": "86400"}, 86400.0),
    "a date, by the answer's own clock": ({"retry-after": "Fri, 08 Aug 2025 15:41:00 GMT", "date": DATE}, 26.0),
    "a date that is past": ({"retry-after": "Fri, 08 Aug 2025 15:00:00 GMT", "date": DATE}, 0.0),
    "a date beside a clock that is none": ({"retry-after": "Fri, 08 Aug 2025 15:41:00 GMT", "date": "Sanitized"}, None),
    "milliseconds": ({"retry-after-ms": "250"}, 0.25),
    "the longer one of two": ({"retry-after": "1", "retry-after-ms": "0"}, 1.0),
    "a duration": ({"retry-after": "1m30s"}, 90.0),
    "nothing": ({"retry-after": ""}, None),
    "a negative number": ({"retry-after": "-1"}, None),
    "no number": ({"retry-after": "nan"}, None),
    "infinity": ({"retry-after": "inf"}, None),
    "a number without end": ({"retry-after": "9" * 400}, None),
    "words": ({"retry-after": "soon"}, None),
    "a date that is none": ({"retry-after": "Fri, 99 Aug 2025 15:41:00 GMT", "date": DATE}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), HEADERS.values(), ids=HEADERS)
def test_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_seconds(headers, NOTHING) == seconds


def test_a_date_without_the_answers_clock_is_told_by_ours() -> None:
    assert asked_seconds({"retry-after": "Fri, 08 Aug 2025 15:41:00 GMT"}, NOTHING, WALL) == 26.0


MESSAGES = {
    "Please try again in 3s.": 3.0,
    "Please try again in 174ms. Visit …": 0.174,
    "Please try again in 9m38.016s.": 578.016,
    "Please try again in 1m0.363142857s": 60.363142857,
    "Please try again in 1h2m": 3720.0,
    "Please retry after 9 seconds.": 9.0,
    "Please retry after 1 minute.": 60.0,
    "Please retry in 3.5s": 3.5,
    "Please retry in 20 milliseconds": 0.02,
    "Try again in a while, or retry after 7 seconds": 7.0,
    "You waited 5s.": None,
    "Please try again in 3 sheep": None,
    "Please try again later.": None,
}


@pytest.mark.parametrize(("message", "seconds"), MESSAGES.items())
def test_messages(message: str, seconds: float | None) -> None:
    found = asked_seconds({}, Said(frozenset(), message.lower()))
    assert found == (None if seconds is None else pytest.approx(seconds))


def test_googles_retry_info() -> None:
    body = b'{"error": {"details": [{"@type": "RetryInfo", "retryDelay": "26.5s"}]}}'
    assert asked_seconds({}, said(body)) == 26.5


RESETS: dict[str, tuple[dict[str, str], float | None]] = {
    "a duration": ({"x-ratelimit-reset-tokens": "6m0s"}, 360.0),
    "milliseconds": ({"x-ratelimit-reset-tokens": "130ms"}, 0.13),
    "plain seconds": ({"ratelimit-reset": "19"}, 19.0),
    "milliseconds since 1970": ({"x-ratelimit-reset": "1754667660000", "date": DATE}, 26.0),
    "seconds since 1970": ({"x-ratelimit-reset": "1754667660", "date": DATE}, 26.0),
    "a moment and no clock": ({"x-ratelimit-reset": "1754667660"}, None),
    "Anthropic's moments": ({"anthropic-ratelimit-input-tokens-reset": "2025-08-08T15:40:44Z", "date": DATE}, 10.0),
    "the one that is used up": (
        {
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-remaining-requests": "99",
            "x-ratelimit-reset-tokens": "8s",
            "x-ratelimit-remaining-tokens": "0",
        },
        8.0,
    ),
    "the next one where none is used up": ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "8s"}, 1.0),
    "two in one": ({"x-ratelimit-reset-tokens": "0s, req_b176c7aa266e48aa"}, 0.0),
    "another header": ({"x-reset": "5"}, None),
    "nothing": ({}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), RESETS.values(), ids=RESETS)
def test_resets(headers: dict[str, str], seconds: float | None) -> None:
    assert reset_seconds(headers) == (None if seconds is None else pytest.approx(seconds))


values = st.text(max_size=80) | st.from_regex(r"\A[0-9]{1,20}(\.[0-9]{1,20})?(ms|s|m)?\Z") | st.datetimes().map(str)


@given(after=values, reset=values, date=values, message=values, wall=st.none() | st.just(WALL))
def test_no_value_is_too_odd(after: str, reset: str, date: str, message: str, wall: float | None) -> None:
    headers = {"retry-after": after, "retry-after-ms": after, "x-ratelimit-reset-tokens": reset, "date": date}
    error = Said(frozenset(), f"try again in {message}", retry_delay=message)
    for seconds in (asked_seconds(headers, error, wall), reset_seconds(headers, wall)):
        assert seconds is None or 0 <= seconds < float("inf")


@pytest.mark.case("F09")
def test_long_values_take_no_time_worth_telling() -> None:
    for text in ("try again in " * 100, "try again in " + "1s" * 500, "1" * 100_000, "1." * 50_000):
        asked_seconds({"retry-after": text, "date": text}, Said(frozenset(), text[:1000], retry_delay=text[:1000]))
