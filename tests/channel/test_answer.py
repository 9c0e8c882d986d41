"""A router's answer: what is of the form is taken, clamped; what a tenant forged changes nothing."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_operator.channel import answer as answers
from optipath_operator.channel.answer import AT_MOST_BYTES, Answer, Nonsense, TargetSaid, read
from optipath_operator.resources.health import Breaker, Health, LastError
from optipath_router.call.health.lately import ERRORS

DIGEST = "sha256:" + "a" * 64
BARE: dict[str, Any] = {"digest": DIGEST, "generation": 3, "age_seconds": 1.5, "uptime_seconds": 60}


def told(**given_: Any) -> Answer:
    return read(json.dumps(BARE | given_).encode())


def target(**said: Any) -> TargetSaid:
    return told(targets={"acme/small": said}).targets["acme", "small"]


def test_what_is_of_the_form_is_taken() -> None:
    found = told(
        targets={"acme/a/b": {"breaker": "closed", "last_success_seconds": 1}}, spend={"acme": {"dollars": "0.25"}}
    )
    assert (found.digest, found.age_seconds, found.uptime_seconds) == (DIGEST, 1.5, 60)
    assert found.targets == {("acme", "a/b"): TargetSaid(Health.HEALTHY, Breaker.CLOSED, None, 0.0)}
    assert found.spend == {"acme": Decimal("0.25")}


SAID: dict[str, tuple[dict[str, Any], Health]] = {
    "open": ({"breaker": "open", "last_success_seconds": 1}, Health.DOWN),
    "half open": ({"breaker": "half_open", "last_error": "timeout", "last_error_seconds": 40}, Health.DOWN),
    "served well": ({"breaker": "closed", "last_success_seconds": 9000}, Health.HEALTHY),
    "well again": ({"last_error": "timeout", "last_error_seconds": 5, "last_success_seconds": 1}, Health.HEALTHY),
    "failed just now": ({"last_error": "timeout", "last_error_seconds": 1, "last_success_seconds": 5}, Health.DEGRADED),
    "refuses the key": ({"last_error": "auth", "last_error_seconds": 1}, Health.DOWN),
    "refused it once": ({"last_error": "auth", "last_error_seconds": 9, "last_success_seconds": 1}, Health.HEALTHY),
    "asks for patience": ({"obstacle": "cooling_down", "last_success_seconds": 1}, Health.DEGRADED),
    "half of it fails": ({"attempts": 9, "failures": 5, "last_success_seconds": 1}, Health.DEGRADED),
    "never tried": ({"breaker": "closed"}, Health.UNKNOWN),
}


@pytest.mark.row("C24")
@pytest.mark.parametrize(("said", "health"), SAID.values(), ids=SAID)
def test_health_in_one_word(said: dict[str, Any], health: Health) -> None:
    assert target(**said).health is health


def test_every_error_of_a_router_has_a_word_of_ours_and_others_are_told_apart() -> None:
    words = {target(last_error=outcome, last_error_seconds=1).error for outcome in ERRORS}
    assert len(words) == len(ERRORS)
    assert LastError.OTHER not in words
    assert target(last_error="sk-secret of a provider's", last_error_seconds=1).error is LastError.OTHER


NONSENSE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>",
    "no object": b"[1]",
    "no digest": b'{"age_seconds": 1, "uptime_seconds": 1}',
    "a digest that is none": json.dumps(BARE | {"digest": "sha256:x"}).encode(),
    "a digest with more behind it": json.dumps(BARE | {"digest": DIGEST + "\n"}).encode(),
    "not a number": b'{"digest": "%s", "age_seconds": NaN, "uptime_seconds": 1}' % DIGEST.encode(),
    "infinite": b'{"digest": "%s", "age_seconds": 1e999, "uptime_seconds": 1}' % DIGEST.encode(),
    "a negative time": json.dumps(BARE | {"age_seconds": -1}).encode(),
    "a time that is a truth": json.dumps(BARE | {"uptime_seconds": True}).encode(),
    "a number of many digits": b'{"digest": "%s", "age_seconds": %s}' % (DIGEST.encode(), b"9" * 5000),
    "deep": b"[" * 100_000,
    "deep inside": b'{"digest": "%s", "targets": %s' % (DIGEST.encode(), b'{"a":' * 50_000),
    "not UTF-8": b'{"digest": "\xff\xfe"}',
    "too long": json.dumps(BARE | {"more": "x" * AT_MOST_BYTES}).encode(),
}


@pytest.mark.case("X09")
@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_told_as_such(data: bytes) -> None:
    with pytest.raises(Nonsense) as told_so:
        read(data)
    assert len(str(told_so.value)) < 100, "nothing of it is quoted"


MONEY = ["-1", "NaN", "Infinity", "1e9", "1_0", " 1", "1,5", "٣", "1." + "0" * 41, "9" * 13, "", 5, None, ["1"]]


@pytest.mark.parametrize("dollars", MONEY)
def test_money_that_is_none_is_left_out_and_nothing_else(dollars: Any) -> None:
    spend = {"forged": {"dollars": dollars}, "acme": {"dollars": "1.5"}}
    assert told(spend=spend).spend == {"acme": Decimal("1.5")}


@pytest.mark.parametrize("said", [None, 1, "x", [], {}, {"acme": {}}, {"acme/small": 3}, {"x" * 700 + "/a": {}}])
def test_targets_that_are_none_are_left_out(said: Any) -> None:
    assert told(targets=said).targets == {}


def test_numbers_are_clamped_and_lists_cut() -> None:
    many: dict[str, Any] = {f"acme/{number}": {} for number in range(5000)}
    found = told(age_seconds=10**300, targets=many, spend={"acme": {"dollars": "9" * 12}})
    assert found.age_seconds <= 1e9
    assert found.spend["acme"] == 10**9
    assert len(found.targets) == answers._AT_MOST_TARGETS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FIELDS = ["breaker", "obstacle", "attempts", "failures", "last_error", "last_error_seconds", "last_success_seconds"]


@given(
    said=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)),
    whole=st.fixed_dictionaries({}, optional=dict.fromkeys(["digest", "age_seconds", "spend", "more"], JSON)),
)
def test_whatever_is_said_reading_it_ends_in_an_answer_or_in_nonsense(said: Any, whole: Any) -> None:
    try:
        found = read(json.dumps({**BARE, "targets": {"acme/small": said}} | whole).encode())
    except Nonsense:
        return
    assert found.targets["acme", "small"].health in Health
    assert all(dollars >= 0 for dollars in found.spend.values())
