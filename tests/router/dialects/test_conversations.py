"""What a conversation takes from turn to turn, in and out of every dialect: tool results, thoughts, pictures, forms."""

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from optipath_cli.simulator import Simulator
from optipath_cli.simulator.dialects.anthropic import SIGNATURE
from optipath_snapshot import Capability
from support.router import Files, running
from support.speakers import SCHEMA
from support.vendors import VENDORS, claude, gpt, relay

ASKED = "Where should we go? nonce-1"
RESULT = "To Rome, for 3 days."
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": ASKED}]


class Trip(BaseModel):
    """What a structured answer looks like."""

    city: str
    days: int


def sent(simulator: Simulator) -> dict[str, Any]:
    """The latest body that a provider got."""
    return dict(json.loads(simulator.stats.bodies[-1]))


def holds(value: Any, wanted: Any) -> bool:
    """Whether something stands anywhere in a value."""
    if value == wanted:
        return True
    if isinstance(value, dict):
        return any(holds(each, wanted) for each in value.values())
    return isinstance(value, list) and any(holds(each, wanted) for each in value)


RESULTS = {
    "openai": {"role": "tool", "content": RESULT},
    "mistral": {"role": "tool", "content": RESULT},
    "anthropic": {"type": "tool_result"},
    "gemini": {"name": "trip"},
    "ollama": {"role": "tool", "content": RESULT},
}
"""What stands in a request to each that brings a tool's result."""


def brings_result(vendor: str, body: dict[str, Any]) -> bool:
    """Whether a request brings a tool's result in the form of a provider's."""

    def objects(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, dict):
            return [value, *(found for each in value.values() for found in objects(each))]
        return [found for each in value for found in objects(each)] if isinstance(value, list) else []

    wanted = RESULTS[vendor].items()
    return any(wanted <= {k: v for k, v in each.items() if isinstance(v, str)}.items() for each in objects(body))


@pytest.mark.row("A17", "E01")
@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_tools_result_leads_to_an_answer_in_chats(vendor: str, simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, f"{vendor}/tool"))
    tools: Any = [{"type": "function", "function": {"name": "trip", "parameters": SCHEMA}}]
    async with running(files.settings()) as router, gpt(router) as client:
        called = (await client.chat.completions.create(model="auto", messages=HELLO, tools=tools)).choices[0].message
        assert called.tool_calls
        result: Any = {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": RESULT}
        turns: Any = [*HELLO, called.model_dump(exclude_none=True), result]
        answer = await client.chat.completions.create(model="auto", messages=turns, tools=tools)
    assert "nonce-1" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert brings_result(vendor, sent(simulator))
    assert RESULT.encode() in simulator.stats.bodies[-1]


@pytest.mark.row("A17", "E03")
@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_tools_result_leads_to_an_answer_in_messages(vendor: str, simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, f"{vendor}/tool"))
    given: Any = {"model": "auto", "max_tokens": 99, "tools": [{"name": "trip", "input_schema": SCHEMA}]}
    async with running(files.settings()) as router, claude(router) as client:
        called = await client.messages.create(messages=HELLO, **given)
        block = called.content[-1]
        assert block.type == "tool_use"
        result = {"type": "tool_result", "tool_use_id": block.id, "content": RESULT}
        turns: Any = [*HELLO, {"role": "assistant", "content": called.content}, {"role": "user", "content": [result]}]
        answer = await client.messages.create(messages=turns, **given)
    assert answer.content[0].type == "text"
    assert "nonce-1" in answer.content[0].text
    assert brings_result(vendor, sent(simulator))
    assert RESULT.encode() in simulator.stats.bodies[-1]


@pytest.mark.row("A17", "E01")
@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "openai"])
async def test_a_tools_result_leads_to_an_answer_in_responses(vendor: str, simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, f"{vendor}/tool"))
    function = {"type": "function", "name": "trip", "parameters": SCHEMA, "strict": False}
    given: Any = {"model": "auto", "store": False, "tools": [function]}
    async with running(files.settings()) as router, gpt(router) as client:
        called = await client.responses.create(input=ASKED, **given)
        [call] = [item for item in called.output if item.type == "function_call"]
        result = {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}
        turns: Any = [*HELLO, *(item.model_dump(exclude_none=True) for item in called.output), result]
        answer = await client.responses.create(input=turns, **given)
    assert "nonce-1" in answer.output_text
    assert brings_result(vendor, sent(simulator))
    assert RESULT.encode() in simulator.stats.bodies[-1]


THOUGHT = {"type": "thinking", "thinking": "Let me think. ", "signature": SIGNATURE}


@pytest.mark.row("E03")
@pytest.mark.parametrize("streams", [False, True])
async def test_thoughts_come_back_to_who_had_them_through_chats(
    *, streams: bool, simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, "anthropic/think"))
    async with running(files.settings()) as router, gpt(router) as client:
        if streams:
            async with client.chat.completions.stream(model="auto", messages=HELLO) as stream:
                said = (await stream.get_final_completion()).choices[0].message
        else:
            said = (await client.chat.completions.create(model="auto", messages=HELLO)).choices[0].message
        turns: Any = [*HELLO, said.to_dict(), {"role": "user", "content": "Go on."}]
        await client.chat.completions.create(model="auto", messages=turns)
    assert holds(sent(simulator)["messages"][1], THOUGHT), sent(simulator)


@pytest.mark.row("E03")
async def test_thoughts_come_back_to_who_had_them_through_responses(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "anthropic/think"))
    given: Any = {"model": "auto", "store": False, "include": ["reasoning.encrypted_content"]}
    async with running(files.settings()) as router, gpt(router) as client:
        said = await client.responses.create(input=ASKED, **given)
        turns: Any = [*HELLO, *(item.to_dict() for item in said.output), {"role": "user", "content": "Go on."}]
        await client.responses.create(input=turns, **given)
    assert holds(sent(simulator)["messages"][1], THOUGHT), sent(simulator)


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SHOWN: dict[str, Any] = {
    "openai": {"url": f"data:image/png;base64,{PICTURE}"},
    "anthropic": {"type": "base64", "media_type": "image/png", "data": PICTURE},
    "gemini": {"mimeType": "image/png", "data": PICTURE},
    "ollama": [PICTURE],
}
"""A picture as each provider takes it."""


@pytest.mark.row("A43")
@pytest.mark.parametrize("vendor", SHOWN)
async def test_a_picture_reaches_each_provider_in_its_own_form(vendor: str, simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, f"{vendor}/ok"))
    url = f"data:image/png;base64,{PICTURE}"
    chat: Any = [{"type": "text", "text": ASKED}, {"type": "image_url", "image_url": {"url": url}}]
    source = {"type": "base64", "media_type": "image/png", "data": PICTURE}
    message: Any = [{"type": "text", "text": ASKED}, {"type": "image", "source": source}]
    item: Any = [{"type": "input_text", "text": ASKED}, {"type": "input_image", "image_url": url, "detail": "auto"}]
    async with running(files.settings()) as router, gpt(router) as gpts, claude(router) as claudes:
        await gpts.chat.completions.create(model="auto", messages=[{"role": "user", "content": chat}])
        bodies = [sent(simulator)]
        await claudes.messages.create(model="auto", max_tokens=99, messages=[{"role": "user", "content": message}])
        bodies.append(sent(simulator))
        if vendor != "openai":  # which serves Responses itself
            await gpts.responses.create(model="auto", input=[{"role": "user", "content": item}], store=False)
            bodies.append(sent(simulator))
    assert [holds(body, SHOWN[vendor]) for body in bodies] == [True] * len(bodies), bodies


@pytest.mark.row("E01")
@pytest.mark.parametrize("vendor", VENDORS)
async def test_an_answer_after_a_schema_is_parsed_whoever_gives_it(
    vendor: str, simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, f"{vendor}/ok"))
    async with running(files.settings()) as router, gpt(router) as gpts, claude(router) as claudes:
        chat = await gpts.chat.completions.parse(model="auto", messages=HELLO, response_format=Trip)
        async with gpts.chat.completions.stream(model="auto", messages=HELLO, response_format=Trip) as stream:
            streamed = await stream.get_final_completion()
        response = await gpts.responses.parse(model="auto", input=ASKED, text_format=Trip, store=False)
        message = await claudes.messages.parse(model="auto", max_tokens=99, messages=HELLO, output_format=Trip)
    assert isinstance(chat.choices[0].message.parsed, Trip)
    assert streamed.choices[0].message.parsed == chat.choices[0].message.parsed
    assert isinstance(response.output_parsed, Trip)
    assert isinstance(message.parsed_output, Trip)


@pytest.mark.row("E01")
async def test_a_model_without_schemas_is_told_the_schema_in_its_prompt_and_the_caller_is_told_so(
    simulator: Simulator, files: Files
) -> None:
    able = relay(simulator, "mistral/ok")
    lacking = [each.model_copy(update={"lacks": (Capability.JSON_SCHEMA,)}) for each in able.targets]
    files.put(able.model_copy(update={"targets": tuple(lacking)}))
    form: Any = {"type": "json_schema", "json_schema": {"name": "trip", "schema": SCHEMA, "strict": True}}
    async with running(files.settings()) as router, gpt(router) as client:
        raw = await client.chat.completions.with_raw_response.create(model="auto", messages=HELLO, response_format=form)
        streamed = await client.chat.completions.with_raw_response.create(
            model="auto", messages=HELLO, response_format=form, stream=True
        )
        async for _ in streamed.parse():
            pass
    for answer in (raw, streamed):
        assert answer.headers["x-optipath-downgraded"] == "JSONSchema"
    body = sent(simulator)
    assert body["response_format"] == {"type": "json_object"}
    assert "city" in json.dumps(body["messages"])


@pytest.mark.row("A17")
async def test_what_is_lost_is_named(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "gemini/ok"))
    async with running(files.settings()) as router, gpt(router) as client:
        raw = await client.chat.completions.with_raw_response.create(model="auto", messages=HELLO, user="somebody")
    assert raw.headers["x-optipath-lost"] == "User"
    assert b"somebody" not in simulator.stats.bodies[-1]


@pytest.mark.row("A17")
@pytest.mark.parametrize("vendor", ["anthropic", "gemini", "ollama"])
async def test_what_may_not_be_lost_and_cannot_be_said_is_refused_by_name(
    vendor: str, simulator: Simulator, files: Files
) -> None:
    files.put(relay(simulator, f"{vendor}/ok"))
    async with running(files.settings()) as router, gpt(router) as client:
        with pytest.raises(openai.BadRequestError, match="LogitBias") as raised:
            await client.chat.completions.create(model="auto", messages=HELLO, logit_bias={"1": 5})
    assert raised.value.code == "no_eligible_target"
    assert f"{vendor}/ok" in raised.value.message
    assert simulator.stats.count == 0


@pytest.mark.row("E01")
@pytest.mark.parametrize("vendor", ["openai", "mistral", "gemini", "ollama"])
async def test_texts_are_embedded_whoever_does_it(vendor: str, simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, f"{vendor}/ok"))
    # The SDK's own strict mode does not know the packed vectors that it asks for.
    async with running(files.settings()) as router, gpt(router, strict=False) as client:
        packed = await client.embeddings.create(model="auto", input=["one", "two"])
        plain = await client.embeddings.create(model="auto", input=["one", "two"], encoding_format="float")
        single = await client.embeddings.create(model="auto", input="one", encoding_format="base64")
    assert [each.index for each in packed.data] == [0, 1]
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
    assert packed.data[0].embedding != packed.data[1].embedding
    assert isinstance(single.data[0].embedding, str)
    assert isinstance(packed.data[0].embedding, list)
    assert packed.usage.prompt_tokens > 0


async def test_what_nobody_here_serves_is_refused_by_name(simulator: Simulator, files: Files) -> None:
    files.put(relay(simulator, "anthropic/ok"))
    async with running(files.settings()) as router, gpt(router) as client:
        with pytest.raises(openai.BadRequestError, match=r"does not serve openai\.embeddings") as raised:
            await client.embeddings.create(model="auto", input="one")
        with pytest.raises(openai.BadRequestError, match=r"does not serve openai\.moderations"):
            await client.moderations.create(model="auto", input="one")
    assert raised.value.code == "no_eligible_target"
