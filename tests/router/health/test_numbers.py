"""The numbers that strategies rank by."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.call.health.averages import Averages
from optipath_router.call.health.numbers import Numbers
from optipath_router.call.health.sample import Sample
from optipath_router.decide.decision import Warm


def answers(count: int, *, first: float, token: float, streamed: bool, noise: float = 0.1) -> Averages:
    """Averages of answers of many lengths, with chance in their times."""
    chance, averages = Random(20261121), Averages()
    for _ in range(count):
        tokens = chance.randrange(20, 800)
        begun = first * (1 + noise * chance.gauss(0, 1))
        seconds = begun + token * tokens * (1 + noise * chance.gauss(0, 1))
        averages.answered(seconds, begun if streamed else seconds, tokens)
    return averages


@pytest.mark.row("E17", "A10")
@pytest.mark.parametrize("streamed", [True, False], ids=["streamed", "in one piece"])
@pytest.mark.parametrize(("first", "token"), [(0.3, 0.005), (0.8, 0.02), (3.0, 0.05)])
def test_first_content_and_time_for_a_token_are_told_apart(first: float, token: float, *, streamed: bool) -> None:
    measured = answers(60, first=first, token=token, streamed=streamed).measured()
    assert measured.answers == 60
    assert measured.token_seconds == pytest.approx(token, rel=0.25)
    assert measured.first_content_seconds == pytest.approx(first, rel=0.25 if streamed else 0.6)
    assert measured.first_content_seconds + 300 * measured.token_seconds == pytest.approx(first + 300 * token, rel=0.15)


def test_averages_follow_a_target_that_becomes_slow() -> None:
    averages = answers(100, first=0.3, token=0.005, streamed=True)
    for _ in range(100):
        averages.answered(12.0, 2.0, 200)
    measured = averages.measured()
    assert measured.first_content_seconds == pytest.approx(2.0, rel=0.2)
    assert measured.token_seconds == pytest.approx(0.05, rel=0.2)


@given(
    st.lists(st.tuples(st.floats(0, 600), st.floats(0, 1), st.integers(1, 100_000)), max_size=300),
    st.lists(st.booleans(), max_size=100),
)
def test_no_answers_whatever_make_times_or_shares_that_cannot_be(
    told: list[tuple[float, float, int]], tried: list[bool]
) -> None:
    averages = Averages()
    for seconds, share, tokens in told:
        averages.answered(seconds, seconds * share, tokens)
    for well in tried:
        averages.tried(well=well)
    measured = averages.measured()
    assert 0 <= measured.first_content_seconds < 10_000
    assert 0 <= measured.token_seconds < 10_000
    assert 0 < measured.success_share < 1


def test_answers_of_one_length_tell_at_least_their_time() -> None:
    averages = Averages()
    for _ in range(500):
        averages.answered(4.0, 4.0, 300)
    measured = averages.measured()
    assert measured.first_content_seconds + 300 * measured.token_seconds == pytest.approx(4.0, rel=0.05)


def test_a_failure_weighs_little_by_itself_and_many_weigh_much() -> None:
    averages = Averages()
    averages.tried(well=False)
    assert averages.measured().success_share > 0.85
    for _ in range(30):
        averages.tried(well=False)
    assert averages.measured().success_share < 0.4


def ended(numbers: Numbers, now: float, sample: Sample | None = Sample.SUCCESS, target: str = "acme/a") -> None:
    numbers.begun(target)
    numbers.ended(target, sample, seconds=1.0, first_content_seconds=0.5, tokens=10, now=now)


def test_attempts_under_way_are_counted_until_they_end() -> None:
    numbers = Numbers()
    numbers.begun("acme/a")
    numbers.begun("acme/a")
    numbers.begun("bell/b")
    assert numbers.in_flight == {"acme/a": 2, "bell/b": 1}
    numbers.ended("acme/a", None, seconds=1.0, first_content_seconds=None, tokens=0, now=0.0)
    assert numbers.in_flight == {"acme/a": 1, "bell/b": 1}
    assert numbers.measured == {}


def test_what_a_target_did_long_ago_says_nothing_any_more() -> None:
    numbers = Numbers()
    ended(numbers, 0.0)
    ended(numbers, 200.0, target="bell/b")
    numbers.forget(299.0)
    assert set(numbers.measured) == {"acme/a", "bell/b"}
    version = numbers.version
    numbers.forget(309.0)
    assert set(numbers.measured) == {"bell/b"}
    assert numbers.version > version


def test_a_target_that_is_gone_is_forgotten_with_its_conversations() -> None:
    numbers = Numbers()
    for target in ("acme/a", "bell/b"):
        ended(numbers, 0.0, target=target)
        numbers.served(f"with {target}", target, 100, 0.0)
    numbers.keep({"bell/b"})
    assert set(numbers.measured) == {"bell/b"}
    assert numbers.warm == {"with bell/b": Warm("bell/b", 100)}


def test_a_conversation_is_warm_for_as_long_as_a_cache_keeps_it() -> None:
    numbers = Numbers()
    numbers.served("old", "acme/a", 100, 0.0)
    numbers.served("young", "acme/a", 100, 0.0)
    numbers.served("young", "bell/b", 200, 250.0)
    numbers.forget(305.0)
    assert numbers.warm == {"young": Warm("bell/b", 200)}


def test_conversations_are_of_a_bounded_number() -> None:
    numbers = Numbers()
    for number in range(10_100):
        numbers.served(str(number), "acme/a", 100, float(number) / 1000)
    assert len(numbers.warm) == 10_000
    assert "10099" in numbers.warm
    assert "0" not in numbers.warm
