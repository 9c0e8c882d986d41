"""Quantiles of the latest times."""

from hypothesis import given
from hypothesis import strategies as st

from optipath_router.call.health.latency import Latency


def test_too_few_times_say_nothing() -> None:
    latency = Latency()
    for _ in range(19):
        latency.add(1.0, 0.0)
    assert latency.quantile(0.95, 0.0) is None
    latency.add(1.0, 0.0)
    assert latency.quantile(0.95, 0.0) == 1.0


def test_a_quantile_is_the_time_within_which_so_many_had_begun() -> None:
    latency = Latency()
    for number in range(100):
        latency.add(number / 100, 0.0)
    assert [latency.quantile(share, 0.0) for share in (0.0, 0.5, 0.95, 1.0)] == [0.0, 0.5, 0.95, 0.99]


def test_old_times_are_forgotten() -> None:
    latency = Latency(max_age_seconds=300)
    for number in range(40):
        latency.add(float(number), 1000.0 + number)
    assert latency.quantile(0.0, 1300.0 + 9, at_least=1) == 10.0
    assert latency.quantile(0.5, 2000.0, at_least=1) is None


@given(times=st.lists(st.floats(0, 100), max_size=60))
def test_only_the_latest_are_kept(times: list[float]) -> None:
    latency = Latency(size=16)
    for seconds in times:
        latency.add(seconds, 0.0)
    kept = sorted(times[-16:])
    assert latency.quantile(0.5, 0.0, at_least=1) == (kept[len(kept) // 2] if kept else None)
