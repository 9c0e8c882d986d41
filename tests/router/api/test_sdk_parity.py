"""The official openai SDK sees no difference between a provider that is called directly and one behind the router."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from optipath_cli.simulator import Outcome, Simulator
from support.router import Files, chain, running, until

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello nonce-1"}]
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
USAGE = {"include_usage": True}


class Verdict(BaseModel):
    """What a structured answer looks like."""

    good: bool
    why: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The same SDK, once at the provider itself and once at the router."""

    direct: openai.AsyncOpenAI
    routed: openai.AsyncOpenAI
    simulator: Simulator

    async def same(self, use: Callable[[openai.AsyncOpenAI], Awaitable[Any]]) -> Any:
        """What a use of the SDK comes to, which is the same both ways."""
        direct, routed = plain(await use(self.direct)), plain(await use(self.routed))
        assert routed == direct
        return routed

    async def same_sync(self, use: Callable[[openai.OpenAI], Any]) -> Any:
        """The same for the synchronous client, in a thread of its own."""

        def both() -> list[Any]:
            seen = []
            for client in (self.direct, self.routed):
                with openai.OpenAI(base_url=client.base_url, api_key="sk-callers", max_retries=0) as sync:
                    seen.append(plain(use(sync)))
            return seen

        direct, routed = await asyncio.to_thread(both)
        assert routed == direct
        return routed


def plain(seen: Any) -> Any:
    """What was seen as plain values, without what differs from one request to the next."""
    match seen:
        case BaseModel():
            return type(seen).__name__, plain(seen.model_dump(warnings=False))
        case dict():
            # The number of a simulated request stands in the ids.
            return {key: plain(value) for key, value in seen.items() if key not in ("id", "created")}
        case list() | tuple():
            return [plain(each) for each in seen]
        case str():
            return re.sub(r"(?<=simulated[-_])\d+", "N", seen)
        case _:
            return seen


MODELS = (
    "ok", "tool", "json", "refusal", "content-filter", "usage-each", "usage-in-finish", "usage-last", "noUsage",
    "two-openings", "no-done", "crlf", "multiline-data", "chunked-body", "drip-2", "stall-after-3", "truncate-after-3",
    "error-in-stream-3", "reset-after-3", "close-after-3", "slow-9s", "slow-first-token-9", "e400", "e422",
    "content-policy", "context-over-1", "infinite-stream+drip-2", "big-event-64",
)  # fmt: skip


def sdk(url: str) -> openai.AsyncOpenAI:
    """A client. Over plain http nobody's roots need be read, which takes longer than the test."""
    http = openai.DefaultAsyncHttpxClient(verify=False)
    return openai.AsyncOpenAI(base_url=url, api_key="sk-callers", max_retries=0, http_client=http)


@pytest.fixture
async def ways(simulator: Simulator, files: Files) -> AsyncIterator[Ways]:
    # Every model is known by its own name, so that both ways ask for the same.
    files.put(chain(simulator.url, *MODELS))
    async with (
        running(files.settings()) as router,
        sdk(simulator.url) as direct,
        sdk(f"{router.url}/v1") as routed,
    ):
        yield Ways(direct, routed, simulator)


REQUESTS: dict[str, dict[str, Any]] = {
    "nothing else": {},
    "two choices": {"n": 2},
    "log probabilities": {"logprobs": True, "top_logprobs": 2},
    "tools": {"tools": [WEATHER], "parallel_tool_calls": False, "tool_choice": "auto"},
    "sampling": {"temperature": 0.1, "top_p": 0.5, "seed": 7, "stop": ["\n"], "max_completion_tokens": 50},
    "JSON": {"response_format": {"type": "json_object"}},
    "what the SDK does not know": {"extra_body": {"reasoning": {"effort": "low"}, "n": 2}},
}
ANSWERS = (
    "ok", "tool", "json", "refusal", "content-filter", "noUsage", "usage-each", "usage-in-finish", "crlf",
    "multiline-data", "no-done", "chunked-body", "big-event-64",
)  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_whatever_is_asked_the_answer_is_the_same(request_: dict[str, Any], ways: Ways) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        whole = await client.chat.completions.create(model="tool", messages=HELLO, **request_)
        stream = await client.chat.completions.create(model="tool", messages=HELLO, stream=True, **request_)
        return whole, [chunk async for chunk in stream]

    (_, whole), chunks = await ways.same(use)
    assert len(whole["choices"]) == (2 if "n" in request_ or "extra_body" in request_ else 1)
    assert len(chunks) > 3


@pytest.mark.parametrize("model", ANSWERS)
async def test_whatever_is_answered_the_sdk_sees_it(model: str, ways: Ways) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        create = client.chat.completions.create
        whole = await create(model=model, messages=HELLO, tools=[WEATHER])
        stream = await create(model=model, messages=HELLO, tools=[WEATHER], stream=True)
        counted = await create(
            model=model, messages=HELLO, tools=[WEATHER], stream=True, stream_options={"include_usage": True}
        )
        return whole, [chunk async for chunk in stream], [chunk async for chunk in counted]

    (_, whole), chunks, _ = await ways.same(use)
    assert whole["model"] == chunks[0][1]["model"] == model


async def test_the_synchronous_client_sees_the_same(ways: Ways) -> None:
    def use(client: openai.OpenAI) -> Any:
        create = client.chat.completions.create
        with create(model="drip-2", messages=HELLO, stream=True, stream_options={"include_usage": True}) as stream:
            return create(model="ok", messages=HELLO, n=2), list(stream)

    await ways.same_sync(use)


async def test_raw_answers_are_the_same_but_for_our_headers(ways: Ways) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        raw = await client.chat.completions.with_raw_response.create(model="ok", messages=HELLO)
        streamed = await client.chat.completions.with_raw_response.create(model="ok", messages=HELLO, stream=True)
        async with client.chat.completions.with_streaming_response.create(model="ok", messages=HELLO) as open_:
            lines = [line async for line in open_.iter_lines()]
            head = open_.status_code, open_.headers["content-type"]
        async with client.chat.completions.with_streaming_response.create(
            model="ok", messages=HELLO, stream=True
        ) as events:
            data = [line async for line in events.iter_lines()]
        return (
            (raw.status_code, raw.headers["content-type"], raw.parse()),
            (streamed.status_code, streamed.headers["content-type"], [chunk async for chunk in streamed.parse()]),
            (head, len(lines)),
            (events.headers["content-type"], [re.sub(r'"created":\d+', "", line) for line in data]),
        )

    await ways.same(use)


async def test_raw_answers_are_the_same_for_the_synchronous_client(ways: Ways) -> None:
    def use(client: openai.OpenAI) -> Any:
        raw = client.chat.completions.with_raw_response.create(model="ok", messages=HELLO)
        with client.chat.completions.with_streaming_response.create(model="ok", messages=HELLO, stream=True) as events:
            data = [re.sub(r'"created":\d+', "", line) for line in events.iter_lines()]
        return raw.status_code, raw.headers["content-type"], raw.parse(), data

    await ways.same_sync(use)


async def test_stream_helpers_and_structured_answers_are_the_same(ways: Ways) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        parsed = await client.chat.completions.parse(model="ok", messages=HELLO, response_format=Verdict)
        called = await client.chat.completions.parse(model="tool", messages=HELLO, tools=[WEATHER])
        seen: list[Any] = [parsed, called]
        asked: tuple[dict[str, Any], ...] = ({"tools": [WEATHER]}, {"response_format": Verdict})
        for model, given in product(("ok", "tool", "refusal"), asked):
            async with client.chat.completions.stream(model=model, messages=HELLO, **given) as stream:
                seen.append([(event.type, event.model_dump(warnings=False)) async for event in stream])
                seen.append(await stream.get_final_completion())
        return seen

    seen = await ways.same(use)
    assert isinstance(seen[0][1]["choices"][0]["message"]["parsed"], dict)


async def test_stream_helpers_are_the_same_for_the_synchronous_client(ways: Ways) -> None:
    def use(client: openai.OpenAI) -> Any:
        with client.chat.completions.stream(model="ok", messages=HELLO, response_format=Verdict) as stream:
            return [(event.type, event.model_dump(warnings=False)) for event in stream], stream.get_final_completion()

    await ways.same_sync(use)


@pytest.mark.parametrize("model", ["e400", "e422", "content-policy", "context-over-1"])
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_caller_must_mend_is_raised_in_the_providers_own_words(
    *, model: str, stream: bool, ways: Ways
) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        with pytest.raises(openai.APIStatusError) as raised:
            await client.chat.completions.create(model=model, messages=HELLO, stream=stream)
        error = raised.value
        return type(error).__name__, error.status_code, error.body, error.code, error.param, error.type, error.message

    await ways.same(use)


@pytest.mark.parametrize("model", ["slow-9s", "slow-first-token-9", "stall-after-3"])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_time_out_of_the_callers_is_raised_as_one(*, model: str, stream: bool, ways: Ways) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        said: list[str] = []
        patient = client.with_options(timeout=openai.Timeout(30, read=0.2)).chat.completions

        async def listen() -> None:
            # A provider sends its head at once, and the router with the first content.
            answer = await patient.create(model=model, messages=HELLO, stream=stream)
            assert isinstance(answer, openai.AsyncStream)
            async for chunk in answer:
                said.append(chunk.choices[0].delta.content or "")  # noqa: PERF401  it is to be there when this raises

        with pytest.raises(openai.APITimeoutError):
            await listen()
        await until(lambda: nobody_is_served(ways.simulator))
        return said

    await ways.same(use)


async def nobody_is_served(simulator: Simulator) -> bool:
    return simulator.stats.in_flight == 0


async def test_who_leaves_a_stream_leaves_the_provider_too(ways: Ways, outcomes: asyncio.Queue[Outcome]) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        stream = await client.chat.completions.create(model="infinite-stream+drip-2", messages=HELLO, stream=True)
        seen = []
        async for chunk in stream:
            seen.append(chunk)
            if len(seen) == 5:
                break
        await stream.close()
        return seen, (await outcomes.get()).left

    _, left = await ways.same(use)
    assert left == "in-stream"


async def test_who_gives_up_waiting_leaves_the_provider_too(ways: Ways, outcomes: asyncio.Queue[Outcome]) -> None:
    async def use(client: openai.AsyncOpenAI) -> Any:
        before = ways.simulator.stats.count
        waiting = asyncio.create_task(client.chat.completions.create(model="slow-9s", messages=HELLO))

        async def asked() -> bool:
            return ways.simulator.stats.count > before

        await until(asked)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return (await outcomes.get()).left

    assert await ways.same(use) == "before-head"


CUT = ("error-in-stream-3", "truncate-after-3", "reset-after-3", "close-after-3")


@pytest.mark.case("S04", "S05")
@pytest.mark.parametrize("model", CUT)
@pytest.mark.parametrize("helper", [False, True])
async def test_a_stream_that_was_cut_raises_after_what_had_come(*, model: str, helper: bool, ways: Ways) -> None:
    said: list[str] = []

    async def listen() -> None:
        if helper:
            async with ways.routed.chat.completions.stream(model=model, messages=HELLO) as stream:
                async for event in stream:
                    if event.type == "content.delta":
                        said.append(event.delta)  # noqa: PERF401  it is to be there when this raises
        else:
            chunks = await ways.routed.chat.completions.create(model=model, messages=HELLO, stream=True)
            async for chunk in chunks:
                said.extend(choice.delta.content or "" for choice in chunk.choices)

    with pytest.raises(openai.APIError, match="broke off"):
        await listen()
    assert "".join(said) == f"I am {model}. "


@pytest.mark.case("S04", "S05")
@pytest.mark.parametrize("model", CUT)
async def test_a_stream_that_was_cut_raises_for_the_synchronous_client_too(model: str, ways: Ways) -> None:
    def listen() -> list[str]:
        said: list[str] = []
        with openai.OpenAI(base_url=ways.routed.base_url, api_key="sk-callers", max_retries=0) as client:
            stream = client.chat.completions.create(model=model, messages=HELLO, stream=True)
            with pytest.raises(openai.APIError, match="broke off"):
                said.extend(words(stream))
        return said

    def words(stream: openai.Stream[Any]) -> Iterator[str]:
        return (choice.delta.content or "" for chunk in stream for choice in chunk.choices)

    assert "".join(await asyncio.to_thread(listen)) == f"I am {model}. "
