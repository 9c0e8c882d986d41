"""Every known error of a provider's, called for on every surface: its status, the SDK's exception, and our code."""

import json
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest

from optipath_router.credentials import Key
from optipath_router.providers.failure import failure, failure_inside
from support import wire
from support.builders import provider, route, snapshot
from support.exchanges import Recorded, recorded
from support.paper import Answered, PaperRouter
from support.surfaces import SURFACES

KEY = "sk-canary-zebra-0123456789"
TYPES = {"anthropic": "Anthropic", "gemini": "Gemini", "vertex": "Gemini", "ollama": "Ollama", "azure": "AzureOpenAI"}
"""Of those that error_shapes.json and the recordings name; all others speak as OpenAI does."""
OF_DIALECT = {"anthropic.messages": "Anthropic", "gemini.generate": "Gemini", "ollama.chat": "Ollama"}

OWN = {"chat": ("OpenAI", "AzureOpenAI"), "messages": ("Anthropic",), "responses": ("OpenAI", "AzureOpenAI")}
"""Who speaks a surface's own dialect, so that its words pass as they came."""

TOLD: dict[str, tuple[int, str]] = {
    "rate_limit": (429, "rate_limited"),
    "quota": (429, "rate_limited"),
    "overloaded": (503, "all_attempts_failed"),
    "unavailable": (503, "all_attempts_failed"),
    "model_not_found": (503, "all_attempts_failed"),
    "request_too_large": (413, "request_too_large"),
    "auth": (503, "provider_auth_error"),
}
"""What callers are told of what is not theirs to mend, by what error_shapes.json calls it."""


def raised_by_gpt(answer: Answered) -> openai.APIStatusError:
    """What OpenAI's SDK makes of an answer."""
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(**replayed(answer))))
    with (
        openai.OpenAI(api_key="x", base_url="http://router/v1", http_client=http, max_retries=0) as client,
        pytest.raises(openai.APIStatusError) as raised,
    ):
        client.chat.completions.create(model="auto", messages=[])
    return raised.value


def raised_by_claude(answer: Answered) -> anthropic.APIStatusError:
    """What Anthropic's SDK makes of an answer."""
    http = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(**replayed(answer))))
    with (
        anthropic.Anthropic(api_key="x", base_url="http://router", http_client=http, max_retries=0) as client,
        pytest.raises(anthropic.APIStatusError) as raised,
    ):
        client.messages.create(model="auto", max_tokens=9, messages=[])
    return raised.value


def replayed(answer: Answered) -> dict[str, Any]:
    """An answer once more."""
    return {"status_code": answer.status, "headers": dict(answer.headers), "content": answer.body}


CLASSES: dict[int, tuple[type[openai.APIError], type[anthropic.APIError]]] = {
    400: (openai.BadRequestError, anthropic.BadRequestError),
    413: (openai.APIStatusError, anthropic.RequestTooLargeError),
    422: (openai.UnprocessableEntityError, anthropic.UnprocessableEntityError),
    429: (openai.RateLimitError, anthropic.RateLimitError),
    502: (openai.InternalServerError, anthropic.InternalServerError),
    503: (openai.InternalServerError, anthropic.ServiceUnavailableError),
}
"""The exceptions of both SDKs, by status."""


def check(surface: str, answer: Answered) -> str | None:
    """Check that an error is one in the form of its surface; its code as the SDK gives it."""
    told = json.loads(answer.body)
    gpts, claudes = CLASSES[answer.status]
    assert answer.headers["content-type"].startswith("application/json")
    if surface == "messages":
        assert (told["type"], set(told["error"]) >= {"type", "message"}) == ("error", True)
        raised = raised_by_claude(answer)
        assert type(raised) is claudes
        assert raised.type == told["error"]["type"]
        assert told["error"]["message"] in str(raised)
        return told["error"].get("code")
    assert set(told) == {"error"}
    of_gpt = raised_by_gpt(answer)
    assert type(of_gpt) is gpts
    assert told["error"]["message"] in str(of_gpt)
    return of_gpt.code


async def called(surface: str, type_: str, answered: httpx.Response) -> Answered:
    """What a caller is told when a provider of a type answers so."""
    of = provider(type=type_, keys=("acme",))
    rule = route("acme/m", models=["m"], resilience={"attempts": 1})
    keys = {"acme": Key("acme", KEY, frozenset({"acme.example"}))}
    router = PaperRouter(snapshot(rule, providers=[of]), lambda _: answered, keys)
    at = SURFACES[surface]
    return await router.post(at.path, json.dumps(at.body("hello", "m", streams=False)).encode())


def type_of(shape: dict[str, Any]) -> str:
    return TYPES.get(shape["provider"], "OpenAI")


@pytest.mark.row("A17", "E02", "E03")
@pytest.mark.parametrize("surface", SURFACES)
async def test_every_error_shape_is_told_on_every_surface(surface: str) -> None:
    for shape in wire.error_shapes():
        if shape["status"] == 200:
            continue  # it comes inside a stream
        quoting = json.dumps(shape["body"]).replace('"message": "', f'"message": "The key {KEY} was used. ')
        own = type_of(shape) in OWN[surface]
        for body in (json.dumps(shape["body"]), quoting):
            given = httpx.Response(shape["status"], headers=shape["headers"], content=body.encode())
            answer = await called(surface, type_of(shape), given)
            what = (shape["provider"], shape["status"], shape["kind"], answer.body)
            assert KEY[:8].encode() not in answer.body, what
            if body is quoting and shape["kind"] in {"bad_request", "context_length"} and KEY in body:
                assert answer.status == 503, what
                continue
            if shape["kind"] in TOLD:
                assert (answer.status, check(surface, answer)) == TOLD[shape["kind"]], what
                continue
            assert answer.status == shape["status"], what
            if own:
                assert json.loads(answer.body) == shape["body"], what
            else:
                code = {"bad_request": "invalid_request", "context_length": "context_length_exceeded"}[shape["kind"]]
                assert check(surface, answer) == code, what


def caught(exchange: Recorded) -> tuple[int, str] | None:
    """What a caller is told of a recorded error; None where it is the caller's own."""
    problem = failure(exchange.status, exchange.response.get("headers") or {}, exchange.body)
    if exchange.status == 200:
        problem = failure_inside(exchange.body)
    if problem is None:
        return None
    return {
        "auth": (503, "provider_auth_error"),
        "not_served": (503, "all_attempts_failed"),
        "busy": (429, "rate_limited"),
        "quota": (429, "rate_limited"),
        "context_length": (400, "context_length_exceeded"),
    }[problem.outcome]


@pytest.mark.row("A17", "E02", "E03")
@pytest.mark.parametrize("surface", SURFACES)
async def test_every_recorded_error_is_told_on_every_surface(surface: str, capsys: pytest.CaptureFixture[str]) -> None:
    seen = 0
    for exchange in recorded("openai.chat", "anthropic.messages", "gemini.generate", "ollama.chat", "openai.responses"):
        if exchange.expect is None or "error" not in exchange.expect:
            continue
        if exchange.dialect == "openai.responses" and surface != "responses":
            continue  # no target is called by Responses for other surfaces
        kind = OF_DIALECT.get(exchange.dialect) or TYPES.get(exchange.provider, "OpenAI")
        own = kind in OWN[surface]
        answer = await called(surface, kind, httpx.Response(exchange.status, content=exchange.body))
        wanted, what = caught(exchange), (exchange.id, exchange.status, exchange.body, answer.body)
        seen += 1
        if wanted is None or (own and wanted[1] == "context_length_exceeded"):
            assert answer.status == exchange.status, what
            if own:
                assert answer.body == exchange.body, what
                continue
            assert check(surface, answer) == "invalid_request", what
            # In its own words, which say what is to be mended.
            assert exchange.expect["error"]["message"] in json.loads(answer.body)["error"]["message"], what
        else:
            assert (answer.status, check(surface, answer)) == wanted, what
    with capsys.disabled():
        print(f"\n{surface}: {seen} recorded errors")  # noqa: T201  how many were checked
    assert seen >= 40
