"""How many further attempts may be under way."""

import pytest

from optipath_router.call.health.budget import RetryBudget


@pytest.mark.case("U09")
@pytest.mark.parametrize(("in_flight", "allowed"), {0: 3, 1: 3, 15: 3, 20: 4, 24: 4, 25: 5, 1000: 200}.items())
def test_a_fifth_of_what_is_in_flight_and_three_at_least(in_flight: int, allowed: int) -> None:
    taken = 0
    budget = RetryBudget(lambda: in_flight + taken)
    while budget.take():
        taken += 1
    assert taken == allowed


def test_what_is_given_back_can_be_taken_again() -> None:
    budget = RetryBudget(lambda: 0)
    assert [budget.take() for _ in range(4)] == [True, True, True, False]
    budget.give_back()
    assert budget.take()
    assert not budget.take()


def test_what_was_not_taken_cannot_be_given_back() -> None:
    with pytest.raises(RuntimeError, match="more retries"):
        RetryBudget(lambda: 0).give_back()
