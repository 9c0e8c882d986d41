"""The official openai SDK, with nothing but its base URL changed."""

import asyncio
from collections.abc import AsyncIterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from optipath_cli.simulator import Simulator
from support.router import Files, Router, chain, running

pytestmark = pytest.mark.row("E01")

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello nonce-1"}]
TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


class Verdict(BaseModel):
    """What a structured answer looks like."""

    good: bool
    why: str


@pytest.fixture
async def router(simulator: Simulator, files: Files) -> AsyncIterator[Router]:
    """A router that sends `auto` to `main`, whose behaviour a test may script, and other names to themselves."""
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router:
        yield router


@pytest.fixture
async def client(router: Router) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{router.url}/v1", api_key="sk-callers") as client:
        yield client


async def test_plain(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model="auto", messages=HELLO)
    assert answer.model == "main"
    assert "nonce-1" in (answer.choices[0].message.content or "")
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0


async def test_streamed_with_usage(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="auto",
        messages=HELLO,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said.startswith("I am main. nonce-1")
    assert chunks[-1].usage is not None


async def test_the_synchronous_client(router: Router) -> None:
    def calls() -> tuple[str | None, str]:
        with openai.OpenAI(base_url=f"{router.url}/v1", api_key="sk-callers") as client:
            plain = client.chat.completions.create(model="auto", messages=HELLO)
            stream = client.chat.completions.create(model="auto", messages=HELLO, stream=True)
            return plain.choices[0].message.content, "".join(chunk.choices[0].delta.content or "" for chunk in stream)

    plain, streamed = await asyncio.to_thread(calls)
    assert plain == streamed


async def test_tools_are_passed_through(client: openai.AsyncOpenAI, simulator: Simulator) -> None:
    simulator.map["main"] = "tool"
    answer = await client.chat.completions.create(model="auto", messages=HELLO, tools=[TOOL])
    assert answer.choices[0].finish_reason == "tool_calls"
    [call] = answer.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "weather"
    stream = await client.chat.completions.create(
        model="auto",
        messages=HELLO,
        tools=[TOOL],
        stream=True,
    )
    deltas = [chunk.choices[0].delta async for chunk in stream]
    arguments = [call.function.arguments for delta in deltas for call in delta.tool_calls or [] if call.function]
    assert "".join(part or "" for part in arguments) == call.function.arguments


async def test_structured_output(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.parse(model="auto", messages=HELLO, response_format=Verdict)
    assert isinstance(answer.choices[0].message.parsed, Verdict)


async def test_headers_are_there_for_who_looks(client: openai.AsyncOpenAI, simulator: Simulator) -> None:
    simulator.map["main"] = "e500"
    raw = await client.chat.completions.with_raw_response.create(model="auto", messages=HELLO)
    assert raw.headers["x-optipath-failover"] == "true"
    assert raw.parse().model == "second"


async def test_models(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == [
        "auto",
        "balanced",
        "eco",
        "main",
        "premium",
        "second",
    ]
    assert (await client.models.retrieve("main")).id == "main"


@pytest.mark.parametrize(
    ("model", "behaviour", "raised", "attempts"),
    [
        ("nobody-knows", "", openai.NotFoundError, 0),
        ("main", "e400", openai.BadRequestError, 1),
        ("main", "e422", openai.UnprocessableEntityError, 1),
        ("main", "e429", openai.RateLimitError, 3),
        ("main", "auth", openai.InternalServerError, 1),
        ("main", "e500", openai.InternalServerError, 3),
        ("main", "badjson", openai.InternalServerError, 3),
    ],
)
async def test_errors_are_the_sdks_own_classes_and_are_not_tried_again(
    *,
    model: str,
    behaviour: str,
    raised: type[openai.APIStatusError],
    attempts: int,
    client: openai.AsyncOpenAI,
    simulator: Simulator,
) -> None:
    simulator.map["main"] = behaviour
    with pytest.raises(raised) as caught:
        await client.chat.completions.create(model=model, messages=HELLO)
    assert caught.value.body
    # x-should-retry: false keeps the SDK's own retries from multiplying ours.
    assert simulator.stats.count == attempts


@pytest.mark.case("S04", "S05", "S09")
@pytest.mark.parametrize("fault", ["error-in-stream-3", "cut-after-3", "reset-after-3", "truncate-after-3"])
async def test_a_stream_that_breaks_off_raises(fault: str, client: openai.AsyncOpenAI, simulator: Simulator) -> None:
    simulator.map["main"] = fault
    said = []

    async def listen() -> None:
        async with await client.chat.completions.create(model="auto", messages=HELLO, stream=True) as stream:
            async for chunk in stream:
                said.append(chunk.choices[0].delta.content or "")  # noqa: PERF401  it is to be there when this raises

    with pytest.raises(openai.APIError, match="broke off"):
        await listen()
    assert "".join(said) == "I am main. "
