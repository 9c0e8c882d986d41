"""Chats that came in another wire format, as Anthropic is told of them."""

import base64
import json
from typing import Any

import msgspec
import pytest

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonObject, JsonSchema, Thinking, Tool, ToolChoice
from optipath_router.chat.conversation import (
    Audio,
    Citation,
    Document,
    Hosted,
    Image,
    Message,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.anthropic.codec import MESSAGES_PROVIDER
from optipath_router.providers.anthropic.thinking import model_version

HELLO = Message(Role.USER, (Text("Hello"),), plain=True)
Json = dict[str, Any]


def sent(*messages: Message, model: str = "claude-opus-4-6", most: int | None = None, **given: Any) -> Json:
    chat = Chat(Wire.CHAT, messages or (HELLO,), **given)
    outgoing = MESSAGES_PROVIDER.write_chat(chat, model, streams=False, max_output_tokens=most)
    assert outgoing.path == "/v1/messages"
    body: Json = json.loads(outgoing.body)
    return body


def blocks(*parts: Part, role: Role = Role.ASSISTANT) -> Any:
    return sent(HELLO, Message(role, parts))["messages"][-1]["content"]


def test_a_limit_is_demanded_and_taken_from_the_model_where_the_caller_names_none() -> None:
    assert sent()["max_tokens"] == 4096
    assert sent(most=64_000)["max_tokens"] == 64_000
    assert sent(most=64_000, max_tokens=10)["max_tokens"] == 10


def test_a_stream_is_asked_for() -> None:
    outgoing = MESSAGES_PROVIDER.write_chat(Chat(Wire.CHAT, (HELLO,)), "claude", streams=True)
    assert json.loads(outgoing.body)["stream"] is True


def test_leading_instructions_are_the_system_prompt_and_later_ones_join_it() -> None:
    body = sent(
        Message(Role.SYSTEM, (Text("Be brief"),), plain=True),
        Message(Role.DEVELOPER, (Text("Be kind"),), plain=True),
        HELLO,
        Message(Role.SYSTEM, (Text("Be quick"),), plain=True),
        Message(Role.USER, (Text("Well?"),), plain=True),
    )
    assert [each["text"] for each in body["system"]] == ["Be brief", "Be kind", "Be quick"]
    assert body["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Hello"}, {"type": "text", "text": "Well?"}]}
    ]


def test_results_of_tools_and_what_the_user_says_next_are_one_turn() -> None:
    body = sent(
        HELLO,
        Message(Role.ASSISTANT, (Text(""), ToolCall("a", "f", "{}"), ToolCall("b", "f", ""))),
        Message(Role.TOOL, (ToolResult("a", (Text("1"),)),)),
        Message(Role.TOOL, (ToolResult("b", (Text("2"), Image(url="https://a.example/x.png")), failed=True),)),
        Message(Role.USER, (Text("And?"),), plain=True),
    )
    _, called, answered = body["messages"]
    assert called["content"] == [
        {"type": "tool_use", "id": "a", "name": "f", "input": {}},
        {"type": "tool_use", "id": "b", "name": "f", "input": {}},
    ]
    assert answered["role"] == "user"
    one, two, text = answered["content"]
    assert one == {"type": "tool_result", "tool_use_id": "a", "content": "1"}
    assert two["is_error"] is True
    assert [each["type"] for each in two["content"]] == ["text", "image"]
    assert text == {"type": "text", "text": "And?"}


def test_a_turn_with_nothing_left_of_it_is_left_out() -> None:
    assert sent(HELLO, Message(Role.ASSISTANT, (Text(""),), plain=False))["messages"] == [
        {"role": "user", "content": "Hello"}
    ]


DATA = base64.b64encode(b"Words").decode()

PARTS: dict[str, tuple[Part, Any]] = {
    "a data URL": (
        Image(url=f"data:image/png;base64,{DATA}"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DATA}},
    ),
    "a URL": (
        Image(url="https://a.example/x", detail="high"),
        {"type": "image", "source": {"type": "url", "url": "https://a.example/x"}},
    ),
    "a PDF as a data URL": (
        Document(url=f"data:application/pdf;base64,{DATA}", name="x.pdf"),
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": DATA},
            "title": "x.pdf",
        },
    ),
    "a PDF that does not say so": (
        Document(data=DATA),
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": DATA}},
    ),
    "text in base64": (
        Document(data=DATA, media_type="text/markdown"),
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Words"}},
    ),
    "a refusal": (Refusal("No"), {"type": "text", "text": "No"}),
    "arguments that are no JSON": (
        ToolCall("a", "f", '{"city": '),
        {"type": "tool_use", "id": "a", "name": "f", "input": {"INVALID_JSON": '{"city": '}},
    ),
    "arguments that are no object": (
        ToolCall("a", "f", "[1]"),
        {"type": "tool_use", "id": "a", "name": "f", "input": {"INVALID_JSON": "[1]"}},
    ),
}


@pytest.mark.parametrize(("part", "block"), PARTS.values(), ids=PARTS)
def test_a_part_is_said_as_a_block(part: Part, block: Any) -> None:
    assert blocks(part) == [block]


LOST: dict[str, Part] = {
    "a sound": Audio(data="AA==", format="wav"),
    "another provider's thought": Reasoning("Hm", "sig", wire=Wire.GEMINI),
    "a thought that nobody signed": Reasoning("Hm"),
    "another provider's hosted tool": Hosted(Wire.RESPONSES, msgspec.Raw(b"{}")),
    "an empty text": Text(""),
}


@pytest.mark.parametrize("part", LOST.values(), ids=LOST)
def test_what_messages_cannot_say_is_left_out(part: Part) -> None:
    assert blocks(part, Text("So")) == [{"type": "text", "text": "So"}]


def test_a_citation_without_anthropics_proof_is_left_out() -> None:
    assert blocks(Text("So", (Citation("https://a.example"),))) == [{"type": "text", "text": "So"}]


def test_ids_of_calls_are_put_in_letters_that_anthropic_takes_and_meet_again() -> None:
    body = sent(
        HELLO,
        Message(Role.ASSISTANT, (ToolCall("functions.f:0", "f", "{}"), ToolCall("functions.f.0", "f", "{}"))),
        Message(Role.TOOL, (ToolResult("functions.f:0"),)),
    )
    _, called, answered = body["messages"]
    one, other = (each["id"] for each in called["content"])
    assert one != other
    assert one.replace("_", "").isalnum()
    assert answered["content"][0]["tool_use_id"] == one


WEATHER = Tool("weather", "Weather", msgspec.Raw(b'{"type":"object"}'), strict=True)
TIME = Tool("time")


def test_tools_are_said_with_the_schema_that_is_demanded() -> None:
    loose = Tool("loose", parameters=msgspec.Raw(b'{"properties":{}}'))
    told = sent(tools=(WEATHER, TIME, loose, Tool("c", custom=True), HostedTool(Wire.RESPONSES, msgspec.Raw(b"{}"))))
    assert told["tools"] == [
        {"name": "weather", "description": "Weather", "input_schema": {"type": "object"}, "strict": True},
        {"name": "time", "input_schema": {"type": "object", "properties": {}}},
        {"name": "loose", "input_schema": {"type": "object", "properties": {}}},
    ]


CHOICES: dict[str, tuple[ToolChoice | None, bool | None, Any]] = {
    "as it likes": (ToolChoice(Choosing.AUTO), None, {"type": "auto"}),
    "none": (ToolChoice(Choosing.NONE), False, {"type": "none"}),
    "any": (ToolChoice(Choosing.REQUIRED), True, {"type": "any", "disable_parallel_tool_use": False}),
    "a certain one": (ToolChoice(Choosing.ONE, ("time",)), None, {"type": "tool", "name": "time"}),
    "one at a time": (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
    "as is usual": (None, True, None),
}


@pytest.mark.parametrize(("choice", "parallel", "told"), CHOICES.values(), ids=CHOICES)
def test_the_choice_among_tools(choice: ToolChoice | None, told: Any, *, parallel: bool | None) -> None:
    body = sent(tools=(WEATHER, TIME), tool_choice=choice, parallel_tool_calls=parallel)
    assert body.get("tool_choice") == told
    assert len(body["tools"]) == 2
    assert "tool_choice" not in sent(tool_choice=choice, parallel_tool_calls=parallel)


def test_where_only_some_tools_may_be_called_no_others_are_offered() -> None:
    body = sent(tools=(WEATHER, TIME), tool_choice=ToolChoice(Choosing.REQUIRED, ("time",)))
    assert [each["name"] for each in body["tools"]] == ["time"]
    assert body["tool_choice"] == {"type": "any"}


def test_a_schema_for_the_answer_is_asked_for_where_recorded_requests_do() -> None:
    body = sent(format=JsonSchema(msgspec.Raw(b'{"type":"object"}'), "answer", strict=True))
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": {"type": "object"}}}
    assert "output_config" not in sent(format=JsonObject())


def test_the_rest_of_what_can_be_said() -> None:
    body = sent(temperature=1.7, top_p=0.5, top_k=3, stop=("END",), user="u", seed=1, service_tier="flex", n=2)
    del body["messages"]
    assert body == {
        "model": "claude-opus-4-6",
        "max_tokens": 4096,
        "temperature": 1.0,
        "top_p": 0.5,
        "top_k": 3,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u"},
    }


THINKING: dict[str, tuple[str, Thinking, int, Any]] = {
    "an effort, to a model that decides by itself": (
        "claude-opus-4-6",
        Thinking(effort="low"),
        8000,
        ({"type": "adaptive"}, {"effort": "low"}),
    ),
    "the least effort": (
        "claude-opus-4-8",
        Thinking(effort="minimal"),
        8000,
        ({"type": "adaptive"}, {"effort": "low"}),
    ),
    "an effort that 4.6 refuses": (
        "claude-sonnet-4-6",
        Thinking(effort="xhigh"),
        8000,
        ({"type": "adaptive"}, {"effort": "high"}),
    ),
    "an effort that newer ones know": (
        "claude-fable-5",
        Thinking(effort="xhigh"),
        8000,
        ({"type": "adaptive"}, {"effort": "xhigh"}),
    ),
    "a budget, to a model that decides by itself": (
        "claude-opus-4-7",
        Thinking(budget_tokens=5000),
        8000,
        ({"type": "adaptive"}, {"effort": "medium"}),
    ),
    "thoughts hidden": (
        "claude-opus-4-7",
        Thinking(enabled=True, shown=False),
        8000,
        ({"type": "adaptive", "display": "omitted"}, None),
    ),
    "an effort, to a model with a budget": (
        "claude-haiku-4-5-20251001",
        Thinking(effort="medium"),
        8000,
        ({"type": "enabled", "budget_tokens": 4000}, None),
    ),
    "much effort": (
        "claude-sonnet-4-20250514",
        Thinking(effort="high"),
        64_000,
        ({"type": "enabled", "budget_tokens": 32_000}, None),
    ),
    "a budget larger than the answer": (
        "claude-3-7-sonnet-latest",
        Thinking(budget_tokens=9000),
        4000,
        ({"type": "enabled", "budget_tokens": 3999}, None),
    ),
    "no room to think": ("claude-sonnet-4-5", Thinking(effort="high"), 1024, (None, None)),
    "none, to a model that thinks unasked": (
        "claude-fable-5",
        Thinking(effort="none"),
        8000,
        ({"type": "disabled"}, None),
    ),
    "none, to a model that does not": ("claude-sonnet-4-5", Thinking(effort="none"), 8000, (None, None)),
    "a summary": (
        "claude-opus-4-8",
        Thinking(effort="high", summary="auto"),
        8000,
        ({"type": "adaptive", "display": "summarized"}, {"effort": "high"}),
    ),
    "a budget of none": ("claude-opus-4-7", Thinking(budget_tokens=0), 8000, ({"type": "disabled"}, None)),
    "only that it be shown": ("claude-opus-4-7", Thinking(summary="auto"), 8000, (None, None)),
}


@pytest.mark.parametrize(("model", "thinking", "limit", "told"), THINKING.values(), ids=THINKING)
def test_how_much_to_think(model: str, thinking: Thinking, limit: int, told: Any) -> None:
    body = sent(model=model, thinking=thinking, max_tokens=limit)
    assert (body.get("thinking"), body.get("output_config")) == told


CALL = ToolCall("a", "f", "{}")
THOUGHT = Reasoning("Hm", "sig", wire=Wire.MESSAGES)


@pytest.mark.parametrize(
    ("model", "said", "thinks"),
    {
        "a budget, and the thought was lost": ("claude-sonnet-4-5", (CALL,), False),
        "a budget, and the thought is there": ("claude-sonnet-4-5", (THOUGHT, CALL), True),
        "no budget": ("claude-opus-4-6", (CALL,), True),
    }.values(),
)
def test_after_a_tools_result_a_budget_needs_the_thought_that_led_to_the_call(
    model: str, said: tuple[Part, ...], *, thinks: bool
) -> None:
    turns = (HELLO, Message(Role.ASSISTANT, said), Message(Role.TOOL, (ToolResult("a"),)))
    assert ("thinking" in sent(*turns, model=model, thinking=Thinking(effort="high"), max_tokens=8000)) is thinks
    assert "thinking" in sent(*turns, HELLO, model=model, thinking=Thinking(effort="high"), max_tokens=8000)


def test_where_a_tool_must_be_called_nobody_is_asked_to_think() -> None:
    def told(model: str, choosing: Choosing) -> tuple[Any, Any]:
        given: Any = {"thinking": Thinking(effort="low"), "max_tokens": 8000, "tools": (TIME,)}
        body = sent(model=model, tool_choice=ToolChoice(choosing, ("time",)), **given)
        return body.get("thinking"), body.get("output_config")

    assert told("claude-opus-4-6", Choosing.ONE) == (None, {"effort": "low"})
    assert told("claude-sonnet-4-5", Choosing.REQUIRED) == (None, None)
    assert told("claude-opus-4-6", Choosing.AUTO) == ({"type": "adaptive"}, {"effort": "low"})


VERSIONS = {
    "claude-3-7-sonnet-20250219": (3, 7),
    "claude-3-opus-latest": (3, 0),
    "claude-sonnet-4-20250514": (4, 0),
    "claude-opus-4-1-20250805": (4, 1),
    "claude-haiku-4-5": (4, 5),
    "anthropic/claude-sonnet-4.6": (4, 6),
    "us.anthropic.claude-opus-4-8-v1:0": (4, 8),
    "claude-fable-5": (5, 0),
    "claude-instant-1.2": (1, 2),
    "my-own": (99, 0),
}


@pytest.mark.parametrize(("model", "version"), VERSIONS.items(), ids=VERSIONS)
def test_the_version_of_a_claude_by_its_name(model: str, version: tuple[int, int]) -> None:
    assert model_version(model) == version
