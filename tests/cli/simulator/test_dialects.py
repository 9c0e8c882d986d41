"""The simulator in each of its dialects: by the official SDK where there is one here, and else on the wire."""

import json
from collections.abc import Iterator

import anthropic
import httpx
import openai
import pytest
from pydantic import BaseModel

from optipath_cli.simulator import Simulator


class Trip(BaseModel):
    city: str
    days: int


SCHEMA = Trip.model_json_schema()


@pytest.fixture
def base() -> Iterator[str]:
    with Simulator.in_thread() as simulator:
        yield simulator.url.removesuffix("/v1")


@pytest.fixture
def claude(base: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=base, api_key="sk-test", max_retries=0) as client:
        yield client


@pytest.fixture
def gpt(base: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{base}/v1", api_key="sk-test", max_retries=0) as client:
        yield client


@pytest.fixture
def http(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, trust_env=False) as client:
        yield client


def test_a_message(claude: anthropic.Anthropic) -> None:
    message = claude.messages.create(model="think", max_tokens=99, messages=[{"role": "user", "content": "nonce-7"}])
    assert [block.type for block in message.content] == ["thinking", "text"]
    assert "nonce-7" in message.content[1].text  # type: ignore[union-attr]
    assert (message.stop_reason, message.usage.input_tokens) == ("end_turn", 2)


def test_a_streamed_message_says_the_same(claude: anthropic.Anthropic) -> None:
    asked = {"model": "think", "max_tokens": 99, "messages": [{"role": "user", "content": "nonce-7"}]}
    whole = claude.messages.create(**asked)  # type: ignore[call-overload]
    with claude.messages.stream(**asked) as stream:  # type: ignore[arg-type]
        streamed = stream.get_final_message()
    assert [block.model_dump(exclude={"parsed_output"}) for block in streamed.content] == [
        block.model_dump() for block in whole.content
    ]
    assert streamed.usage.output_tokens == whole.usage.output_tokens


def test_a_message_calls_a_tool(claude: anthropic.Anthropic) -> None:
    tools = [{"name": "plan", "input_schema": SCHEMA}]
    asked = {"model": "tool", "max_tokens": 99, "messages": [{"role": "user", "content": "hi"}], "tools": tools}
    with claude.messages.stream(**asked) as stream:  # type: ignore[arg-type]
        message = stream.get_final_message()
    assert message.stop_reason == "tool_use"
    Trip.model_validate(message.content[-1].input)  # type: ignore[union-attr]


def test_messages_are_counted(claude: anthropic.Anthropic) -> None:
    counted = claude.messages.count_tokens(model="ok", messages=[{"role": "user", "content": "x" * 40}])
    assert counted.input_tokens == 10


def test_a_wrong_message_raises(claude: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.RateLimitError):
        claude.messages.create(model="429", max_tokens=9, messages=[{"role": "user", "content": "hi"}])


@pytest.mark.parametrize("model", ["ok", "think", "refusal"])
def test_a_response_is_the_same_in_pieces(model: str, gpt: openai.OpenAI) -> None:
    whole = gpt.responses.create(model=model, input="nonce-7")
    with gpt.responses.stream(model=model, input="nonce-7") as stream:
        kinds = [event.type for event in stream]
        streamed = stream.get_final_response()
    assert kinds[-1] == "response.completed"
    assert streamed.output_text == whole.output_text
    assert [item.type for item in streamed.output] == [item.type for item in whole.output]
    assert streamed.usage == whole.usage


def test_a_response_after_a_schema(gpt: openai.OpenAI) -> None:
    response = gpt.responses.parse(model="ok", input="plan a trip", text_format=Trip)
    assert isinstance(response.output_parsed, Trip)


def test_embeddings_follow_from_the_text(gpt: openai.OpenAI) -> None:
    first, second, third = gpt.embeddings.create(model="ok", input=["a", "b", "a"]).data
    assert first.embedding == third.embedding != second.embedding


def test_contents(http: httpx.Client) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "nonce-7"}]}]}
    whole = http.post("/v1beta/models/think:generateContent", json=body).json()
    stream = http.post("/v1beta/models/think:streamGenerateContent?alt=sse", json=body).text
    chunks = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    for thought in (True, None):
        said = "".join(part["text"] for part in parts if part.get("thought") is thought)
        [one] = [p["text"] for p in whole["candidates"][0]["content"]["parts"] if p.get("thought") is thought]
        assert said == one
    assert chunks[-1]["usageMetadata"] == whole["usageMetadata"]
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"


def test_ollamas_chat(http: httpx.Client) -> None:
    body = {"model": "ok", "messages": [{"role": "user", "content": "nonce-7"}]}
    whole = http.post("/api/chat", json={**body, "stream": False}).json()
    lines = [json.loads(line) for line in http.post("/api/chat", json=body).text.splitlines()]
    assert "".join(line["message"]["content"] for line in lines) == whole["message"]["content"]
    assert lines[-1]["done"] is True
    assert lines[-1]["eval_count"] == whole["eval_count"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/messages", {"model": "error-in-stream-2", "messages": [], "stream": True}),
        ("/v1/responses", {"model": "error-in-stream-2", "input": "hi", "stream": True}),
        ("/v1beta/models/error-in-stream-2:streamGenerateContent?alt=sse", {"contents": []}),
        ("/api/chat", {"model": "error-in-stream-2", "messages": []}),
    ],
)
def test_every_stream_can_break(path: str, body: dict[str, object], http: httpx.Client) -> None:
    text = http.post(path, json=body).text
    assert "error" in text.strip().splitlines()[-1]
