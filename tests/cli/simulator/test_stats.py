"""What the simulator tells about itself, and what it can be told while it runs."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from optipath_cli.simulator import Outcome, Simulator
from optipath_cli.simulator.chat import Asked
from optipath_cli.simulator.request import Request, fingerprint
from optipath_cli.simulator.stats import BODY_BYTES, NAMES, OTHERS, Stats

CHATS = "/v1/chat/completions"


def chat(model: str, **members: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], **members}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_requests_are_counted_by_model_and_status(http: httpx.AsyncClient) -> None:
    for model in ("tokens-7", "tokens-7", "e500"):
        await http.post(CHATS, json=chat(model))
    told = (await http.get("/stats")).json()
    assert told["count"] == 3
    assert told["models"]["tokens-7"] == {
        "count": 2,
        "statuses": {"200": 2},
        "prompt_tokens": 4,
        "completion_tokens": 14,
    }
    assert told["models"]["e500"]["statuses"] == {"500": 1}


async def test_an_arrival_is_told_as_it_came(http: httpx.AsyncClient) -> None:
    await http.post(CHATS, json=chat("ok", stream=True), headers={"X-Trace": "abc"})
    (arrival,) = (await http.get("/stats")).json()["arrivals"]
    assert (arrival["number"], arrival["model"], arrival["streams"]) == (1, "ok", True)
    assert ["X-Trace", "abc"] in arrival["headers"]


@pytest.mark.parametrize(
    "headers", [bearer("sk-canary"), {"x-api-key": "sk-canary"}, {"authorization": "bearer sk-canary"}]
)
async def test_a_key_is_told_by_its_fingerprint_only(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await http.post(CHATS, json=chat("ok"), headers=headers)
    told = await http.get("/stats?bodies=1")
    assert "sk-canary" not in told.text
    assert told.json()["keys"] == {fingerprint("sk-canary"): 1}


async def test_bodies_are_told_byte_for_byte(http: httpx.AsyncClient) -> None:
    body = '{ "model":"ok",  "messages":[], "unknown": 1.0, "text": "ä"}'
    await http.post(CHATS, content=body.encode())
    assert (await http.get("/stats?bodies=1")).json()["bodies"] == [body]
    assert "bodies" not in (await http.get("/stats")).json()


async def test_requests_under_way_are_counted(
    simulator: Simulator, http: httpx.AsyncClient, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with (
        http.stream("POST", CHATS, json=chat("stall-after-0", stream=True)),
        http.stream("POST", CHATS, json=chat("stall-after-0", stream=True)),
    ):
        assert (simulator.stats.in_flight, simulator.stats.max_in_flight) == (2, 2)
    await outcomes.get()
    await outcomes.get()
    assert (simulator.stats.in_flight, simulator.stats.max_in_flight) == (0, 2)


async def test_replies_are_told_with_what_was_sent_of_them(http: httpx.AsyncClient) -> None:
    plain = await http.post(CHATS, json=chat("tokens-4"))
    await http.post(CHATS, json=chat("e500"))
    first, second = (await http.get("/stats")).json()["replies"]
    told = {"number": 1, "model": "tokens-4", "status": 200, "chunks": 1, "tokens": 4, "left": None}
    assert first | told == first
    assert first["bytes_sent"] == len(plain.content)
    assert (second["number"], second["status"], second["tokens"]) == (2, 500, 0)


async def test_connections_are_told_from_requests(simulator: Simulator) -> None:
    for _ in range(2):
        async with httpx.AsyncClient(base_url=simulator.url, trust_env=False) as http:
            for _ in range(3):
                await http.post("/chat/completions", json=chat("ok"))
    told = simulator.stats.as_json(bodies=False)
    assert (told["count"], told["connections"], told["reused"]) == (6, 2, 4)
    assert [arrival.place for arrival in simulator.stats.arrivals] == [1, 2, 3] * 2


async def test_of_a_caller_that_leaves_it_is_told_how_far_it_read(
    http: httpx.AsyncClient, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with http.stream("POST", CHATS, json=chat("stall-after-2", stream=True)) as reply:
        async for line in reply.aiter_lines():
            if '"am "' in line:
                break
    await outcomes.get()
    (left,) = (await http.get("/stats")).json()["disconnects"]
    assert left == {"number": 1, "model": "stall-after-2", "phase": "in-stream", "chunks": 2, "tokens": 2}


async def test_a_reset_forgets_what_was_asked(simulator: Simulator, http: httpx.AsyncClient) -> None:
    assert (await http.post(CHATS, json=chat("for-1-503"))).status_code == 503
    assert (await http.post("/reset")).status_code == 200
    assert simulator.stats.count == 0
    assert (await http.post(CHATS, json=chat("for-1-503"))).status_code == 503


async def test_a_model_fails_for_its_first_requests(http: httpx.AsyncClient) -> None:
    replies = [await http.post(CHATS, json=chat("for-2-503")) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [503, 503, 200]


async def test_a_model_is_mapped_while_it_runs(http: httpx.AsyncClient) -> None:
    statuses = []
    for name in ("e500", "ok", "for-1-429", None):
        assert (await http.post("/map", json={"gpt-5-mini": name})).status_code == 200
        statuses.append((await http.post(CHATS, json=chat("gpt-5-mini"))).status_code)
    assert statuses == [500, 200, 429, 200]


async def test_a_bad_map_is_refused(http: httpx.AsyncClient) -> None:
    reply = await http.post("/map", json={"gpt-5-mini": 500})
    assert reply.status_code == 400
    assert "gpt-5-mini" not in json.loads((await http.post("/map", json={})).text)


async def test_only_accepted_keys_are_let_in(simulator: Simulator, http: httpx.AsyncClient) -> None:
    simulator.accept_keys = {"sk-new"}
    assert (await http.post(CHATS, json=chat("ok"), headers=bearer("sk-old"))).status_code == 401
    assert (await http.post(CHATS, json=chat("ok"))).status_code == 401
    assert (await http.post(CHATS, json=chat("ok"), headers=bearer("sk-new"))).status_code == 200


async def test_a_key_can_have_spent_its_money(simulator: Simulator, http: httpx.AsyncClient) -> None:
    simulator.spent_keys = {"sk-poor"}
    refused = await http.post(CHATS, json=chat("ok"), headers=bearer("sk-poor"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "insufficient_quota")
    assert (await http.post(CHATS, json=chat("ok"), headers=bearer("sk-rich"))).status_code == 200


async def test_a_behaviour_can_require_a_key(http: httpx.AsyncClient) -> None:
    mapped = await http.post("/map", json={"ok": "auth-requires-sk-new"})
    assert "sk-new" not in mapped.text
    assert (await http.post(CHATS, json=chat("ok"), headers=bearer("sk-old"))).status_code == 401
    assert (await http.post(CHATS, json=chat("ok"), headers=bearer("sk-new"))).status_code == 200


def request(body: bytes = b"", key: str = "sk") -> Request:
    return Request("POST", CHATS, (("authorization", f"Bearer {key}"),), body)


def test_bodies_are_remembered_as_long_as_there_is_room() -> None:
    stats = Stats()
    small, half = b"small", b"x" * (BODY_BYTES // 2)
    for body in (small, half, half, b"y" * (BODY_BYTES + 1)):
        stats.arrived(request(body), None, None)
    assert list(stats.bodies) == [half, half]
    assert [arrival.body_size for arrival in stats.arrivals][-1] == BODY_BYTES + 1


def test_names_beyond_all_bounds_are_counted_together_and_cut() -> None:
    stats = Stats()
    for number in range(NAMES + 5):
        stats.arrived(request(key=f"sk-{number}"), Asked(f"model-{number}{'x' * 1000}", ""), None)
    assert len(stats.models) == len(stats.keys) == NAMES + 1
    assert (stats.models[OTHERS].count, stats.keys[OTHERS]) == (5, 5)
    assert max(len(model) for model in stats.models) < 300
