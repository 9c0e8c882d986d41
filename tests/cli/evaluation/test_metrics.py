"""Metrics: the same numbers as those who made the recordings define."""

import random
import runpy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_cli.evaluation.bootstrap import Draws, mean
from optipath_cli.evaluation.curve import Point, cost_at_equal_quality, cost_near_best, gain, hull, mixtures
from optipath_cli.evaluation.held_out import HeldOut, fingerprint
from optipath_cli.evaluation.pair import recovered
from optipath_cli.evaluation.prices import recorded_price
from optipath_cli.evaluation.recordings import Outcome, Recordings, Row, read_recordings
from support.wire import FIXTURES

ROUTING = FIXTURES / "routing"
recorded = pytest.mark.skipif(not ROUTING.is_dir(), reason=f"no recorded outcomes in {ROUTING}")

points = st.lists(
    st.builds(Point, st.floats(1e-6, 1.0, allow_nan=False), st.floats(0.0, 1.0, allow_nan=False)),
    min_size=2,
    max_size=12,
)


def definitions() -> dict[str, Callable[..., Any]]:
    return runpy.run_path(str(ROUTING / "score.py"))


@recorded
@pytest.mark.parametrize("name", ["routerbench-1pct", "zeroeval-crux"])
def test_gains_of_a_pool_are_those_of_the_recorders(name: str) -> None:
    defined = definitions()
    rows = defined["load"](name, ROUTING)
    recordings = read_recordings(ROUTING / f"{name}.jsonl.gz")
    chance = random.Random(7)
    settings = [[chance.choice(recordings.models) for _ in rows] for _ in range(6)]
    wanted = defined["pool_metrics"](rows, settings)
    singles = [Point(*defined["singles"](rows)[model]) for model in recordings.models]
    routed = []
    for setting in settings:
        outcomes = [row["outcomes"][model] for row, model in zip(rows, setting, strict=True)]
        size = len(outcomes)
        routed.append(Point(sum(o["cost_usd"] for o in outcomes) / size, sum(o["score"] for o in outcomes) / size))
    assert gain(singles, routed) == pytest.approx(wanted["gain"], abs=1e-12)
    assert cost_near_best(singles, [*routed, *singles]) == pytest.approx(
        min(point.cost for point in [*routed, *singles] if point.quality >= 0.98 * wanted["best_single"])
        / wanted["best_single_cost"]
    )


@recorded
def test_an_order_of_two_recovers_what_the_recorders_say() -> None:
    defined = definitions()
    rows = defined["load"]("routellm-gsm8k", ROUTING)
    strong, weak = "gpt-4-1106-preview", "mixtral-8x7b-instruct-v0.1"
    chance = random.Random(3)
    need = [chance.random() + row["outcomes"][strong]["score"] for row in rows]
    wanted = defined["pair_metrics"](rows, weak, strong, need)
    found = recovered(
        [row["outcomes"][weak]["score"] for row in rows],
        [row["outcomes"][strong]["score"] for row in rows],
        sorted(range(len(rows)), key=lambda place: -need[place]),
    )
    assert found == pytest.approx((wanted["apgr"], wanted["cpt50"], wanted["cpt80"]))


def test_a_hand_drawn_hull_keeps_what_nothing_lies_above() -> None:
    drawn = [Point(0.001, 0.4), Point(0.002, 0.35), Point(0.01, 0.5), Point(0.01, 0.6), Point(0.1, 0.7), Point(1, 0.65)]
    assert hull(drawn) == [Point(0.001, 0.4), Point(0.01, 0.6), Point(0.1, 0.7)]


@given(singles=points)
def test_single_models_gain_nothing_over_themselves(singles: list[Point]) -> None:
    assert gain(singles, singles) == pytest.approx(0, abs=1e-9)


@given(singles=points)
def test_a_choice_as_good_as_the_best_for_the_price_of_the_cheapest_gains(singles: list[Point]) -> None:
    bargain = Point(min(single.cost for single in singles), max(single.quality for single in singles))
    assert gain(singles, [*singles, bargain]) >= -1e-9


@given(singles=points)
def test_a_mixture_as_good_as_a_model_costs_no_more_than_it(singles: list[Point]) -> None:
    for single in singles:
        cost = cost_at_equal_quality(singles, single.quality)
        assert cost is not None
        assert cost <= single.cost * (1 + 1e-9)


def test_half_of_each_of_two_models_costs_and_knows_half_of_both() -> None:
    drawn = mixtures([Point(0.01, 0.4), Point(0.09, 0.8)])
    middle = drawn[len(drawn) // 2]
    assert middle == pytest.approx((0.05, 0.6))
    assert drawn[0] == pytest.approx((0.01, 0.4))
    assert drawn[-1] == pytest.approx((0.09, 0.8))


def test_two_equally_good_models_have_no_gap_to_recover() -> None:
    assert recovered([1.0, 0.0], [0.0, 1.0], [0, 1]) is None


def test_an_interval_lies_around_its_value_and_hangs_on_the_seed_alone() -> None:
    values = [float(place % 3 == 0) for place in range(90)]
    one, again = (Draws(90, 100, 5).figure(lambda weights: mean(values, weights)) for _ in range(2))
    assert one == again
    assert one is not None
    assert one.value == pytest.approx(1 / 3)
    assert one.low < one.value < one.high


@given(fresh=st.floats(0.1, 50), answer=st.floats(0.1, 50))
def test_prices_are_found_again_in_what_was_paid(fresh: float, answer: float) -> None:
    lengths = [(100, 10), (900, 40), (30, 700), (512, 512)]
    rows = tuple(Row(str(i), "x", "p", (Outcome(1.0, (i * fresh + o * answer) / 1e6, i, o),)) for i, o in lengths)
    found = recorded_price(Recordings("x", ("m",), rows), 0)
    assert float(found.input_per_mtok or 0) == pytest.approx(fresh, rel=1e-3)
    assert float(found.output_per_mtok or 0) == pytest.approx(answer, rel=1e-3)


class Saying:
    def __init__(self, word: str) -> None:
        self.word = word

    def predict(self, _: str) -> str:
        return self.word


def test_a_prompt_is_asked_of_the_model_that_has_not_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optipath_cli.evaluation.held_out.shipped", lambda: Saying("shipped"))
    models: Any = {0: Saying("without fold 0"), 1: Saying("without fold 1")}
    held_out = HeldOut({fingerprint("a"): 0, fingerprint("b"): 1}, models)
    said: list[Any] = [held_out.predict(prompt) for prompt in ("a", "b", "never recorded")]
    assert said == ["without fold 0", "without fold 1", "shipped"]
