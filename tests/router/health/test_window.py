"""Rates of the last seconds."""

from hypothesis import given
from hypothesis import strategies as st

from optipath_router.call.health.window import Window

samples = st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=60)


@given(samples=samples, later=st.integers(0, 15))
def test_the_rate_is_that_of_the_samples_not_older_than_the_window(samples: list[tuple[int, bool]], later: int) -> None:
    window, now, all_of_them = Window(10), 1000, []
    for passed, good in samples:
        now += passed
        window = window.adding(now, good=good)
        all_of_them.append((now, good))
    now += later
    fresh = [good for at, good in all_of_them if now - at < 10]
    expected = sum(fresh) / len(fresh) if len(fresh) >= 3 else None
    assert window.rate(now, 3) == expected
