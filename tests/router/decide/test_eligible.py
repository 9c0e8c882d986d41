"""Whether a target may serve a request at all."""

from typing import Any

import pytest

from optipath_router.chat.features import Features
from optipath_router.decide.decision import Reason
from optipath_router.decide.eligible import obstacle
from optipath_snapshot import Capability
from support.builders import target

BORDERS: dict[str, tuple[dict[str, Any], int, int | None, Reason | None]] = {
    "a full window": ({"context_window": 100}, 60, 40, None),
    "one more in": ({"context_window": 100}, 61, 40, Reason.CONTEXT_WINDOW),
    "one more out": ({"context_window": 100}, 60, 41, Reason.CONTEXT_WINDOW),
    "no limit asked for, a full window": ({"context_window": 100}, 100, None, None),
    "no limit asked for, one more in": ({"context_window": 100}, 101, None, Reason.CONTEXT_WINDOW),
    "the most out": ({"max_output_tokens": 50}, 1000, 50, None),
    "more than the most out": ({"max_output_tokens": 50}, 1000, 51, Reason.OUTPUT_LIMIT),
    "no limit asked for": ({"max_output_tokens": 50}, 1000, None, None),
    "both known, both met": ({"context_window": 100, "max_output_tokens": 50}, 50, 50, None),
    "both known, both missed: the window is told": (
        {"context_window": 100, "max_output_tokens": 50},
        100,
        51,
        Reason.CONTEXT_WINDOW,
    ),
    "nothing known": ({}, 10**9, 10**9, None),
}


@pytest.mark.parametrize(("facts", "tokens_in", "tokens_out", "reason"), BORDERS.values(), ids=BORDERS)
def test_window_and_limit(facts: dict[str, Any], tokens_in: int, tokens_out: int | None, reason: Reason | None) -> None:
    left_out = obstacle(target("acme/small", **facts), Features("m", tokens_in, tokens_out))
    assert (left_out.reason if left_out else None) == reason


def test_what_a_target_lacks_leaves_it_out_by_name() -> None:
    left_out = obstacle(target("acme/small", lacks=("Vision",)), Features("m", 1, needs=frozenset({Capability.VISION})))
    assert left_out is not None
    assert (left_out.target, left_out.reason) == ("acme/small", Reason.CAPABILITY)
    assert "Vision" in left_out.detail


def test_of_two_that_it_lacks_always_the_same_one_is_told() -> None:
    lacking = target("acme/small", lacks=("Vision", "Tools"))
    left_out = obstacle(lacking, Features("m", 1, needs=frozenset({Capability.VISION, Capability.TOOLS})))
    assert left_out is not None
    assert "Tools" in left_out.detail


def test_a_detail_names_the_numbers() -> None:
    left_out = obstacle(target("acme/small", context_window=100), Features("m", 90, 20))
    assert left_out is not None
    assert all(number in left_out.detail for number in ("90", "20", "100"))


def test_a_lack_that_the_request_does_not_need_is_none() -> None:
    assert (
        obstacle(target("acme/small", lacks=("Vision",)), Features("m", 1, needs=frozenset({Capability.CHAT}))) is None
    )
