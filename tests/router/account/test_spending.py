"""Spending: what was taken since the start, by target and by provider."""

from decimal import Decimal

from optipath_router.account.billing import Bill
from optipath_router.account.spending import Spent
from optipath_router.chat.usage import Usage


def spent(*bills: Bill) -> Spent:
    sum_of = Spent()
    for bill in bills:
        sum_of.add(bill)
    return sum_of


def test_a_sum_is_exact_and_says_which_part_is_an_estimate() -> None:
    counted = Bill(Usage(10, 5), Decimal("0.1"))
    estimated = Bill(Usage(20, 1, estimated=True), Decimal("0.2"))
    taken = spent(counted, estimated)
    assert (taken.dollars, taken.estimated_dollars) == (Decimal("0.3"), Decimal("0.2"))
    assert (taken.input_tokens, taken.output_tokens, taken.attempts) == (30, 6, 2)


def test_what_nobody_knows_the_price_of_is_counted_and_never_taken_for_nothing() -> None:
    taken = spent(Bill(Usage(10, 5), None), Bill(Usage(1, 1), Decimal(1)))
    assert (taken.unpriced, taken.dollars, taken.input_tokens) == (1, Decimal(1), 11)


def test_an_attempt_that_took_nothing_is_none() -> None:
    assert spent(Bill(None, Decimal(0))).attempts == 0
