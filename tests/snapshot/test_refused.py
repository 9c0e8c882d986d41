"""Files that are refused, with a reason for the metric and not a word of their content."""

import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_snapshot import Refusal, SnapshotRefused, decode, encode
from support.snapshots import FULL, sealed

GOOD = encode(FULL, 3)


def refused(data: bytes) -> SnapshotRefused:
    with pytest.raises(SnapshotRefused) as caught:
        decode(data)
    return caught.value


def whole(data: bytes = GOOD) -> Any:
    return json.loads(data)


@pytest.mark.case("F02")
def test_a_file_cut_anywhere_is_refused() -> None:
    # Without its last byte, a line feed, the file is whole.
    for length in range(len(GOOD) - 1):
        assert refused(GOOD[:length]).reason is Refusal.MALFORMED


@pytest.mark.case("F02")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"\x00\x01\x02\xff",
        b"\xff\xfe{}",
        b"null",
        b"7",
        b"[]",
        b'"snapshot"',
        b"{}x",
        b"[" * 100_000,
        b'{"format": 1, "snapshot": ' + b'{"a": ' * 50_000,
        b'{"format": 1}',
        b'{"format": 1, "generation": 1, "digest": "sha256:0", "snapshot": []}',
        b'{"format": 1, "generation": true, "digest": "sha256:0", "snapshot": {}}',
        b'{"format": 1, "generation": -1, "digest": "sha256:0", "snapshot": {}}',
        b'{"format": 1, "generation": 1, "digest": 5, "snapshot": {}}',
        b'{"format": 1, "generation": 1, "digest": "x", "snapshot": {"a": NaN}}',
        b'{"format": 1, "generation": 1, "digest": "x", "snapshot": {"a": 1e999}}',
        b'{"format": 1, "generation": 1, "digest": "x", "snapshot": {"a": "\\ud800"}}',
    ],
    ids=lambda data: repr(data[:75])[2:-1],
)
def test_what_is_no_snapshot_file_is_malformed(data: bytes) -> None:
    assert refused(data).reason is Refusal.MALFORMED


@pytest.mark.parametrize("number", [0, 2, 10**400, -1, 1.0, "1", True, None, [1], {}])
def test_an_unknown_format_is_refused_before_anything_else_is_read(number: Any) -> None:
    assert refused(json.dumps({"format": number}).encode()).reason is Refusal.UNKNOWN_FORMAT


def test_a_file_without_a_format_is_refused() -> None:
    assert refused(b"{}").reason is Refusal.UNKNOWN_FORMAT


def test_content_that_was_altered_is_refused() -> None:
    altered = GOOD.replace(b"https://llm.example.com", b"https://llm.example.org")
    assert refused(altered).reason is Refusal.DIGEST


def test_a_newer_field_that_was_altered_is_refused_too() -> None:
    data = sealed({"namespace": "team-a", "later": 1}).replace(b'"later": 1', b'"later": 2')
    assert refused(data).reason is Refusal.DIGEST


def put(path: str, value: Any) -> Callable[[Any], None]:
    """A change to one place of a snapshot, such as `routes.0.rule`."""

    def change(snapshot: Any) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in way:
            snapshot = snapshot[step]
        snapshot[last] = value

    return change


BROKEN = {
    "target without its provider": (put("targets.0.provider", "nobody"), "targets[0] names a provider"),
    "route without its target": (put("routes.0.targets.1.target", "a/b"), "routes[0].targets[1] names a target"),
    "two providers of one name": (put("providers.1.name", "acme"), "providers[1] has the name of providers[0]"),
    "two targets of one name": (put("targets.1.name", "acme/small"), "targets[1] has the name of targets[0]"),
    "two routes of one name": (put("routes.1.rule", "search"), "routes[1] has the name of routes[0]"),
    "unknown strategy": (put("routes.0.strategy.kind", "psychic"), "routes.0.strategy: is of a kind"),
    "strategy without a kind": (put("routes.0.strategy", {}), "routes.0.strategy"),
    "negative price": (put("targets.0.pricing.input_per_mtok", "-1"), "targets.0.pricing.input_per_mtok"),
    "price of endless digits": (put("targets.0.pricing.per_image", "1E-99999"), "targets.0.pricing.per_image"),
    "price that is no number": (put("targets.0.pricing.per_image", "NaN"), "targets.0.pricing.per_image"),
    "no attempts": (put("routes.0.resilience.attempts", 0), "routes.0.resilience.attempts"),
    "time-out of nothing": (put("routes.0.resilience.idle_timeout_seconds", 0), "idle_timeout_seconds"),
    "unknown kind of hedge": (put("routes.0.resilience.hedge.kind", "psychic"), "resilience.hedge: is of a kind"),
    "a hedge after every answer": (put("routes.0.resilience.hedge.quantile", 1), "resilience.hedge.quantile"),
    "a hedge at once": (put("routes.1.resilience.hedge.seconds", 0), "resilience.hedge.seconds"),
    "back-off of nothing": (put("routes.0.resilience.backoff_base_seconds", 0), "backoff_base_seconds"),
    "no attempt at a time": (put("providers.0.max_concurrent", 0), "providers.0.max_concurrent"),
    "no namespace": (lambda snapshot: snapshot.pop("namespace"), "namespace"),
    "a header that only the router sets": (put("providers.0.headers.0.name", "hOST"), "providers.0.headers.0.name: is"),
    "a header with a key": (put("providers.0.headers.0.name", "Authorization"), "providers.0.headers.0.name: is"),
    "a header that other eyes may take for one": (put("providers.0.headers.0.name", "Host "), "headers.0.name"),
    "a header in two": (put("providers.0.headers.0.name", "x: 1\r\nHost"), "headers.0.name"),
    "a header without a name": (put("providers.0.headers.0.name", ""), "headers.0.name"),
    "network that is none": (put("egress.allow.1.network", "10.1.0.0/99"), "egress.allow.1.network"),
    "port that is none": (put("egress.allow.0.ports", [0]), "egress.allow.0.ports.0"),
    "label that is no text": (put("routes.0.workload.app", 5), "routes.0.workload"),
}


@pytest.mark.case("F02")
@pytest.mark.parametrize(("change", "where"), BROKEN.values(), ids=BROKEN)
def test_content_that_makes_no_sense_is_invalid(change: Callable[[Any], None], where: str) -> None:
    snapshot = whole()["snapshot"]
    change(snapshot)
    error = refused(sealed(snapshot))
    assert error.reason is Refusal.INVALID
    assert where in str(error)


CANARY = "s3cr3t"


def places(value: Any, path: str = "") -> list[str]:
    """Every place in a snapshot, maps' own keys included."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [place for key, inner in items for place in (f"{path}{key}", *places(inner, f"{path}{key}."))]
    return []


@pytest.mark.case("F02")
@given(
    place=st.sampled_from([place for place in places(whole()["snapshot"]) if "models.svc" not in place]),
    value=st.sampled_from([CANARY, [CANARY], {CANARY: CANARY}, {"kind": CANARY}, {"name": [CANARY]}]),
)
def test_no_refusal_quotes_the_content(place: str, value: Any) -> None:
    snapshot = whole()["snapshot"]
    put(place, value)(snapshot)
    assert CANARY not in said_of(sealed(snapshot))


def said_of(data: bytes) -> str:
    """What a log would say of a file, causes included; nothing of one that is read."""
    try:
        decode(data)
    except SnapshotRefused:
        return traceback.format_exc()
    return ""


@given(data=st.binary(max_size=200))
def test_nothing_but_a_refusal_is_raised(data: bytes) -> None:
    refused(data)
