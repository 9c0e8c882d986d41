"""Reading a request: what is no chat completion is refused, and nothing else is."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.request import MAX_MODEL_LENGTH, Asked
from optipath_router.errors import Code, RequestRejected
from optipath_router.providers.openai.asked import read_asked
from support import wire
from support.requests import body

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
fields = st.dictionaries(st.sampled_from(Asked.__struct_fields__), values)


def read(body: bytes) -> Asked | RequestRejected:
    try:
        return read_asked(body)
    except RequestRejected as rejected:
        return rejected


def refusal(body: bytes) -> RequestRejected:
    with pytest.raises(RequestRejected) as raised:
        read_asked(body)
    return raised.value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_rejected(body: bytes) -> None:
    read(body)


@given(values)
def test_any_json_is_read_or_rejected(value: object) -> None:
    read(json.dumps(value).encode())


@given(given=fields)
def test_any_value_of_a_field_is_read_or_rejected(given: dict[str, object]) -> None:
    found = read(json.dumps({"model": "m", "messages": []} | given).encode())
    if isinstance(found, RequestRejected):
        assert (found.status, found.code) == (400, Code.INVALID_REQUEST)


def test_every_recorded_request_is_read() -> None:
    read_as = Counter(type(read(sent)).__name__ for _, sent in wire.requests())
    print(dict(read_as))  # noqa: T201  how many there are
    assert read_as == {"Asked": len(wire.requests())}
    assert read_as.total() > 500


def test_recorded_requests_are_read_right() -> None:
    for exchange, sent in wire.requests():
        asked, recorded = read_asked(sent), exchange["request"]["body"]
        assert asked.model == recorded["model"]
        assert len(asked.messages) == len(recorded["messages"])
        assert bool(asked.stream) == bool(recorded.get("stream"))
        assert bool(asked.tools) == bool(recorded.get("tools"))
        assert (asked.max_tokens, asked.max_completion_tokens) == (
            recorded.get("max_tokens"),
            recorded.get("max_completion_tokens"),
        )


REFUSED = {
    "nothing": b"",
    "no JSON": b"Hello",
    "cut": body()[:-1],
    "more after it": body() + b"x",
    "a list": b"[]",
    "null": b"null",
    "no model": b'{"messages": []}',
    "a model of no name": b'{"model": "", "messages": []}',
    "a model of another type": b'{"model": 5, "messages": []}',
    "a model of null": b'{"model": null, "messages": []}',
    "no messages": b'{"model": "m"}',
    "messages of another type": b'{"model": "m", "messages": "Hello"}',
    "a message that is none": b'{"model": "m", "messages": [5]}',
    "a limit in words": b'{"model": "m", "messages": [], "max_tokens": "many"}',
    "stream in words": b'{"model": "m", "messages": [], "stream": "yes"}',
    "a number that is none": b'{"model": "m", "messages": [], "top_p": NaN}',
    "half of a surrogate pair": b'{"model": "m\\ud800", "messages": []}',
    "no UTF-8 in a message": b'{"model": "m", "messages": [{"content": "\xff"}]}',
    "no UTF-8 where we do not look": b'{"model": "m", "messages": [], "user": "\xff"}',
    "no UTF-8 in a name": b'{"model": "m", "messages": [], "\xff": 1}',
    "a byte order mark": b"\xef\xbb\xbf" + body(),
    "UTF-16": body().decode().encode("utf-16"),
    "too deep": b'{"model": "m", "messages": [], "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of thousands of digits": b'{"model": "m", "messages": [], "max_tokens": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_it_is_refused(sent: bytes) -> None:
    refused = refusal(sent)
    assert (refused.status, refused.code) == (400, Code.INVALID_REQUEST)


def test_a_refusal_says_where_it_is_wrong() -> None:
    assert "$.messages[0].content" in str(refusal(b'{"model": "m", "messages": [{"content": 5}]}'))


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    secret = "my-canary"
    for sent in (body(text=secret)[:-1], body(messages=secret), body(stream=secret), body(max_tokens=secret)):
        assert secret not in str(refusal(sent))


def test_a_model_has_a_name_that_can_be_kept() -> None:
    assert read_asked(body("m" * MAX_MODEL_LENGTH)).model == "m" * MAX_MODEL_LENGTH
    too_long = refusal(body("m" * (MAX_MODEL_LENGTH + 1)))
    assert (too_long.param, "mmm" in str(too_long)) == ("model", False)


def test_an_option_of_null_was_not_asked_for() -> None:
    asked = read_asked(body(tools=None, web_search_options=None, response_format=None, logprobs=None, stream=None))
    assert (asked.tools, asked.web_search_options, asked.response_format, asked.logprobs) == (None,) * 4


def test_of_a_name_that_is_there_twice_the_last_one_counts() -> None:
    assert read_asked(b'{"model": "one", "model": "two", "messages": []}').model == "two"
