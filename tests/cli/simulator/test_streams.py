"""Streams in odd shapes: what is legal says the same as ever, and what is not looks as its name says."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest

from cli.simulator.caller import CHATS, ask, connected, raw
from optipath_cli.simulator import Outcome, Simulator


async def streamed(http: httpx.AsyncClient, model: str, **members: Any) -> bytes:
    """The body of a stream."""
    messages = [{"role": "user", "content": "hello nonce-7f"}]
    reply = await http.post(CHATS, json={"model": model, "messages": messages, "stream": True, **members})
    assert reply.status_code == 200
    return reply.content


def events(body: bytes) -> list[Any]:
    """The data of plain events, but for the end mark."""
    data = [event.removeprefix(b"data: ") for event in body.split(b"\n\n")[:-1]]
    return [json.loads(event) for event in data if event != b"[DONE]"]


SHAPES: dict[str, Callable[[bytes], bytes]] = {
    "crlf": lambda plain: plain.replace(b"\n", b"\r\n"),
    "cr": lambda plain: plain.replace(b"\n", b"\r"),
    "nospace": lambda plain: plain.replace(b"data: ", b"data:"),
    "bom": lambda plain: b"\xef\xbb\xbf" + plain,
    "lf-flood-2": lambda plain: b"\n" * 2048 + plain,
    "no-done": lambda plain: plain.removesuffix(b"data: [DONE]\n\n"),
    "done-only": lambda plain: b"data: [DONE]\n\n",
    "two-openings": lambda plain: plain[: plain.index(b"\n\n") + 2] + plain,
    "multiline-data": lambda plain: plain.replace(b"data: {", b"data: {\ndata: ").replace(b"}\n\n", b"\ndata: }\n\n"),
    "byte-drip-0": lambda plain: plain,
    "gzip": lambda plain: plain,
    "chunk-extensions": lambda plain: plain,
    "trailers": lambda plain: plain,
    "close-delimited": lambda plain: plain,
    "1xx": lambda plain: plain,
}


@pytest.mark.parametrize(("model", "reshape"), SHAPES.items(), ids=SHAPES)
async def test_a_stream_is_written_in_another_shape(
    simulator: Simulator, http: httpx.AsyncClient, model: str, reshape: Callable[[bytes], bytes]
) -> None:
    bodies = []
    for behaviour in ("ok", model):
        simulator.reset()
        simulator.map["m"] = behaviour
        bodies.append(re.sub(rb'"created":\d+', b'"created":0', await streamed(http, "m")))
    plain, shaped = bodies
    assert shaped == reshape(plain)


async def test_an_event_can_have_all_fields_and_a_comment(http: httpx.AsyncClient) -> None:
    first, *_ = (await streamed(http, "ids")).split(b"\n\n")
    comment, *fields, data = first.split(b"\n")
    assert comment.startswith(b": ")
    assert fields == [b"id: 7", b"event: message", b"retry: 3000"]
    assert data.startswith(b'data: {"id":')


LEGAL = ["crlf", "cr", "nospace", "multiline-data", "ids", "byte-drip-0", "gzip", "no-done", "chunk-extensions"]


@pytest.mark.parametrize("model", [*LEGAL, "trailers", "1xx", "close-delimited", "lf-flood-2", "usage-in-finish"])
async def test_an_sdk_reads_every_legal_shape(simulator: Simulator, model: str) -> None:
    simulator.map["gpt-5-mini"] = model
    async with openai.AsyncOpenAI(base_url=simulator.url, api_key="sk", max_retries=0) as client:
        stream = await client.chat.completions.create(
            model="gpt-5-mini", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == (
        "I am gpt-5-mini. The simulator made this answer. "
    )
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_each_byte_is_a_write_of_its_own(simulator: Simulator) -> None:
    _, body = await ask(simulator, "byte-drip-0", stream=True)
    assert body.startswith(b"1\r\nd\r\n1\r\na\r\n1\r\nt\r\n1\r\na\r\n1\r\n:\r\n")


async def test_a_stream_can_lack_its_finish(http: httpx.AsyncClient) -> None:
    body = await streamed(http, "no-finish")
    assert all(event["choices"][0]["finish_reason"] is None for event in events(body))
    assert body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize(
    ("model", "places"),
    [
        ("tokens-2", [False] * 4),
        ("tokens-2+usage-last", [False] * 4 + [True]),
        ("tokens-2+usage-in-finish", [False] * 3 + [True]),
        ("tokens-2+usage-each", [True] * 4),
    ],
)
async def test_the_counts_stand_where_the_name_says(http: httpx.AsyncClient, model: str, places: list[bool]) -> None:
    told = events(await streamed(http, model))
    assert ["usage" in event for event in told] == places
    assert [event["usage"]["completion_tokens"] for event in told if "usage" in event][-1:] == [2] * any(places)


async def test_comments_come_for_ever_in_place_of_events(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("keepalives-1", stream=True))
        for _ in range(5):
            assert b"data" not in await reader.readuntil(b": keep-alive\n\n")
    assert ((await outcomes.get()).tokens, simulator.stats.disconnects[0].phase) == (0, "in-stream")


async def test_comments_come_until_the_first_token(http: httpx.AsyncClient) -> None:
    body = await streamed(http, "keepalives-5+slow-first-token-20ms")
    assert body.startswith(b": keep-alive\n\n" * 4 + b"data: {")


@pytest.mark.parametrize("content", ["content_filter", "stop"])
async def test_a_provider_filters_and_a_model_declines(http: httpx.AsyncClient, content: str) -> None:
    model = "content-filter" if content == "content_filter" else "refusal"
    told = events(await streamed(http, model))
    assert told[-1]["choices"][0]["finish_reason"] == content
    said = [event["choices"][0]["delta"] for event in told[1:-1]]
    assert all(("refusal" in delta) == (model == "refusal") for delta in said)
    reply = await http.post(CHATS, json={"model": model, "messages": []})
    message = reply.json()["choices"][0]["message"]
    assert (message["content"] is None, message["refusal"] is None) == (model == "refusal", model != "refusal")


async def test_a_first_token_can_be_big(http: httpx.AsyncClient) -> None:
    opening, first, *_ = (await streamed(http, "big-event-64")).split(b"\n\n")
    assert len(opening) < 1000
    assert 2**16 < len(first) < 2**16 + 1000


async def test_a_flood_is_as_long_as_its_name_says(simulator: Simulator, http: httpx.AsyncClient) -> None:
    text = "".join(event["choices"][0]["delta"].get("content", "") for event in events(await streamed(http, "flood-2")))
    assert len(text) == 2 * 2**20
    assert simulator.stats.bytes_sent > 2 * 2**20


async def test_of_a_flood_only_what_was_taken_is_counted(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome]
) -> None:
    async with connected(simulator) as (reader, writer):
        writer.write(raw("flood-4000", stream=True))
        await reader.readexactly(2**20)
    outcome = await outcomes.get()
    assert outcome.left == "in-stream"
    assert 2**20 <= outcome.bytes_sent + 2**15 < 2**27
    assert outcome.tokens == outcome.chunks == simulator.stats.disconnects[0].tokens


async def test_a_chunk_can_be_none(simulator: Simulator) -> None:
    for model, tokens in {"bad-chunk": 0, "bad-chunk-2": 2}.items():
        _, body = await ask(simulator, model, stream=True)
        assert body.endswith(b"\r\nmany\r\nnot a chunk\r\n" if tokens else b"many\r\nnot a chunk\r\n")
        assert body.count(b'"delta":{"content":') == tokens
    head, body = await ask(simulator, "bad-chunk")
    assert b"transfer-encoding: chunked" in head
    assert body.endswith(b"\r\nmany\r\nnot a chunk\r\n")
