"""What a provider's error means for the next step."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.errors import Outcome, UpstreamBroken, UpstreamBusy, UpstreamError
from optipath_router.providers.failure import data_of, failure, failure_inside
from optipath_router.providers.said import MAX_BYTES, said
from support import wire

KINDS: dict[str, Outcome | None] = {
    "rate_limit": Outcome.BUSY,
    "overloaded": Outcome.OVERLOADED,
    "quota": Outcome.QUOTA,
    "request_too_large": Outcome.TOO_LARGE,
    "context_length": Outcome.CONTEXT_LENGTH,
    "model_not_found": Outcome.NOT_SERVED,
    "unavailable": Outcome.UNAVAILABLE,
    "bad_request": None,
}
"""What error_shapes.json calls it, and what we do. None is the caller's to mend."""

REPEATABLE = {Outcome.BUSY, Outcome.OVERLOADED}
LONGEST_WAIT = 60.0


def meaning(shape: dict[str, Any]) -> UpstreamError | None:
    if shape["status"] == 200:
        return failure_inside(data_of(shape["body"].split("\n\n")[1].encode()))
    return failure(shape["status"], shape["headers"], json.dumps(shape["body"]).encode())


@pytest.mark.case("U01", "U03", "U05", "U07")
def test_every_error_shape_comes_out_as_it_is_meant() -> None:
    for shape in wire.error_shapes():
        problem, what = meaning(shape), (shape["provider"], shape["status"], shape["kind"])
        outcome = problem.outcome if problem else None
        wait = problem.retry_after_seconds if isinstance(problem, UpstreamBusy) else None
        assert (what, outcome, wait) == (what, KINDS[shape["kind"]], shape["retry_after_s"])
        assert (outcome in REPEATABLE and (wait or 0) <= LONGEST_WAIT) == shape["retry_same_target"], what


def test_recorded_errors() -> None:
    told: dict[str, set[str]] = {}
    for exchange in wire.exchanges():
        response = exchange["response"]
        if response["status"] != 200:
            problem = failure(response["status"], response["headers"], json.dumps(response["body"]).encode())
            found = f"{response['status']} {problem.outcome if problem else None}"
            told.setdefault(found, set()).add(exchange["id"])
    assert sorted(told) == ["400 None", "400 context_length", "401 auth", "404 not_served", "429 busy"]
    assert told["400 context_length"] == {"e7245931fb662116"}


STATUSES: dict[int, tuple[type[UpstreamError], Outcome] | None] = {
    301: (UpstreamBroken, Outcome.SERVER_ERROR),
    307: (UpstreamBroken, Outcome.SERVER_ERROR),
    400: None,
    401: (UpstreamError, Outcome.AUTH),
    402: (UpstreamError, Outcome.QUOTA),
    403: (UpstreamError, Outcome.AUTH),
    404: (UpstreamError, Outcome.NOT_SERVED),
    408: (UpstreamBusy, Outcome.BUSY),
    410: (UpstreamError, Outcome.NOT_SERVED),
    413: (UpstreamError, Outcome.TOO_LARGE),
    418: None,
    422: None,
    429: (UpstreamBusy, Outcome.BUSY),
    500: (UpstreamBroken, Outcome.SERVER_ERROR),
    502: (UpstreamBroken, Outcome.SERVER_ERROR),
    503: (UpstreamBusy, Outcome.OVERLOADED),
    504: (UpstreamBroken, Outcome.SERVER_ERROR),
    529: (UpstreamBusy, Outcome.OVERLOADED),
}


@pytest.mark.case("U05")
@pytest.mark.parametrize(("status", "meant"), STATUSES.items())
def test_a_status_with_nothing_beside_it(status: int, meant: tuple[type[UpstreamError], Outcome] | None) -> None:
    problem = failure(status, {}, b"")
    assert (problem and (type(problem), problem.outcome)) == meant
    assert problem is None or problem.status == status


REFUSED: dict[str, tuple[int, str, Outcome | None]] = {
    "xAI's bad key": (400, '{"code":"…","error":"Incorrect API key provided: xa***yz."}', Outcome.AUTH),
    "a bad key by its code": (400, '{"error": {"message": "no", "code": "invalid_api_key"}}', Outcome.AUTH),
    "Google's bad key": (400, '{"error": {"details": [{"reason": "API_KEY_INVALID"}]}}', Outcome.AUTH),
    "Anthropic's spent account": (
        400,
        '{"error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access it."}}',
        Outcome.QUOTA,
    ),
    "Alibaba's spent account": (400, '{"code": "Arrearage", "message": "Access denied."}', Outcome.QUOTA),
    "an unknown model": (400, '{"error": {"code": "model_not_found"}}', Outcome.NOT_SERVED),
    "a model that this key may not use": (
        403,
        '{"error": {"message": "Project p does not have access to model m"}}',
        Outcome.NOT_SERVED,
    ),
    "Cohere's window": (400, '{"error_type": "TOO_MANY_TOKENS", "message": "…"}', Outcome.CONTEXT_LENGTH),
    "OpenAI's window": (400, '{"error": {"code": "context_length_exceeded"}}', Outcome.CONTEXT_LENGTH),
    "llama.cpp's window": (500, '{"error": {"type": "exceed_context_size_error"}}', Outcome.CONTEXT_LENGTH),
    "Azure's filter": (400, '{"error": {"code": "content_filter"}}', None),
    "OpenRouter's filter": (403, '{"error": {"message": "m requires moderation and your input was flagged"}}', None),
}


@pytest.mark.case("U03", "U06", "U07", "U08")
@pytest.mark.parametrize(("status", "body", "outcome"), REFUSED.values(), ids=REFUSED)
def test_what_providers_say_with_a_status_that_means_something_else(
    status: int, body: str, outcome: Outcome | None
) -> None:
    problem = failure(status, {}, body.encode())
    assert (problem.outcome if problem else None) == outcome


@pytest.mark.parametrize("quoted", ["incorrect api key", "your credit balance is too low"])
def test_a_prompt_that_is_quoted_sets_no_key_aside(quoted: str) -> None:
    message = "Invalid value for 'messages[0].content': " + "x" * 200 + quoted
    assert failure(400, {}, json.dumps({"error": {"message": message}}).encode()) is None


INSIDE = {
    "a type": (b'{"type": "error", "error": {"type": "rate_limit_error", "message": "no"}}', Outcome.BUSY),
    "a status": (b'{"error": {"code": 502, "message": "Provider disconnected"}}', Outcome.SERVER_ERROR),
    "a status of the caller's to mend": (b'{"error": {"code": 400, "message": "no"}}', None),
    "a type of the caller's to mend": (b'{"error": {"type": "invalid_request_error", "message": "no"}}', None),
    "a type beside a code that says more": (
        b'{"error": {"type": "invalid_request_error", "code": "rate_limit_exceeded"}}',
        Outcome.BUSY,
    ),
    "a window": (
        b'{"error": {"type": "invalid_request_error", "code": "context_length_exceeded"}}',
        Outcome.CONTEXT_LENGTH,
    ),
    "a window in words": (b'{"error": "maximum context length is 8000"}', Outcome.CONTEXT_LENGTH),
    "a filter": (b'{"error": {"code": "content_filter", "message": "flagged"}}', None),
    "a bad key": (b'{"error": {"code": "invalid_api_key"}}', Outcome.AUTH),
    "a spent account": (b'{"error": {"code": "insufficient_quota"}}', Outcome.QUOTA),
    "a model": (b'{"error": {"code": "model_not_found"}}', Outcome.NOT_SERVED),
    "a rate in words": (b'{"error": "Rate limit reached"}', Outcome.BUSY),
    "overload in words": (b'{"error": {"message": "The engine is currently overloaded"}}', Outcome.OVERLOADED),
    "words": (b'{"error": {"message": "something went wrong"}}', Outcome.SERVER_ERROR),
    "nonsense": (b"\xff\x00", Outcome.SERVER_ERROR),
}


@pytest.mark.case("S07", "U03", "U07", "U08")
@pytest.mark.parametrize(("body", "outcome"), INSIDE.values(), ids=INSIDE)
def test_errors_inside_an_answer(body: bytes, outcome: Outcome | None) -> None:
    problem = failure_inside(body)
    assert (problem and problem.outcome) is outcome


def test_the_data_of_an_event_is_what_stands_in_its_fields() -> None:
    assert data_of(b'event: error\r\ndata: {"error":\r\ndata:"x"}\r\n\r\n') == b'{"error":\n"x"}'


@pytest.mark.parametrize(
    "body",
    [b"\xff", b"null", b"[]", b'{"error": "x"}', b"[" * 100_000, b'{"error": {"code": 1.5}}', b'{"error": [[{}]]}'],
)
def test_any_body_beside_429_is_only_asking_for_patience(body: bytes) -> None:
    assert isinstance(failure(429, {}, body), UpstreamBusy)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "message", "code", "type", "details", "metadata", "x"]), inner)
    ),
    max_leaves=12,
)


@given(status=st.integers(300, 599), value=json_values)
def test_no_body_is_too_odd(status: int, value: object) -> None:
    body = json.dumps(value).encode()
    failure(status, {}, body)
    failure_inside(body)


def test_an_error_of_any_length_is_looked_at_in_part() -> None:
    long = said(json.dumps({"error": {"message": "a" * 10_000, "code": "b" * 10_000}}).encode())
    assert len(long.message) == 1000
    assert {len(code) for code in long.codes} == {1000}
    assert len(said(b"rate limit " * MAX_BYTES).message) == 1000


@pytest.mark.parametrize("depth", [4, 13, 500])
def test_errors_within_errors_are_followed_some_way(depth: int) -> None:
    nested = b'{"code":"outer","error":' * depth + b'{"code":"inner"}' + b"}" * depth
    assert ("inner" in said(nested).codes) == (depth == 4)
    assert said(b"[" * depth + b"]" * depth).codes == frozenset()


def test_what_a_provider_said_is_not_repeated() -> None:
    body = b'{"error": {"message": "my-canary", "code": "my-canary"}}'
    for status in (401, 402, 403, 404, 413, 429, 500, 503):
        assert "canary" not in str(failure(status, {}, body))
    assert "canary" not in str(failure_inside(body))
