"""What became of the latest attempts: the last error and success, and counts of a minute or two."""

import pytest

from optipath_router.call.health.lately import ERRORS, Lately
from optipath_router.errors import Outcome
from support.clock import Clock


def lately(timeline: str) -> tuple[Lately, Clock]:
    """After attempts that went well (s), failed (f) or said nothing (-), with seconds between them."""
    clock, made = Clock(1200.0), Lately()
    outcomes = {"s": Outcome.OK, "f": Outcome.TIMEOUT, "-": Outcome.ABANDONED}
    for word in timeline.split():
        if word in outcomes:
            made.ended(outcomes[word], clock())
        else:
            clock.advance(float(word))
    return made, clock


COUNTS = {
    "none": ("", (0, 0)),
    "each that says something": ("s f - s", (3, 1)),
    "still there a minute later": ("s f 60", (2, 1)),
    "not after two": ("s f 60 s 60", (1, 0)),
    "not after a long silence": ("s f 600 s", (1, 0)),
}


@pytest.mark.parametrize(("timeline", "counts"), COUNTS.values(), ids=COUNTS)
def test_counts_are_of_the_last_minute_or_two(timeline: str, counts: tuple[int, int]) -> None:
    made, clock = lately(timeline)
    assert made.counts(clock()) == counts


def test_the_last_error_stays_known_when_all_is_well_again() -> None:
    made, clock = lately("f 10 s")
    assert (made.error, clock() - made.error_at, made.success_at) == (Outcome.TIMEOUT, 10, clock())


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.ABANDONED, Outcome.LOST, Outcome.INTERNAL])
def test_what_says_nothing_against_the_target_is_no_error_of_its(outcome: Outcome) -> None:
    assert outcome not in ERRORS
