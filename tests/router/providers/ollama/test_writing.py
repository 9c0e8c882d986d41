"""Chats as Ollama's own API wants them."""

import json
from typing import Any

import pytest
from msgspec import Raw

from optipath_router.chat.chat import Chat, HostedTool, JsonObject, JsonSchema, Thinking, Tool
from optipath_router.chat.conversation import (
    Document,
    Extra,
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
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers.ollama.codec import OLLAMA
from support.wire import exchanges

ASKED = Message(Role.USER, (Text("Hi"),))


def sent(*messages: Message, streams: bool = False, **given: Any) -> dict[str, Any]:
    chat = Chat(Wire.CHAT, messages or (ASKED,), **given)
    body: dict[str, Any] = json.loads(OLLAMA.write_chat(chat, "llama3", streams=streams).body)
    return body


def messages(*said: Message) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = sent(*said)["messages"]
    return told


def said(*parts: Part) -> Message:
    return Message(Role.ASSISTANT, parts)


def test_recorded_requests_are_written_as_ollama_took_them() -> None:
    written = 0
    for exchange in exchanges("ollama.chat"):
        if exchange["request"]:
            body = exchange["request"]["body"]
            options = body["options"]
            chat = Chat(
                Wire.CHAT,
                tuple(Message(Role(each["role"]), (Text(each["content"]),)) for each in body["messages"]),
                max_tokens=options.get("num_predict"),
                temperature=options.get("temperature"),
                format=JsonObject() if body["format"] == "json" else None,
            )
            ours = json.loads(OLLAMA.write_chat(chat, body["model"], streams=body.get("stream", True)).body)
            # It streams where nothing is said of it; and `think` is no option: Ollama passed over it.
            body = {"stream": True, **body, "options": {name: options[name] for name in options if name != "think"}}
            assert ours == {name: value for name, value in body.items() if value not in ("", None, {})}
            written += 1
    assert written == 8


def test_whether_it_streams_is_always_said() -> None:
    assert sent(streams=False)["stream"] is False
    assert sent(streams=True)["stream"] is True


def test_who_speaks_is_said_where_they_speak() -> None:
    told = messages(
        Message(Role.DEVELOPER, (Text("a"), Text("b"))),
        ASKED,
        said(Text("c"), Text("d")),
        Message(Role.SYSTEM, (Text("e"),)),
    )
    assert told == [
        {"role": "system", "content": "a\n\nb"},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "cd"},
        {"role": "system", "content": "e"},
    ]


def test_pictures_stand_beside_the_text_and_documents_in_it() -> None:
    parts = (Text("Look"), Image(data="QQ==", media_type="image/png"), Document(text="It is so."))
    assert messages(Message(Role.USER, parts)) == [{"role": "user", "content": "Look\n\nIt is so.", "images": ["QQ=="]}]


def test_calls_and_results_find_each_other_by_id_and_by_name() -> None:
    told = messages(
        ASKED,
        said(Reasoning("Hm", wire=Wire.OLLAMA), ToolCall("1", "f", '{"x": 1}'), ToolCall("2", "g", "[broken")),
        Message(Role.TOOL, (ToolResult("1", (Text("a"), Text("b"))),)),
        # As Anthropic's callers put them: results and what the user adds in one message.
        Message(Role.USER, (ToolResult("2", (Text("c"),)), Text("So?"))),
    )
    assert told[1:] == [
        {
            "role": "assistant",
            "content": "",
            "thinking": "Hm",
            "tool_calls": [
                {"id": "1", "function": {"name": "f", "arguments": {"x": 1}}},
                {"id": "2", "function": {"name": "g", "arguments": {"INVALID_JSON": "[broken"}}},
            ],
        },
        {"role": "tool", "tool_name": "f", "tool_call_id": "1", "content": "a\nb"},
        {"role": "tool", "tool_name": "g", "tool_call_id": "2", "content": "c"},
        {"role": "user", "content": "So?"},
    ]


def test_a_result_without_a_call_has_the_calls_id_for_a_name() -> None:
    assert messages(ASKED, Message(Role.TOOL, (ToolResult("call_9"),)))[1]["tool_name"] == "call_9"


def test_a_result_without_any_name_is_not_spoken_and_says_where_it_stands() -> None:
    with pytest.raises(TargetUnavailable, match=r"message 2 of the chat \(role tool\)") as raised:
        sent(ASKED, Message(Role.TOOL, (ToolResult(""),)))
    assert raised.value.outcome is Outcome.NOT_SPOKEN


def test_what_ollama_has_no_word_for_is_left_out() -> None:
    told = messages(
        ASKED,
        said(Reasoning("Hm", signature="s", wire=Wire.MESSAGES), Refusal("No"), ToolCall("1", "f", "x", custom=True)),
        Message(Role.TOOL, (ToolResult("1", (Text("b"),)),)),
        Message(Role.USER, (Text("So?"), Image(url="https://a/b.png"))),
        said(Text("Well")),
    )
    assert told == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "No"},
        {"role": "user", "content": "So?"},
    ]


def test_tools_always_have_parameters() -> None:
    body = sent(tools=(Tool("f", "Does it.", Raw(b'{"type":"object"}')), Tool("g"), HostedTool(Wire.CHAT, Raw(b"{}"))))
    assert body["tools"] == [
        {"type": "function", "function": {"name": "f", "description": "Does it.", "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "g", "parameters": {"type": "object", "properties": {}}}},
    ]


def test_numbers_and_limits_are_options() -> None:
    body = sent(
        max_tokens=9,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=("a",),
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=-0.1,
        format=JsonSchema(Raw(b'{"type":"object"}')),
    )
    assert body["options"] == {
        "num_predict": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "stop": ["a"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
    }
    assert body["format"] == {"type": "object"}


THINKING: dict[str, tuple[Thinking, Any]] = {
    "off": (Thinking(enabled=False, effort="high"), False),
    "none": (Thinking(effort="none"), False),
    "on": (Thinking(enabled=True), True),
    "a budget": (Thinking(enabled=True, budget_tokens=500), True),
    "minimal": (Thinking(effort="minimal"), "low"),
    "high": (Thinking(enabled=True, effort="high"), "high"),
    "only shown": (Thinking(shown=True), None),
}


@pytest.mark.parametrize(("thinking", "think"), THINKING.values(), ids=THINKING)
def test_thinking_is_on_off_or_a_level(thinking: Thinking, think: Any) -> None:
    assert sent(thinking=thinking).get("think") == think


def test_members_that_only_ollama_knows_are_said_again() -> None:
    extra = Extra(Wire.OLLAMA, {"keep_alive": Raw(b'"5m"'), "model": Raw(b'"other"')})
    body = sent(extra=extra)
    assert (body["keep_alive"], body["model"]) == ("5m", "llama3")
