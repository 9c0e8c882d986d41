"""What stands around messages: the lean look, errors, counting tokens, the list of models, facts."""

import json
from typing import Any

import pytest

from optipath_router.chat.request import Part
from optipath_router.errors import Code, RequestRejected, UpstreamBroken
from optipath_router.providers.anthropic import faults, models
from optipath_router.providers.anthropic.asked import read_asked
from optipath_router.providers.anthropic.count_tokens import counted, read_counted
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.failure import failure_inside
from optipath_router.providers.renamed import renamed
from support import wire

Json = dict[str, Any]


def asked(**members: Any) -> Any:
    body = {"model": "claude", "messages": [{"role": "user", "content": "Hello"}], **members}
    return read_asked(json.dumps(body).encode())


# The lean look.


def test_recorded_requests_are_taken() -> None:
    for dialect in ("anthropic.messages", "anthropic.count_tokens"):
        for exchange, body in wire.taken(dialect):
            seen = read_asked(body)
            wanted = exchange["request"]["body"]
            assert (seen.model, seen.max_tokens) == (wanted["model"], wanted.get("max_tokens")), exchange["id"]
            assert bool(seen.stream) == bool(wanted.get("stream")), exchange["id"]


def test_the_words_are_those_that_routing_knows() -> None:
    content = [
        {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "21"}, {"type": "image"}]},
        {"type": "text", "text": "And?"},
        {"type": "image", "source": {"type": "url", "url": "x"}},
        {"type": "document", "source": {"type": "text", "data": "x"}},
    ]
    called = [{"type": "text", "text": "So"}, {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}}]
    messages = [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": called},
        {"role": "user", "content": content},
    ]
    seen = asked(system=[{"type": "text", "text": "Be brief"}], messages=messages).messages
    assert [(message.role, message.content) for message in seen] == [
        ("system", [Part("text", "Be brief")]),
        ("user", "Hello"),
        ("assistant", [Part("text", "So")]),
        ("tool", [Part("text", "21"), Part("image_url")]),
        ("user", [Part("text", "And?"), Part("image_url"), Part("file")]),
    ]
    assert json.loads(bytes(seen[2].tool_calls)) == [{"x": 1}]


def test_needs_are_seen() -> None:
    tool = {"name": "f", "input_schema": {}, "description": 'no "web_search_ here'}
    seen = asked(tools=[tool], output_config={"format": {"type": "json_schema", "schema": {}}}, stream=True)
    assert seen.stream
    assert len(seen.tools) == 1
    assert seen.response_format.type == "json_schema"
    assert seen.web_search_options is None
    assert asked(tools=[{"type": "web_search_20250305", "name": "web_search"}]).web_search_options is not None
    assert asked(output_format={"type": "json_schema"}).response_format.type == "json_schema"


REFUSED: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"Hello", 400, "is not JSON"),
    "no UTF-8": (b'{"model": "\xff", "messages": []}', 400, "is not JSON"),
    "too deep": (b'{"messages": ' + b"[" * 100_000, 400, "request"),
    "no messages": (b'{"model": "m"}', 400, "`messages`"),
    "no model": (b'{"model": "", "messages": []}', 400, "names no model"),
    "a long model": (b'{"model": "' + b"m" * 300 + b'", "messages": []}', 400, "300 characters"),
    "a result of numbers": (
        b'{"model": "m", "messages": [{"role": "user", "content": [{"type": "tool_result", "content": 5}]}]}',
        400,
        "not one for messages",
    ),
    "millions of values": (b'{"x": [' + b"1," * 600_000, 413, "commas"),
}


@pytest.mark.parametrize(("body", "status", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused(body: bytes, status: int, why: str) -> None:
    with pytest.raises(RequestRejected, match=why) as raised:
        read_asked(body)
    assert raised.value.status == status


# Errors.

ERRORS = {
    (400, Code.INVALID_REQUEST): "invalid_request_error",
    (401, "x"): "authentication_error",
    (402, "x"): "billing_error",
    (403, "x"): "permission_error",
    (404, Code.MODEL_NOT_FOUND): "not_found_error",
    (413, Code.REQUEST_TOO_LARGE): "request_too_large",
    (415, "x"): "invalid_request_error",
    (429, Code.RATE_LIMITED): "rate_limit_error",
    (429, Code.OVERLOADED): "rate_limit_error",
    (500, Code.INTERNAL_ERROR): "api_error",
    (502, Code.ALL_ATTEMPTS_FAILED): "api_error",
    (503, Code.PROVIDER_AUTH_ERROR): "api_error",
    (503, Code.OVERLOADED): "overloaded_error",
    (529, "x"): "overloaded_error",
}


@pytest.mark.parametrize(("given", "kind"), ERRORS.items(), ids=map(str, ERRORS))
def test_an_error_has_anthropics_type_and_our_code(given: tuple[int, str], kind: str) -> None:
    status, code = given
    body = json.loads(faults.error(status, code, "No", "messages"))
    error = {"type": kind, "message": "No", "code": str(code), "param": "messages"}
    assert body == {"type": "error", "error": error, "request_id": None}
    assert "param" not in json.loads(faults.error(status, code, "No"))["error"]


def test_an_answer_that_breaks_off_ends_with_an_error_event() -> None:
    event = faults.broken_off("it stalled")
    head, data = event.strip().split(b"\n")
    assert event.startswith(b"\n\n")
    assert event.endswith(b"\n\n")
    assert head == b"event: error"
    body = json.loads(data.removeprefix(b"data: "))
    assert body["error"] == {"type": "api_error", "message": "it stalled", "code": "all_attempts_failed"}
    assert failure_inside(json.dumps(body).encode()) is not None


# Counting tokens.


def test_recorded_counts_are_read() -> None:
    exchanges = wire.taken("anthropic.count_tokens")
    for exchange, _ in exchanges:
        told = exchange["response"]["body"]
        assert read_counted(json.dumps(told).encode()) == told["input_tokens"]
    assert len(exchanges) == 8
    assert json.loads(counted(12)) == {"input_tokens": 12}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"input_tokens": -1}', b'{"input_tokens": true}'])
def test_what_counts_nothing_is_no_count(body: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        read_counted(body)


def test_an_error_in_the_place_of_a_count_is_told_apart() -> None:
    with pytest.raises(ErrorTold):
        read_counted(b'{"type": "error", "error": {"type": "api_error"}}')


def test_a_request_passes_to_the_letter_but_for_its_model() -> None:
    body = b'{"model":"a",  "x": 1.50, "model_":"a"}'
    assert renamed(body, "a", "a") is body
    assert renamed(body, "a", "b") == b'{"model":"b","x":1.50,"model_":"a"}'
    with pytest.raises(RequestRejected):
        renamed(b"[", "a", "b")


# Models.


def test_the_models_are_on_one_page() -> None:
    page = json.loads(models.every(["a", "b"]))
    assert [each["id"] for each in page["data"]] == ["a", "b"]
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("a", "b", False)
    assert page["data"][0] == json.loads(models.one("a"))
    assert json.loads(models.every([])) == {"data": [], "has_more": False, "first_id": None, "last_id": None}
