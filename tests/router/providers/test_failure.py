"""What an error status means for the next step."""

import json
from typing import Any

import pytest

from optipath_router.errors import Outcome, UpstreamBroken, UpstreamBusy, UpstreamError
from optipath_router.providers.failure import failure
from support import wire

# By provider, status and what error_shapes.json calls it: what we make of it. None is the caller's to mend.
EXPECTED: dict[tuple[str, int, str], Outcome | None] = {
    ("openai", 429, "rate_limit"): Outcome.BUSY,
    ("openai", 429, "request_too_large"): Outcome.BUSY,
    ("openai", 429, "quota"): Outcome.QUOTA,
    # OpenAI's words for spent funds. Another key or target is tried either way.
    ("dashscope", 429, "rate_limit"): Outcome.QUOTA,
    ("dashscope", 400, "bad_request"): None,
    ("azure", 429, "rate_limit"): Outcome.BUSY,
    ("azure", 429, "overloaded"): Outcome.BUSY,
    ("groq", 429, "rate_limit"): Outcome.BUSY,
    ("groq", 413, "request_too_large"): None,
    ("anthropic", 529, "overloaded"): Outcome.BUSY,
    ("gemini", 429, "rate_limit"): Outcome.BUSY,
    ("gemini", 503, "overloaded"): Outcome.BUSY,
    ("deepseek", 402, "quota"): Outcome.QUOTA,
    ("openrouter", 429, "rate_limit"): Outcome.BUSY,
    ("xai", 429, "rate_limit"): Outcome.BUSY,
    ("cerebras", 429, "rate_limit"): Outcome.BUSY,
    ("vllm", 400, "context_length"): None,
    ("ollama", 404, "model_not_found"): Outcome.NOT_SERVED,
    ("ollama", 500, "unavailable"): Outcome.SERVER_ERROR,
}


def meaning(shape: dict[str, Any]) -> Outcome | None:
    problem = failure(shape["status"], shape["headers"], json.dumps(shape["body"]).encode())
    return problem.outcome if problem else None


def test_error_shapes_mean_what_we_say_they_mean() -> None:
    shapes = [shape for shape in wire.error_shapes() if shape["status"] != 200]
    found = {(shape["provider"], shape["status"], shape["kind"]): meaning(shape) for shape in shapes}
    assert found == EXPECTED


def test_a_wait_in_retry_after_is_told() -> None:
    for shape in wire.error_shapes():
        if "retry-after" in shape["headers"]:
            problem = failure(shape["status"], shape["headers"], json.dumps(shape["body"]).encode())
            assert isinstance(problem, UpstreamBusy)
            assert problem.retry_after_seconds == pytest.approx(shape["retry_after_s"], abs=1)


def test_recorded_errors_are_the_callers_only_where_the_caller_can_mend_them() -> None:
    for exchange in wire.exchanges():
        response = exchange["response"]
        if response["status"] != 200:
            problem = failure(response["status"], response["headers"], json.dumps(response["body"]).encode())
            assert (problem is None) == (response["status"] == 400), exchange["id"]


STATUSES: dict[int, tuple[type[UpstreamError], Outcome] | None] = {
    301: (UpstreamBroken, Outcome.SERVER_ERROR),
    307: (UpstreamBroken, Outcome.SERVER_ERROR),
    400: None,
    401: (UpstreamError, Outcome.AUTH),
    402: (UpstreamError, Outcome.QUOTA),
    403: (UpstreamError, Outcome.AUTH),
    404: (UpstreamError, Outcome.NOT_SERVED),
    408: (UpstreamBusy, Outcome.BUSY),
    413: None,
    422: None,
    429: (UpstreamBusy, Outcome.BUSY),
    500: (UpstreamBroken, Outcome.SERVER_ERROR),
    502: (UpstreamBroken, Outcome.SERVER_ERROR),
    503: (UpstreamBusy, Outcome.BUSY),
    504: (UpstreamBroken, Outcome.SERVER_ERROR),
    529: (UpstreamBusy, Outcome.BUSY),
}


@pytest.mark.parametrize(("status", "meant"), STATUSES.items())
def test_a_status_with_nothing_beside_it(status: int, meant: tuple[type[UpstreamError], Outcome] | None) -> None:
    problem = failure(status, {}, b"")
    assert (problem and (type(problem), problem.outcome)) == meant
    assert problem is None or problem.status == status


WAITS = {"5": 5.0, "0.5": 0.5, "0": 0.0, "": None, "-1": None, "nan": None, "inf": None, "soon": None}


@pytest.mark.parametrize(("told", "seconds"), WAITS.items())
def test_waits(told: str, seconds: float | None) -> None:
    problem = failure(429, {"retry-after": told}, b"")
    assert isinstance(problem, UpstreamBusy)
    assert problem.retry_after_seconds == seconds


@pytest.mark.parametrize(
    "body", [b"\xff", b"null", b"[]", b'{"error": "x"}', b"[" * 100_000, b'{"error": {"code": 1.5}}']
)
def test_any_body_beside_429_is_only_asking_for_patience(body: bytes) -> None:
    assert isinstance(failure(429, {}, body), UpstreamBusy)


def test_what_a_provider_said_is_not_repeated() -> None:
    body = b'{"error": {"message": "my-canary", "code": "my-canary"}}'
    for status in (401, 402, 403, 404, 429, 500, 503):
        assert "canary" not in str(failure(status, {}, body))


BAD_KEYS = [
    b'{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***yz."}',
    b'{"error": {"message": "no", "code": "invalid_api_key"}}',
]


@pytest.mark.case("U06")
@pytest.mark.parametrize("body", BAD_KEYS)
def test_a_key_that_is_refused_with_400_is_not_the_callers_fault(body: bytes) -> None:
    problem = failure(400, {}, body)
    assert problem is not None
    assert problem.outcome is Outcome.AUTH
    assert "xa***" not in str(problem)
