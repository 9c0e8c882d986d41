"""Rows of weights: sums of many at once are the sums of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.classify.model.rows import Rows

LANES = 6


@given(st.binary(min_size=LANES, max_size=40 * LANES), st.data())
def test_a_total_is_the_sum_of_its_rows_lane_by_lane(table: bytes, data: st.DataObject) -> None:
    table = table[: len(table) // LANES * LANES]
    height = len(table) // LANES
    chosen = data.draw(st.lists(st.integers(0, height - 1), max_size=600))
    assert Rows(table, LANES).total(chosen) == [
        sum(table[row * LANES + lane] for row in chosen) for lane in range(LANES)
    ]


@pytest.mark.parametrize("count", [1, 255, 256, 257, 512, 513, 4000])
def test_lanes_do_not_spill_into_one_another_when_all_are_full(count: int) -> None:
    assert Rows(b"\xff" * LANES, LANES).total([0] * count) == [255 * count] * LANES


def test_no_rows_add_up_to_nothing() -> None:
    assert Rows(b"\xff" * LANES, LANES).total([]) == [0] * LANES


def test_a_table_that_is_not_made_of_whole_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="13 bytes"):
        Rows(b"x" * 13, LANES)
