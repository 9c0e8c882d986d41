"""Errors in place of answers, as they stand on the wire."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from cli.simulator.caller import ask
from optipath_cli.simulator import Simulator
from optipath_cli.simulator.request import fingerprint


@pytest.mark.parametrize(
    ("model", "kind", "says"),
    [
        ("502-html", b"text/html", b"<h1>502 Bad Gateway</h1>"),
        ("504-text", b"text/plain", b"The model name asks"),
        ("500", b"application/json", b'"type":"server_error"'),
        ("529", b"application/json", b'"code":"overloaded"'),
    ],
)
async def test_an_error_has_a_body_of_its_kind(simulator: Simulator, model: str, kind: bytes, says: bytes) -> None:
    for streams in (False, True):
        head, body = await ask(simulator, model, stream=streams)
        assert head.startswith(b"HTTP/1.1 " + model[:3].encode())
        assert b"content-type: " + kind in head
        assert says in body


async def test_an_error_can_have_no_body(simulator: Simulator) -> None:
    head, body = await ask(simulator, "503-empty")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"content-length: 0" in head
    assert b"content-type" not in head
    assert body == b""


WAITS = {
    "429-retry-after-7": b"retry-after: 7",
    "503-retry-after-0": b"retry-after: 0",
    "429-retry-after-ms-1500": b"retry-after-ms: 1500",
    "429-reset-requests-2": b"x-ratelimit-reset-requests: 2s",
    "429-reset-requests-6m0s": b"x-ratelimit-reset-requests: 6m0s",
    "429-reset-tokens-174ms": b"x-ratelimit-reset-tokens: 174ms",
}


@pytest.mark.parametrize(("model", "header"), WAITS.items(), ids=WAITS)
async def test_patience_is_asked_for_in_a_header(simulator: Simulator, model: str, header: bytes) -> None:
    head, _ = await ask(simulator, model)
    assert header in head.split(b"\r\n")
    assert head.count(b"retry-after") == (b"retry-after" in header)


async def test_patience_is_asked_for_by_a_date(simulator: Simulator) -> None:
    head, _ = await ask(simulator, "429-retry-after-date-3600")
    (date,) = (line for line in head.decode().split("\r\n") if line.startswith("retry-after: "))
    ahead = parsedate_to_datetime(date.removeprefix("retry-after: ")) - datetime.now(UTC)
    assert timedelta(minutes=50) < ahead <= timedelta(hours=1)


async def test_patience_is_asked_for_in_words(simulator: Simulator) -> None:
    head, body = await ask(simulator, "429-message-9.816s")
    assert json.loads(body)["error"]["message"].endswith(" Please try again in 9.816s.")
    assert b"retry-after" not in head


async def test_patience_is_asked_for_as_gemini_does(simulator: Simulator) -> None:
    _, body = await ask(simulator, "429-retry-info-26")
    error = json.loads(body)["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"] == [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "26s"}]


@pytest.mark.parametrize(
    ("model", "status", "says"),
    [
        ("overloaded-openai", b"503", b'"type":"service_unavailable"'),
        ("overloaded", b"529", b'{"type":"error","error":{"type":"overloaded_error"'),
        ("overloaded-azure", b"429", b'"code":"429"'),
        ("overloaded-gemini", b"503", b'"status":"UNAVAILABLE"'),
    ],
)
async def test_providers_say_in_their_own_shapes_that_they_are_busy(
    simulator: Simulator, model: str, status: bytes, says: bytes
) -> None:
    head, body = await ask(simulator, model)
    assert head.startswith(b"HTTP/1.1 " + status)
    assert says in body


async def test_a_prompt_can_be_too_long(simulator: Simulator) -> None:
    assert (await ask(simulator, "context-over-100", "x" * 400))[0].startswith(b"HTTP/1.1 200")
    head, body = await ask(simulator, "context-over-100", "x" * 401)
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"]["code"] == "context_length_exceeded"


async def test_a_prompt_can_be_against_the_rules(simulator: Simulator) -> None:
    head, body = await ask(simulator, "content-policy")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"]["code"] == "content_policy_violation"


async def test_an_error_can_come_as_a_success(simulator: Simulator) -> None:
    for streams in (False, True):
        head, body = await ask(simulator, "error-200", stream=streams)
        assert head.startswith(b"HTTP/1.1 200")
        assert set(json.loads(body)) == {"error"}


async def test_a_redirect_leads_to_the_sink(simulator: Simulator) -> None:
    head, _ = await ask(simulator, "redirect-307")
    assert head.startswith(b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /sink\r\n")
    assert not simulator.stats.sink


async def test_the_sink_writes_down_what_comes(simulator: Simulator) -> None:
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as http:
        sent = {"model": "redirect-308", "messages": []}
        url = f"{simulator.url}/chat/completions"
        await http.post(url, json=sent, headers={"authorization": "Bearer sk-led-away"})
        told = await http.get(simulator.url.replace("/v1", "/stats"))
    (arrival,) = told.json()["sink"]
    assert (arrival["method"], arrival["path"], arrival["key"]) == ("POST", "/sink", fingerprint("sk-led-away"))
    assert "sk-led-away" not in told.text
