"""What callers with Anthropic's SDK find beside the messages themselves: models, counts of tokens, and errors."""

import json
from dataclasses import replace
from typing import Any

import anthropic
import httpx
import pytest

from optipath_cli.simulator import Simulator
from support.callers import LIMITS, opened, request
from support.router import Files, running
from support.vendors import claude, gpt, relay

HELLO: list[Any] = [{"role": "user", "content": "hello there, how are you?"}]


async def test_models_are_listed_for_both_sdks(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "openai/ok", "anthropic/ok-large"))
    async with running(files.settings()) as router, claude(router) as anthropics, gpt(router) as openais:
        page = await anthropics.models.list()
        listed = [model async for model in anthropics.models.list(limit=1)]
        one = await anthropics.models.retrieve("ok-large")
        others = await openais.models.list()
        other = await openais.models.retrieve("ok-large")
    names = ["auto", "balanced", "eco", "ok", "ok-large", "premium"]
    assert [model.id for model in listed] == [model.id for model in page.data] == names
    assert (page.has_more, page.first_id, page.last_id) == (False, "auto", "premium")
    assert (one.id, one.type, one.display_name) == ("ok-large", "model", "ok-large")
    assert [model.id for model in others.data] == names
    assert (other.id, other.owned_by) == ("ok-large", "anthropic")


async def test_a_model_that_nobody_knows_raises_in_both_sdks(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "openai/ok"))
    async with running(files.settings()) as router, claude(router) as client:
        with pytest.raises(anthropic.NotFoundError, match="'else' is not served here") as raised:
            await client.models.retrieve("else")
        with pytest.raises(anthropic.NotFoundError, match="'else' is not served here"):
            await client.messages.create(model="else", max_tokens=9, messages=HELLO)
    assert raised.value.type == "not_found_error"


async def test_tokens_are_counted_by_who_can(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "openai/ok", "anthropic/ok-large"))
    async with running(files.settings()) as router, claude(router) as client:
        raw = await client.messages.with_raw_response.count_tokens(
            model="auto", messages=HELLO, extra_headers={"anthropic-beta": "some-2026-01-01"}
        )
    assert (await raw.parse()).input_tokens > 0
    assert raw.headers["x-optipath-model"] == "ok-large"
    assert "x-optipath-estimated" not in raw.headers
    [arrival] = simulator.stats.arrivals
    assert arrival.path == "/v1/messages/count_tokens"
    headers = dict(arrival.headers)
    assert (headers["anthropic-version"], headers["anthropic-beta"]) == ("2023-06-01", "some-2026-01-01")


@pytest.mark.parametrize("vendor", ["openai", "gemini", "ollama"])
async def test_where_nobody_can_count_the_router_estimates_and_says_so(
    vendor: str, simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, f"{vendor}/ok"))
    async with running(files.settings()) as router, claude(router) as client:
        raw = await client.messages.with_raw_response.count_tokens(model="auto", messages=HELLO, system="Be brief.")
        longer = await client.messages.count_tokens(model="auto", messages=HELLO * 3, system="Be brief.")
        record = await router.decision(raw.http_response)
    counted = (await raw.parse()).input_tokens
    assert 5 <= counted <= 20
    assert longer.input_tokens > counted
    assert raw.headers["x-optipath-estimated"] == "true"
    assert simulator.stats.count == 0
    assert (record["status"], record["outcome"], record["target"], record["attempts"]) == (200, "ok", None, [])


async def test_tokens_of_a_model_that_nobody_knows_are_not_counted(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "gemini/ok"))
    async with running(files.settings()) as router, claude(router) as client:
        with pytest.raises(anthropic.NotFoundError, match="'else' is not served here"):
            await client.messages.count_tokens(model="else", messages=HELLO)


def told(answer: httpx.Response) -> dict[str, Any]:
    """The error in an answer, which has Anthropic's shape."""
    body = answer.json()
    assert (body["type"], set(body)) == ("error", {"type", "error", "request_id"})
    return dict(body["error"])


async def test_whatever_an_sdk_of_anthropics_does_wrong_it_reads_in_its_own_words(
    simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, "anthropic/ok"))
    own = {"anthropic-version": "2023-06-01"}
    async with running(files.settings()) as router:
        post, url = router.http.post, router.url
        nowhere = await post(f"{url}/v1/messages/batches", json={})
        files_ = await router.http.get(f"{url}/v1/files", headers=own)
        got = await router.http.get(f"{url}/v1/messages")
        text = await post(f"{url}/v1/messages", content="hello", headers={"content-type": "text/plain"})
        broken = await post(f"{url}/v1/messages", content="{", headers={"content-type": "application/json"})
        other = await post(f"{url}/v1/nothing", json={})
    assert [answer.status_code for answer in (nowhere, files_, got, text, broken)] == [404, 404, 405, 415, 400]
    assert told(nowhere)["type"] == told(files_)["type"] == "not_found_error"
    assert {told(answer)["type"] for answer in (got, text, broken)} == {"invalid_request_error"}
    assert "/v1/messages/batches" in told(nowhere)["message"]
    assert set(other.json()) == {"error"}


REFUSED = {
    "too large": ({"body": b"[" + b" " * 2**20 + b"]"}, {"body_bytes": 2**10}, 413, "request_too_large"),
    "too long a head": ({"x_more": "x" * 2000}, {"head_bytes": 1000}, 431, "invalid_request_error"),
    "too many": ({}, {"requests": 0}, 503, "overloaded_error"),
}


@pytest.mark.parametrize(("asked", "limits", "status", "kind"), REFUSED.values(), ids=REFUSED)
async def test_who_is_turned_away_at_the_door_reads_why_in_their_own_words(
    asked: dict[str, Any], limits: dict[str, int], status: int, kind: str
) -> None:
    async with opened(limits=replace(LIMITS, **limits)) as door:
        for path in ("/v1/messages?beta=true", "http://localhost/v1/messages"):
            answer = await door.ask(request("POST", path, **asked))
            error = json.loads(answer.body)
            assert (answer.status, error["type"], error["error"]["type"]) == (status, "error", kind)


async def test_before_there_is_a_configuration_both_sdks_are_told_so(files: Files) -> None:
    async with running(files.settings()) as router, claude(router) as client:
        with pytest.raises(anthropic.InternalServerError, match="no configuration yet") as raised:
            await client.models.list()
        with pytest.raises(anthropic.InternalServerError, match="no configuration yet"):
            await client.messages.count_tokens(model="auto", messages=HELLO)
    assert raised.value.status_code == 503
