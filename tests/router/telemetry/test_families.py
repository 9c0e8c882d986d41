"""Families: what they count reads as if prometheus-client had counted it."""

import prometheus_client as reference
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from optipath_router.telemetry.families import AskedGauges, Counters, Gauges, Histograms

BOUNDS = (0.001, 0.5, 1, 30)
NAMES = ("provider", "model")

values = st.one_of(st.sampled_from(BOUNDS), st.floats(0, 1e9))
children = st.dictionaries(st.tuples(st.text(), st.text()), st.lists(values), max_size=8)


def text(family: Collector) -> str:
    """What prometheus-client writes of a family."""
    return generate_latest(family).decode()


def theirs(family: Collector) -> str:
    """The same of a family of prometheus-client's own, but for the time at which each child began."""
    return "\n".join(line for line in text(family).split("\n") if "_created" not in line)


@given(children)
def test_histograms_read_as_prometheus_clients_own(counted: dict[tuple[str, str], list[float]]) -> None:
    ours = Histograms("seconds", "How long", NAMES, BOUNDS)
    reference_family = reference.Histogram("seconds", "How long", NAMES, buckets=BOUNDS, registry=None)
    for labels, observed in counted.items():
        child, twin = ours.children[labels], reference_family.labels(*labels)
        for value in observed:
            child.observe(value)
            twin.observe(value)
    assert text(ours) == theirs(reference_family)


@given(children)
def test_counters_and_gauges_read_as_prometheus_clients_own(counted: dict[tuple[str, str], list[float]]) -> None:
    counters, gauges = Counters("calls", "How many", NAMES), Gauges("now", "How much", NAMES)
    their_counter = reference.Counter("calls", "How many", NAMES, registry=None)
    their_gauge = reference.Gauge("now", "How much", NAMES, registry=None)
    for labels, seen in counted.items():
        counters.children[labels].inc()
        their_counter.labels(*labels).inc()
        for value in seen:
            counters.children[labels].inc(value)
            their_counter.labels(*labels).inc(value)
            gauges.children[labels].set(value)
            their_gauge.labels(*labels).set(value)
    assert text(counters) == theirs(their_counter)
    assert text(gauges) == theirs(their_gauge)


@pytest.mark.parametrize("number", [0, 1, 60, 61, 500])
def test_slices_are_short_and_together_the_whole(number: int) -> None:
    counters, histograms = Counters("calls", "How many", NAMES), Histograms("seconds", "How long", NAMES, BOUNDS)
    for child in range(number):
        counters.children["acme", f"model-{child}"].inc(child)
        histograms.children["acme", f"model-{child}"].observe(child)
    for family in (counters, histograms):
        slices = list(family.text())
        assert b"".join(slices).decode() == text(family)
        assert max(piece.count(b"\n") for piece in slices) <= 62


def test_children_may_come_and_go_while_a_family_is_being_read() -> None:
    family = Counters("calls", "How many", NAMES)
    for child in range(200):
        family.children["acme", f"model-{child}"].inc()
    slices = family.text()
    begun = next(slices)
    del family.children["acme", "model-199"]
    family.children["acme", "new"].inc()
    (calls,) = text_string_to_metric_families((begun + b"".join(slices)).decode())
    assert {sample.labels["model"] for sample in calls.samples} == {f"model-{child}" for child in range(200)}


def test_a_slice_shows_what_was_counted_before_it_was_read() -> None:
    family = Histograms("seconds", "How long", NAMES, BOUNDS)
    for child in range(200):
        family.children["acme", f"model-{child}"].observe(0.1)
    slices = family.text()
    begun = next(slices)
    family.children["acme", "model-199"].observe(0.1)
    (seconds,) = text_string_to_metric_families((begun + b"".join(slices)).decode())
    last = [sample for sample in seconds.samples if sample.labels["model"] == "model-199"]
    assert [sample.value for sample in last if sample.name == "seconds_bucket"] == [0, 2, 2, 2, 2]
    assert [sample.value for sample in last if sample.name == "seconds_count"] == [2]


def test_gauges_that_are_asked_show_what_is_there_now() -> None:
    there = {("acme", "small"): True, ("bell", "large"): False}
    family = AskedGauges("up", "Whether it is", NAMES, there.items)
    assert 'up{model="small",provider="acme"} 1.0' in text(family)
    assert 'up{model="large",provider="bell"} 0.0' in text(family)
    there.clear()
    assert text(family) == "# HELP up Whether it is\n# TYPE up gauge\n"
