"""A request for a provider: the caller's own, but for the model."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.request import Asked
from optipath_router.errors import RequestRejected
from optipath_router.providers.openai.asked import read_asked
from optipath_router.providers.openai.request import outgoing
from support import wire


def with_model(body: bytes, asked: str, upstream: str) -> bytes:
    return outgoing(body, Asked(asked, []), upstream, tell_usage=False)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_of_recorded_requests_nothing_but_the_model_changes() -> None:
    for exchange, body in wire.requests():
        changed = json.loads(with_model(body, exchange["request"]["body"]["model"], "other/model"))
        assert changed == {**exchange["request"]["body"], "model": "other/model"}, exchange["id"]
        assert list(changed) == list(exchange["request"]["body"])


@given(rest=st.dictionaries(st.text(), values), ascii_only=st.booleans(), upstream=st.text(min_size=1))
def test_nothing_but_the_model_changes(rest: dict[str, object], upstream: str, *, ascii_only: bool) -> None:
    given_ = {**rest, "model": "asked"}
    body = json.dumps(given_, ensure_ascii=ascii_only, indent=1).encode()
    assert json.loads(with_model(body, "asked", upstream)) == {**given_, "model": upstream}


@given(body=st.binary(max_size=60))
def test_what_was_read_can_be_sent(body: bytes) -> None:
    sent = b'{"model": "a", "messages": [], "x": "' + body + b'", "' + body + b'": 1}'
    try:
        asked = read_asked(sent)
    except RequestRejected:
        return
    assert read_asked(with_model(sent, asked.model, "b")).model == "b"


def test_values_stay_to_the_letter() -> None:
    body = (
        b'{"model": "a", "messages": [ {"content":"\\u00fc\\/ \xc3\xbc"} ], "seed": 1.0E+2, "n": 12345678901234567890}'
    )
    changed = with_model(body, "a", "b")
    for value in (b'[ {"content":"\\u00fc\\/ \xc3\xbc"} ]', b"1.0E+2", b"12345678901234567890"):
        assert value in changed


def test_a_model_further_down_is_not_the_model() -> None:
    body = b'{"metadata": {"model": "a"}, "model": "a", "messages": [{"model": "a"}]}'
    changed = json.loads(with_model(body, "a", "b"))
    assert changed == {"metadata": {"model": "a"}, "model": "b", "messages": [{"model": "a"}]}


@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "one", "model": "two", "messages": []}',
        b'{"model": "one", "messages": [], "mod\\u0065l": "two"}',
    ],
    ids=["twice", "once in escapes"],
)
def test_of_a_model_that_is_there_twice_one_is_left(body: bytes) -> None:
    assert read_asked(body).model == "two"
    pairs = json.loads(with_model(body, "two", "b"), object_pairs_hook=list)
    assert [value for name, value in pairs if name == "model"] == ["b"]


def test_a_model_that_keeps_its_name_leaves_the_body_as_it_came() -> None:
    body = b' {"model" : "a" , "messages":[]}\n'
    assert with_model(body, "a", "a") is body


def test_a_name_with_signs_is_written_as_json() -> None:
    assert json.loads(with_model(b'{"model": "a"}', "a", 'b"\\ü'))["model"] == 'b"\\ü'


def test_what_is_too_deep_to_be_read_again_is_the_callers_fault() -> None:
    body = b'{"model": "a", "messages": [], "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(RequestRejected):
        with_model(body, "a", "b")


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (None, {"include_usage": True}),
        ({}, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": True}),
        ({"include_obfuscation": False}, {"include_obfuscation": False, "include_usage": True}),
    ],
)
def test_the_usage_of_a_stream_is_asked_for_beside_what_the_caller_asks_for(
    options: dict[str, bool] | None, sent: dict[str, bool]
) -> None:
    body = json.dumps({"model": "a", "messages": [], "stream": True, "stream_options": options}).encode()
    changed = json.loads(outgoing(body, read_asked(body), "a", tell_usage=True))
    assert changed == {"model": "a", "messages": [], "stream": True, "stream_options": sent}


def test_usage_that_the_caller_has_asked_for_leaves_the_body_as_it_came() -> None:
    body = b'{"model": "a", "messages": [], "stream_options": {"include_usage": true}}'
    assert outgoing(body, read_asked(body), "a", tell_usage=True) is body


IN_DOUBT = {
    "further down, too": b'{"x": {"model": "a"}, "model": "a", "messages": []}',
    "further down, and by itself in escapes": b'{"x": {"model": "a"}, "mod\\u0065l": "a", "messages": []}',
    "as a value": b'{"x": "model", "model": "a", "messages": []}',
    "in escapes": b'{"model": "\\u0061", "messages": []}',
    "in a text": b'{"messages": [{"content": "\\"model\\": \\"a\\""}], "model" :\t"a"}',
}


@pytest.mark.parametrize("body", IN_DOUBT.values(), ids=IN_DOUBT)
def test_wherever_the_name_stands_it_is_the_model_that_changes(body: bytes) -> None:
    changed = outgoing(body, read_asked(body), "b", tell_usage=False)
    assert json.loads(changed) == {**json.loads(body), "model": "b"}
