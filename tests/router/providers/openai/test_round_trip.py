"""A request read and written again; what a chat says is what a family must be able to say."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.answer import Answer, Choice, Finish
from optipath_router.chat.chat import Chat, Choosing, JsonSchema, Thinking, Tool, ToolChoice
from optipath_router.chat.conversation import (
    CacheMark,
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
from optipath_router.chat.says import says
from optipath_router.errors import RequestRejected
from optipath_router.providers.openai.codec import CALLER, CODECS
from optipath_router.providers.openai.family import FAMILY
from optipath_snapshot import Saying
from support.chats import any_requests

OPENAI = CODECS["OpenAI"]


def written(chat: Chat, provider: str = "OpenAI", *, streams: bool = False) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(CODECS[provider].write_chat(chat, "m", streams=streams).body)
    return sent


def read(**members: Any) -> Chat:
    request = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **members}
    return CALLER.read_chat(json.dumps(request).encode())


@given(request=any_requests)
def test_a_request_loses_nothing_on_its_way_to_openai(request: dict[str, Any]) -> None:
    chat = CALLER.read_chat(json.dumps(request).encode())
    sent = json.loads(OPENAI.write_chat(chat, request["model"], streams=False).body)
    assert sent == request
    assert CALLER.read_chat(OPENAI.write_chat(chat, request["model"], streams=False).body) == chat


@given(request=any_requests, provider=st.sampled_from(sorted(FAMILY)))
def test_a_family_is_told_no_more_than_it_can_say(request: dict[str, Any], provider: str) -> None:
    """What is not in its sayings is left out; but files and parts that only this format has go to no other."""
    chat = CALLER.read_chat(json.dumps(request).encode())
    chat = msgspec.structs.replace(chat, extra=None, legacy_functions=False)
    again = says(CALLER.read_chat(CODECS[provider].write_chat(chat, "m", streams=False).body))
    assert again - CODECS[provider].sayings <= OF_THIS_FORMAT


OF_THIS_FORMAT = {
    Saying.OTHER,
    Saying.FILE_ID,
    Saying.STATE,
    Saying.DOCUMENT_DATA,
    Saying.IMAGE_URL,
    Saying.IMAGE_DATA,
    Saying.AUDIO_INPUT,
    Saying.TOOLS,  # calls in what was said before
    Saying.CUSTOM_TOOLS,
    Saying.PREFILL,  # whatever is last
    Saying.CACHE_MARKS,  # OpenAI's, which has keys and times, and no marks
}


@pytest.mark.parametrize("provider", sorted(FAMILY))
def test_each_family_says_what_it_says_it_can(provider: str) -> None:
    known = CODECS[provider].sayings
    chat = everything(known)
    sent = says(CALLER.read_chat(CODECS[provider].write_chat(chat, "m", streams=False).body))
    spelled_otherwise = {Saying.JSON_SCHEMA, Saying.JSON_MODE, Saying.ALLOWED_TOOLS, Saying.DOCUMENT_TEXT}
    assert (says(chat) & known) - spelled_otherwise <= sent


def everything(known: frozenset[Saying]) -> Chat:
    """A chat from elsewhere that says all that a family knows."""
    files: dict[Saying, Part] = {
        Saying.IMAGE_DATA: Image(data="AAAA", media_type="image/png"),
        Saying.IMAGE_URL: Image("https://example.com/a.png"),
        Saying.DOCUMENT_DATA: Document(data="AAAA", media_type="application/pdf", name="a.pdf"),
        Saying.DOCUMENT_URL: Document(url="https://example.com/a.pdf"),
    }
    parts: list[Part] = [
        Text("Hi", cache=CacheMark("5m")),
        *(part for saying, part in files.items() if saying in known),
    ]
    return Chat(
        Wire.MESSAGES,
        (
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, tuple(parts)),
            Message(Role.ASSISTANT, (ToolCall("c1", "f", "{}"),)),
            Message(Role.USER, (ToolResult("c1", (Text("done"),)), Text("And?"))),
            Message(Role.SYSTEM, (Text("Now in French."),)),
            Message(Role.ASSISTANT, (Text("Alors"),)),
        ),
        tools=(Tool("f", parameters=msgspec.Raw(b'{"type":"object"}'), strict=True),),
        tool_choice=ToolChoice(Choosing.REQUIRED),
        parallel_tool_calls=False,
        max_tokens=10,
        top_p=0.5,
        top_k=5,
        stop=("x",),
        seed=1,
        presence_penalty=0.5,
        logit_bias=msgspec.Raw(b'{"1":1}'),
        logprobs=True,
        n=2,
        format=JsonSchema(msgspec.Raw(b'{"type":"object"}')),
        thinking=Thinking(effort="high"),
        verbosity="low",
        user="u",
        service_tier="flex",
        store=True,
    )


def test_a_tool_s_results_stand_before_what_is_said_with_them() -> None:
    sent = written(everything(OPENAI.sayings))
    assert [message["role"] for message in sent["messages"]] == [
        "system", "user", "assistant", "tool", "user", "system", "assistant",
    ]  # fmt: skip


def test_texts_of_other_formats_become_one_where_only_one_is_understood() -> None:
    chat = Chat(Wire.MESSAGES, (Message(Role.SYSTEM, (Text("One."), Text("Two."))), Message(Role.USER, (Text("Hi"),))))
    assert written(chat)["messages"] == [
        {"role": "system", "content": "One.\n\nTwo."},
        {"role": "user", "content": "Hi"},
    ]


def test_thoughts_of_another_format_are_left_out() -> None:
    thought = Reasoning("Hm.", "SIG", wire=Wire.MESSAGES)
    for provider in FAMILY:
        chat = Chat(Wire.MESSAGES, (Message(Role.ASSISTANT, (thought, Text("Yes."))),))
        assert b"Hm." not in CODECS[provider].write_chat(chat, "m", streams=False).body


def test_thoughts_come_back_with_their_proof_to_the_format_that_wrote_them() -> None:
    """An app that sends back a message as it came sends back what only another format can read."""
    thoughts = (
        Reasoning("Hm.", "SIG", wire=Wire.MESSAGES),
        Reasoning(hidden="XYZ", wire=Wire.MESSAGES),
        Reasoning("Sum.", id="rs_1", summary=True, hidden="ENC", wire=Wire.RESPONSES),
    )
    parts = (*thoughts, Text("Yes."), ToolCall("c", "f", "{}", signature="G"))
    answer = Answer((Choice(parts, Finish.TOOL_CALLS),))
    message = json.loads(CALLER.write_answer(answer, Chat(Wire.CHAT, ())))["choices"][0]["message"]
    chat = CALLER.read_chat(json.dumps({"model": "m", "messages": [message]}).encode())
    assert chat.messages[0].parts == parts


def test_a_message_of_which_nothing_is_left_is_left_out() -> None:
    thought = Reasoning("Hm.", "SIG", wire=Wire.MESSAGES)
    said = (Message(Role.USER, (Text("Hi"),)), Message(Role.ASSISTANT, (thought,)))
    assert written(Chat(Wire.MESSAGES, said))["messages"] == [{"role": "user", "content": "Hi"}]


def test_a_refusal_is_text_where_no_other_word_is_known() -> None:
    chat = Chat(Wire.RESPONSES, (Message(Role.ASSISTANT, (Refusal("No."),)),))
    assert written(chat)["messages"] == [{"role": "assistant", "content": None, "refusal": "No."}]
    assert written(chat, "Groq")["messages"] == [{"role": "assistant", "content": "No."}]


def test_a_key_for_the_same_user_has_one_name_where_there_is_no_other() -> None:
    chat = read(safety_identifier="s")
    assert written(chat, "OpenRouter")["user"] == "s"
    assert written(chat)["safety_identifier"] == "s"


@pytest.mark.parametrize(
    ("thinking", "provider", "sent"),
    [
        (Thinking(budget_tokens=2000), "OpenAI", {"reasoning_effort": "low"}),
        (Thinking(budget_tokens=32000), "Groq", {"reasoning_effort": "high"}),
        (Thinking(effort="max"), "OpenAI", {"reasoning_effort": "xhigh"}),
        (Thinking(effort="minimal"), "Mistral", {"reasoning_effort": "none"}),
        (Thinking(enabled=False), "OpenAI", {}),
        (Thinking(enabled=False), "DeepSeek", {"thinking": {"type": "disabled"}}),
        (Thinking(effort="none"), "DeepSeek", {"thinking": {"type": "disabled"}}),
        (Thinking(enabled=True, budget_tokens=500), "Qwen", {"enable_thinking": True, "thinking_budget": 500}),
        (Thinking(enabled=True, budget_tokens=500), "OpenRouter", {"reasoning": {"max_tokens": 500, "enabled": True}}),
    ],
)
def test_each_is_told_in_its_own_words_how_much_to_think(
    thinking: Thinking, provider: str, sent: dict[str, Any]
) -> None:
    told = written(Chat(Wire.MESSAGES, (Message(Role.USER, (Text("Hi"),)),), thinking=thinking), provider)
    named = {"reasoning_effort", "thinking", "reasoning", "enable_thinking", "thinking_budget"}
    assert {name: told[name] for name in named & set(told)} == sent


WRONG = {
    "no messages": ({"messages": []}, "messages"),
    "a role": ({"messages": [{"role": "oracle", "content": "Hi"}]}, "messages[0].role"),
    "no role": ({"messages": [{"content": "Hi"}]}, "messages[0].role"),
    "a number for a content": ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
    "a part without a type": ({"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type"),
    "an image without a URL": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
        "messages[0].content[0].image_url.url",
    ),
    "a result of no call": ({"messages": [{"role": "tool", "content": "Hi"}]}, "messages[0].tool_call_id"),
    "a call without a name": (
        {"messages": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {}}]}]},
        "messages[0].tool_calls[0].function.name",
    ),
    "a choice of nothing": ({"tool_choice": "perhaps"}, "tool_choice"),
    "a format": ({"response_format": {"type": "xml"}}, "response_format.type"),
    "a temperature": ({"temperature": "hot"}, "temperature"),
    "a tool without a name": ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
}


@pytest.mark.parametrize(("members", "path"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(members: dict[str, Any], path: str) -> None:
    with pytest.raises(RequestRejected) as rejected:
        read(**members)
    assert rejected.value.param == path
    assert path in str(rejected.value)


def test_a_chat_of_plain_words_says_nothing() -> None:
    chat = read(temperature=0.5, max_tokens=10, n=1, top_p=1, store=False, tool_choice="auto", stream=True)
    assert says(chat) == frozenset()


@given(request=any_requests)
def test_whatever_is_extra_is_said(request: dict[str, Any]) -> None:
    chat = CALLER.read_chat(json.dumps(request).encode())
    extras = [chat.extra, *(message.extra for message in chat.messages), *(tool_extra(tool) for tool in chat.tools)]
    if any(extras):
        assert not {Saying.OTHER, Saying.HINTS}.isdisjoint(says(chat))


def tool_extra(tool: Any) -> Extra | None:
    return tool.extra if isinstance(tool, Tool) else None
