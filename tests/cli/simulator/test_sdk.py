"""The official SDK against the simulator."""

from collections.abc import AsyncIterator, Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from optipath_cli.simulator import Simulator

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello nonce-42"}]
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


class Trip(BaseModel):
    city: str
    days: int


@pytest.fixture
def client() -> Iterator[openai.OpenAI]:
    with (
        Simulator.in_thread() as simulator,
        openai.OpenAI(base_url=simulator.url, api_key="sk-test", max_retries=0) as client,
    ):
        yield client


@pytest.fixture
async def async_client(simulator: Simulator) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=simulator.url, api_key="sk-test", max_retries=0) as client:
        yield client


def test_a_plain_call(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="ok-cheap", messages=HELLO)
    assert "nonce-42" in (reply.choices[0].message.content or "")
    assert reply.usage is not None
    assert reply.usage.prompt_tokens == 4


def test_a_streamed_call(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(
        model="tokens-9", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    *chunks, last = stream
    assert "nonce-42" in "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert last.usage is not None
    assert last.usage.completion_tokens == 9


async def test_an_asynchronous_call(async_client: openai.AsyncOpenAI) -> None:
    reply = await async_client.chat.completions.create(model="ok-cheap", messages=HELLO)
    assert reply.model == "ok-cheap"


async def test_an_asynchronous_stream(async_client: openai.AsyncOpenAI) -> None:
    stream = await async_client.chat.completions.create(model="ok-cheap", messages=HELLO, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
    assert "nonce-42" in text


def test_a_tool_call(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="tool", messages=HELLO, tools=[WEATHER])
    (call,) = reply.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"text"}')


def test_a_streamed_tool_call_is_put_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="tool", messages=HELLO, tools=[WEATHER]) as stream:
        (call,) = stream.get_final_completion().choices[0].message.tool_calls or []
    assert call.function.arguments == '{"city":"text"}'


def test_structured_output(client: openai.OpenAI) -> None:
    reply = client.chat.completions.parse(model="json", messages=HELLO, response_format=Trip)
    assert reply.choices[0].message.parsed == Trip(city="text", days=1)


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert "ok-cheap" in [model.id for model in client.models.list()]


ERRORS: dict[str, type[openai.OpenAIError]] = {
    "e400": openai.BadRequestError,
    "auth": openai.AuthenticationError,
    "e404": openai.NotFoundError,
    "e429": openai.RateLimitError,
    "quota": openai.RateLimitError,
    "e500": openai.InternalServerError,
    "cut": openai.APIConnectionError,
}


@pytest.mark.parametrize(("model", "error"), ERRORS.items(), ids=ERRORS)
def test_an_error_is_raised(client: openai.OpenAI, model: str, error: type[openai.OpenAIError]) -> None:
    with pytest.raises(error):
        client.chat.completions.create(model=model, messages=HELLO)


def test_an_error_in_a_stream_is_raised(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(model="error-in-stream-2", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError):
        list(stream)
