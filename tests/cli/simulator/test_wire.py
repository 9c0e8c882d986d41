"""The simulator over real sockets: framing, faults and callers that leave."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from cli.simulator.caller import chat, connected, raw
from optipath_cli.simulator import Outcome, Simulator


async def test_a_connection_serves_one_request_after_another(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        for model in ("ok-first", "e500", "ok-third"):
            writer.write(raw(model))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            assert model.encode() in await reader.readexactly(length) or model == "e500"
    assert [arrival.model for arrival in simulator.stats.arrivals] == ["ok-first", "e500", "ok-third"]


async def test_pipelined_requests_are_answered_in_order(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("slow-1ms+ok-a") + raw("ok-b"))
        first = await reader.readuntil(b"}}}")
        second = await reader.readuntil(b"}}}")
    assert b"ok-a" in first
    assert b"ok-b" in second


async def test_a_request_may_come_byte_by_byte(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        for byte in raw("ok"):
            writer.write(bytes([byte]))
            await writer.drain()
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 OK")


async def test_a_body_may_come_in_chunks(http: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"model": "ok", '
        yield b'"messages": []}'

    assert (await http.post("/v1/chat/completions", content=pieces())).status_code == 200


async def test_a_caller_that_asks_for_it_is_closed_on(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("ok").replace(b"host: x", b"connection: close"))
        assert b"connection: close" in await reader.read()


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"]
)
async def test_what_is_no_request_of_http_is_refused(simulator: Simulator, sent: bytes) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(sent)
        assert b" 400 Bad Request\r\n" in await reader.read()


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/chat/completions", "/openai/v2/chat/completions"])
async def test_chats_are_served_under_any_prefix(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.post(path, json=chat("ok"))).status_code == 200


async def test_other_paths_are_not_found(http: httpx.AsyncClient) -> None:
    reply = await http.post("/v1/images/generations", json={})
    assert reply.status_code == 404
    assert "POST /v1/images/generations" in reply.json()["error"]["message"]


async def test_a_bad_body_is_refused_in_openais_shape(http: httpx.AsyncClient) -> None:
    reply = await http.post("/v1/chat/completions", json={"messages": []})
    assert reply.status_code == 400
    assert "`model`" in reply.json()["error"]["message"]


async def test_models_are_listed(simulator: Simulator, http: httpx.AsyncClient) -> None:
    simulator.map["acme-large"] = "ok"
    listed = [card["id"] for card in (await http.get("/v1/models")).json()["data"]]
    assert "acme-large" in listed
    assert "ok-cheap" in listed


async def test_a_closed_stream_ends_without_its_last_chunk(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("close-after-3", stream=True))
        received = await reader.read()
    assert received.count(b'"content":') == 4
    assert not received.endswith(b"0\r\n\r\n")


async def test_a_truncated_stream_ends_like_any_other(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("truncate-after-3", stream=True))
        received = await reader.readuntil(b"\r\n0\r\n\r\n")
    assert b"[DONE]" not in received


async def test_a_reset_comes_after_the_tokens(simulator: Simulator) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("reset-after-3", stream=True))
        assert b'"am "' in await reader.readuntil(b'"content":"reset-after-3. "')
        with pytest.raises(ConnectionResetError):
            await reader.read()


@dataclass(frozen=True)
class Leaving:
    """A caller that leaves once it has read so far."""

    model: str
    until: bytes
    seen: tuple[str, int]
    stream: bool = True


LEAVING = {
    "before the head": Leaving("slow-60s", b"", ("before-head", 0)),
    "before a plain answer": Leaving("infinite-stream", b"", ("before-head", 0), stream=False),
    "before the first event": Leaving("slow-first-token-60", b"\r\n\r\n", ("in-stream", 0)),
    "between tokens": Leaving("drip-60000", b'"content":"I "', ("in-stream", 1)),
    "in a stall": Leaving("stall-after-2", b'"content":"am "', ("in-stream", 2)),
}


@pytest.mark.parametrize("leaving", LEAVING.values(), ids=LEAVING)
async def test_a_caller_that_leaves_is_noticed(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome], leaving: Leaving
) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw(leaving.model, stream=leaving.stream))
        if leaving.until:
            await reader.readuntil(leaving.until)
    outcome = await outcomes.get()
    assert (outcome.left, outcome.chunks) == leaving.seen
    (disconnect,) = simulator.stats.disconnects
    assert (disconnect.model, disconnect.phase, disconnect.chunks) == (leaving.model, *leaving.seen)
    assert simulator.stats.in_flight == 0


async def test_a_caller_that_pipelines_and_leaves_is_noticed_twice(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with connected(simulator) as (_, writer):
        writer.write(raw("slow-60s") + raw("ok"))
    assert {(await outcomes.get()).left, (await outcomes.get()).left} == {"before-head"}
    assert simulator.stats.in_flight == 0


async def test_an_endless_stream_goes_on_until_the_caller_leaves(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("infinite-stream", stream=True))
        for _ in range(1000):
            await reader.readuntil(b'"content":')
    outcome = await outcomes.get()
    assert outcome.left == "in-stream"
    assert outcome.chunks >= 999


def test_it_runs_in_a_thread() -> None:
    with Simulator.in_thread() as simulator, httpx.Client(trust_env=False) as http:
        assert http.post(f"{simulator.url}/chat/completions", json=chat("ok")).status_code == 200
        assert simulator.stats.models["ok"].count == 1


async def test_it_comes_back_at_the_same_port() -> None:
    simulator = Simulator()
    async with httpx.AsyncClient(trust_env=False) as http:
        async with simulator:
            url = simulator.url
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{url}/models")
        async with simulator:
            assert (await http.get(f"{url}/models")).status_code == 200


async def test_closing_ends_what_is_under_way_and_blames_no_caller(outcomes: asyncio.Queue[Outcome]) -> None:
    async with Simulator(ended=outcomes.put_nowait) as simulator:
        reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
        writer.write(raw("stall-after-0", stream=True))
        await reader.readuntil(b"\r\n\r\n")
    assert (await outcomes.get()).left is None
    assert not simulator.stats.disconnects
    writer.close()
