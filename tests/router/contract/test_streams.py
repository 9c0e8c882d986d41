"""Streams that are slow, silent, cut or oddly written: S01, S03 to S05, S09, S11."""

import asyncio
from typing import Any

import pytest
from openai import APIError, AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from optipath_cli.simulator import Outcome, Simulator
from support.figures import figures
from support.router import Files, Router, asked, chain, running
from support.soak import many, seconds

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
BREAKS = ("reset-after-3", "close-after-3", "truncate-after-3", "error-in-stream-3")


@pytest.mark.case("S01")
@pytest.mark.parametrize(
    ("slow", "streams", "phase"),
    [
        ("slow-first-token-30", True, "in-stream"),
        ("slow-first-token-30+keepalives-20", True, "in-stream"),
        ("slow-30s", True, "before-head"),
        ("slow-30s", False, "before-head"),
    ],
)
async def test_a_first_token_that_does_not_come_in_time_comes_from_another_target(
    *, slow: str, streams: bool, phase: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    simulator.map["main"] = slow
    patience = seconds(2, 0.1)
    files.put(chain(simulator.url, "main", "second", resilience={"first_token_timeout_seconds": patience}))
    async with running(files.settings()) as router:
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=streams))
        took = loop.time() - began
        record = await router.decision(answer)
    left = await outcomes.get()
    assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
    assert took < seconds(2.5, 2)
    assert (left.arrival.model, left.left, left.tokens) == ("main", phase, 0)
    assert [(attempt["outcome"], attempt["target"]) for attempt in record["attempts"]] == [
        ("timeout", "p1/main"),
        ("ok", "p2/second"),
    ]


@pytest.mark.case("S03")
async def test_a_stream_that_falls_silent_is_cut_with_an_error(
    simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    simulator.map["main"] = "stall-after-3"
    gap = seconds(30, 0.1)
    files.put(chain(simulator.url, "main", "second", resilience={"idle_timeout_seconds": gap}))
    async with running(files.settings()) as router:
        loop = asyncio.get_running_loop()
        answer = await router.open()
        began = loop.time()
        stream = await router.opened(answer)
        took = loop.time() - began
    left = await outcomes.get()
    assert took < gap + seconds(1, 2)
    assert not stream.whole
    assert "silent for too long" in stream.chunks[-1]["error"]["message"]
    assert (left.left, left.chunks, simulator.stats.count) == ("in-stream", 3, 1)


@pytest.mark.case("S03")
async def test_a_slow_stream_that_makes_progress_is_not_cut(simulator: Simulator, files: Files) -> None:
    gap, tokens = seconds(30, 1), many(8, 4)
    simulator.map["main"] = f"drip-{800 * gap:.0f}+tokens-{tokens}"
    files.put(chain(simulator.url, "main", resilience={"idle_timeout_seconds": gap}))
    async with running(files.settings()) as router:
        router.http.timeout = 2 * gap + 5
        stream = await router.stream()
    assert stream.finished
    assert len(stream.text.split()) == tokens


@pytest.mark.case("S04", "S05", "S09")
@pytest.mark.parametrize("fault", BREAKS)
async def test_an_answer_that_breaks_off_ends_with_an_error_and_nobody_goes_on_with_it(
    fault: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = fault
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router:
        stream = await router.stream()
        record = await router.decision(stream.answer)
        told = await figures(router)
    *said, error = stream.chunks
    assert not stream.whole
    assert "[DONE]" not in stream.events
    assert [kind(chunk) for chunk in said] == ["opening", "text", "text", "text"]
    assert {chunk["model"] for chunk in said} == {"main"}
    assert error == {"error": {"message": error["error"]["message"], "type": "server_error", "param": None,
                               "code": "all_attempts_failed"}}  # fmt: skip
    assert simulator.stats.count == 1
    # What was generated is booked, as an estimate: nobody counted it.
    assert (record["outcome"], record["status"], record["target"]) == ("cut", 200, "p1/main")
    assert record["usage"] | {"input_tokens": 0} == {
        "input_tokens": 0,
        "output_tokens": 3,
        "cached_input_tokens": 0,
        "cache_write_tokens": 0,
        "reasoning_tokens": 0,
        "estimated": True,
    }
    booked = {"counted_by": "estimate", "gen_ai_token_type": "output"}
    assert told.total("gen_ai_client_token_usage_total", **booked) == 3
    assert told.by("outcome", "optipath_requests_total") == {"cut": 1}


def kind(chunk: dict[str, Any]) -> str:
    """What an event brings."""
    delta = chunk["choices"][0]["delta"]
    return "opening" if "role" in delta else "text" if delta.get("content") else "else"


@pytest.mark.case("S04", "S05", "S09")
@pytest.mark.parametrize("fault", BREAKS)
async def test_the_sdk_raises_where_an_answer_broke_off(fault: str, simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = fault
    files.put(chain(simulator.url, "main", "second"))
    heard: list[str] = []
    heard_in_a_thread: list[str] = []
    async with running(files.settings()) as router:
        with pytest.raises(APIError, match="broke off"):
            await listen(router, heard)
        with pytest.raises(APIError, match="broke off"):
            await asyncio.to_thread(listen_in_a_thread, router, heard_in_a_thread)
    assert "".join(heard) == "".join(heard_in_a_thread) == "I am main. "
    assert simulator.stats.count == 2


async def listen(router: Router, heard: list[str]) -> None:
    """Write down what AsyncOpenAI gives out."""
    async with AsyncOpenAI(base_url=f"{router.url}/v1", api_key="any") as client:
        stream = await client.chat.completions.create(model="auto", messages=HELLO, stream=True)
        async for chunk in stream:
            heard.append(chunk.choices[0].delta.content or "")  # noqa: PERF401  it is to be there when this raises


def listen_in_a_thread(router: Router, heard: list[str]) -> None:
    """Write down what OpenAI gives out."""
    with OpenAI(base_url=f"{router.url}/v1", api_key="any") as client:
        for chunk in client.chat.completions.create(model="auto", messages=HELLO, stream=True):
            heard.append(chunk.choices[0].delta.content or "")  # noqa: PERF401  it is to be there when this raises


SHAPES = ("crlf", "cr", "nospace", "multiline-data", "ids", "bom", "byte-drip-0", "lf-flood-2", "chunk-extensions",
          "trailers", "close-delimited", "1xx", "no-done", "usage-in-finish", "usage-last",
          "multiline-data+crlf+ids+bom+byte-drip-0")  # fmt: skip


@pytest.mark.case("S11")
@pytest.mark.parametrize("shape", SHAPES)
async def test_every_legal_way_to_write_a_stream_says_the_same(shape: str, simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "main"))
    told = []
    async with running(files.settings()) as router, AsyncOpenAI(base_url=f"{router.url}/v1", api_key="any") as client:
        for manner in ("ok", shape):
            simulator.map["main"] = manner
            raw = await client.chat.completions.with_raw_response.create(
                model="auto", messages=HELLO, stream=True, stream_options={"include_usage": True}
            )
            chunks = [chunk async for chunk in raw.parse()]
            text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            ends = [
                chunk.choices[0].finish_reason for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason
            ]
            usage = [chunk.usage for chunk in chunks if chunk.usage]
            found = await router.http.get(f"{router.url}/optipath/decisions/{raw.headers['x-optipath-decision']}")
            told.append((text, ends, usage, found.json()["usage"], found.json()["outcome"]))
    plainly, shaped = told
    assert shaped == plainly
    assert plainly[0].startswith("I am main. ")
    assert plainly[3]["estimated"] is False
