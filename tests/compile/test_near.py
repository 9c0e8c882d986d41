"""Names that may have been meant."""

import pytest

from optipath_operator.compile.near import NearNames

NAMES = NearNames.among([*(f"acme/model-{number}" for number in range(1000)), "openai/gpt-5-mini", "openai/gpt-5-nano"])


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("openai/gpt-5-min", "openai/gpt-5-mini"),
        ("opneai/gpt-5-mini", "openai/gpt-5-mini"),
        ("penai/gpt-5-nano", "openai/gpt-5-nano"),
        ("acme/model-1000", "acme/model-100"),
    ],
)
def test_a_slip_of_the_pen_finds_what_was_meant(wrong: str, meant: str) -> None:
    assert NAMES.to(wrong)[0] == meant


@pytest.mark.parametrize("wrong", ["", "x", "nobody/knows-this"])
def test_what_resembles_nothing_finds_nothing(wrong: str) -> None:
    assert NAMES.to(wrong) == []


def test_where_there_is_nothing_nothing_is_near() -> None:
    assert NearNames.among([]).to("acme/small") == []
