"""Chats, as providers of responses want them asked."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.chat import (
    Chat,
    Choosing,
    HostedTool,
    JsonObject,
    JsonSchema,
    Thinking,
    Tool,
    ToolChoice,
)
from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Citation,
    Document,
    Extra,
    Hosted,
    Image,
    Message,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.providers.responses.codec import CALLER, PROVIDER
from optipath_snapshot import Saying
from support.responses import normalised


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def written(chat: Chat, *, streams: bool = False) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(PROVIDER.write_chat(chat, "m", streams=streams).body)
    return said


def foreign(*messages: Message, **members: Any) -> Chat:
    """A chat of somebody who speaks OpenAI's chat completions."""
    return Chat(Wire.CHAT, messages, **members)


def items(*messages: Message) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = written(foreign(*messages)).get("input", [])
    return found


def user(*parts: Any) -> Message:
    return Message(Role.USER, parts)


# Of callers who speak otherwise.


def test_nothing_is_kept_that_another_caller_did_not_want_kept() -> None:
    assert written(foreign())["store"] is False
    assert written(foreign(store=True))["store"] is True
    assert "store" not in written(Chat(Wire.RESPONSES, ()))


def test_tools_are_as_strict_as_another_caller_means_them() -> None:
    schema = raw({"type": "object"})
    lax = written(foreign(tools=(Tool("f", parameters=schema),)))["tools"]
    ours = written(Chat(Wire.RESPONSES, (), tools=(Tool("f", parameters=schema),)))["tools"]
    assert lax == [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}]
    assert ours == [{"type": "function", "name": "f", "parameters": {"type": "object"}}]


def test_a_tool_without_arguments_has_a_schema_of_none() -> None:
    [tool] = written(foreign(tools=(Tool("f"),)))["tools"]
    assert tool["parameters"] == {"type": "object", "properties": {}}


def test_thoughts_that_are_asked_for_come_back_encrypted() -> None:
    assert written(foreign(thinking=Thinking(effort="low")))["include"] == ["reasoning.encrypted_content"]
    assert "include" not in written(foreign())
    assert "include" not in written(foreign(thinking=Thinking(enabled=False)))


EFFORTS = {
    "as it is named": (Thinking(effort="xhigh"), {"effort": "xhigh"}),
    "off": (Thinking(enabled=False), {"effort": "none"}),
    "no tokens": (Thinking(budget_tokens=0), {"effort": "none"}),
    "few tokens": (Thinking(enabled=True, budget_tokens=1024), {"effort": "low"}),
    "some tokens": (Thinking(budget_tokens=10_000), {"effort": "medium"}),
    "many tokens": (Thinking(budget_tokens=32_000), {"effort": "high"}),
    "as many as it likes": (Thinking(budget_tokens=-1, shown=True), {"summary": "auto"}),
    "just on": (Thinking(enabled=True), None),
}


@pytest.mark.parametrize(("thinking", "reasoning"), EFFORTS.values(), ids=EFFORTS)
def test_how_much_to_think(thinking: Thinking, reasoning: dict[str, Any] | None) -> None:
    assert written(foreign(thinking=thinking)).get("reasoning") == reasoning


def test_a_conversation_with_tools() -> None:
    assert items(
        Message(Role.SYSTEM, (Text("be brief"),), plain=True),
        Message(Role.USER, (Text("hi"),), plain=True),
        Message(
            Role.ASSISTANT, (Text("let me see"), ToolCall("call_1", "f", '{"a": 1'), ToolCall("call_2", "g", "{}"))
        ),
        Message(Role.TOOL, (ToolResult("call_1", (Text("1"),)),)),
        Message(Role.USER, (ToolResult("call_2", (Text("2"),)), Text("go on"))),
    ) == [
        {"type": "message", "role": "system", "content": "be brief"},
        {"type": "message", "role": "user", "content": "hi"},
        {"type": "message", "role": "assistant", "content": "let me see"},
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": '{"a": 1'},
        {"type": "function_call", "call_id": "call_2", "name": "g", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "1"},
        {"type": "function_call_output", "call_id": "call_2", "output": "2"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go on"}]},
    ]


CONTENT = {
    "text, but no mark of another's cache": (Text("a", cache=CacheMark()), {"type": "input_text", "text": "a"}),
    "an image": (
        Image(data="AAAA", media_type="image/jpeg", detail="high"),
        {"type": "input_image", "image_url": "data:image/jpeg;base64,AAAA", "detail": "high"},
    ),
    "an image elsewhere": (Image(url="https://a.test"), {"type": "input_image", "image_url": "https://a.test"}),
    "an image by its id": (Image(file_id="file-1"), {"type": "input_image", "file_id": "file-1"}),
    "a document without a name": (
        Document(data="AAAA", media_type="application/pdf"),
        {"type": "input_file", "filename": "document.pdf", "file_data": "data:application/pdf;base64,AAAA"},
    ),
    "a document with a title": (
        Document(data="AAAA", media_type="application/pdf", name="A report"),
        {"type": "input_file", "filename": "A report.pdf", "file_data": "data:application/pdf;base64,AAAA"},
    ),
    "a document that is text": (
        Document(text="hi", name="a.txt"),
        {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,aGk="},
    ),
    "a document elsewhere": (
        Document(url="https://a.test/b.pdf"),
        {"type": "input_file", "file_url": "https://a.test/b.pdf"},
    ),
    "a document by its id": (Document(file_id="file-1"), {"type": "input_file", "file_id": "file-1"}),
    "what was heard": (Audio(id="audio_1", transcript="hi"), {"type": "input_text", "text": "hi"}),
}


@pytest.mark.parametrize(("part", "said"), CONTENT.values(), ids=CONTENT)
def test_content(part: Any, said: dict[str, Any]) -> None:
    assert items(user(part)) == [{"type": "message", "role": "user", "content": [said]}]


def test_a_picture_that_the_model_made_is_shown_to_it() -> None:
    made = Image(data="AAAA", media_type="image/png")
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    assert items(Message(Role.ASSISTANT, (Text("here"), made, Text("you are")))) == [
        {"type": "message", "role": "assistant", "content": "here"},
        {"type": "message", "role": "user", "content": [image]},
        {"type": "message", "role": "assistant", "content": "you are"},
    ]


def test_results_may_be_more_than_text() -> None:
    rich = ToolResult("call_1", (Text("see"), Image(url="https://a.test")))
    [item] = items(Message(Role.TOOL, (rich,)))
    assert [part["type"] for part in item["output"]] == ["input_text", "input_image"]
    assert items(Message(Role.TOOL, (ToolResult("call_1"),)))[0]["output"] == ""


def test_citations_are_said_where_they_have_an_address() -> None:
    cited = Text("ab", (Citation(url="https://a.test", title="A"), Citation(quoted="in a document")))
    [item] = items(Message(Role.ASSISTANT, (cited,)))
    annotation = {"type": "url_citation", "url": "https://a.test", "title": "A", "start_index": 0, "end_index": 2}
    assert item["content"] == [{"type": "output_text", "text": "ab", "annotations": [annotation]}]


def test_what_another_dialect_alone_knows_is_left_out() -> None:
    theirs = Extra(Wire.CHAT, {"colour": raw("red")})
    chat = foreign(
        Message(Role.USER, (Text("hi", extra=theirs),), plain=True, extra=theirs),
        Message(
            Role.ASSISTANT,
            (Reasoning("hm", "sig", wire=Wire.MESSAGES), Hosted(Wire.MESSAGES, raw({"type": "x"})), Text("ho")),
        ),
        tools=(Tool("f", extra=theirs), HostedTool(Wire.GEMINI, raw({"googleSearch": {}}))),
        extra=theirs,
    )
    said = written(chat)
    assert [item["type"] for item in said["input"]] == ["message", "message"]
    assert len(said["tools"]) == 1
    assert b"red" not in PROVIDER.write_chat(chat, "m", streams=False).body


CHOICES = {
    "any": (ToolChoice(Choosing.AUTO), "auto"),
    "none": (ToolChoice(Choosing.NONE), "none"),
    "one at least": (ToolChoice(Choosing.REQUIRED), "required"),
    "one by name": (ToolChoice(Choosing.ONE, ("f",)), {"type": "function", "name": "f"}),
    "one of free text": (ToolChoice(Choosing.ONE, ("f",), custom=True), {"type": "custom", "name": "f"}),
    "some": (
        ToolChoice(Choosing.AUTO, ("f", "g")),
        {
            "type": "allowed_tools",
            "mode": "auto",
            "tools": [{"type": "function", "name": "f"}, {"type": "function", "name": "g"}],
        },
    ),
}


@pytest.mark.parametrize(("choice", "said"), CHOICES.values(), ids=CHOICES)
def test_which_tools_may_be_called(choice: ToolChoice, said: Any) -> None:
    assert written(foreign(tool_choice=choice))["tool_choice"] == said


def test_the_form_of_the_answer() -> None:
    schema = JsonSchema(raw({"type": "object"}), strict=True)
    told = {"type": "json_schema", "name": "answer", "schema": {"type": "object"}, "strict": True}
    assert written(foreign(format=schema, verbosity="low"))["text"] == {"format": told, "verbosity": "low"}
    assert written(foreign(format=JsonObject()))["text"] == {"format": {"type": "json_object"}}


SAID: dict[Saying, tuple[dict[str, Any], str]] = {
    Saying.PARALLEL_TOOLS: ({"parallel_tool_calls": False}, "parallel_tool_calls"),
    Saying.TOP_P: ({"top_p": 0.5}, "top_p"),
    Saying.LOG_PROBS: ({"logprobs": True, "top_logprobs": 2}, "top_logprobs"),
    Saying.VERBOSITY: ({"verbosity": "low"}, "text"),
    Saying.USER: ({"user": "u", "safety_identifier": "s", "metadata": raw({"a": "b"})}, "safety_identifier"),
    Saying.SERVICE_TIER: ({"service_tier": "flex"}, "service_tier"),
    Saying.STORE: ({"store": True}, "store"),
}


@pytest.mark.parametrize(("saying", "members", "name"), [(s, *rest) for s, rest in SAID.items()], ids=SAID)
def test_what_can_be_said_is_said(saying: Saying, members: dict[str, Any], name: str) -> None:
    assert saying in PROVIDER.sayings
    assert name in written(foreign(**members))


NEVER = {
    Saying.STOP: {"stop": ("x",)},
    Saying.SEED: {"seed": 1},
    Saying.TOP_K: {"top_k": 1},
    Saying.PENALTIES: {"presence_penalty": 1.0, "frequency_penalty": 1.0},
    Saying.LOGIT_BIAS: {"logit_bias": raw({"1": 1})},
    Saying.SEVERAL_CHOICES: {"n": 2},
}


@pytest.mark.parametrize(("saying", "members"), NEVER.items(), ids=NEVER)
def test_what_cannot_be_said_is_left_out(saying: Saying, members: dict[str, Any]) -> None:
    assert saying not in PROVIDER.sayings
    assert written(foreign(**members)) == written(foreign())


def test_streams_are_asked_for() -> None:
    assert written(foreign(), streams=True)["stream"] is True
    assert "stream" not in written(foreign())


# Of callers of this dialect.

names = st.text("abc_", min_size=1, max_size=5)
texts = st.text(max_size=8)
objects = st.fixed_dictionaries({}, optional={"a": st.integers(), "b": texts | st.booleans()})
input_parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("input_text"), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.just("input_image"), "image_url": st.sampled_from(["https://a.test", "data:image/png;base64,AA=="])}
    ),
    st.fixed_dictionaries({"type": st.just("input_file"), "file_id": names}, optional={"filename": names}),
)
output_parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("output_text"), "text": texts}),
    st.fixed_dictionaries({"type": st.just("refusal"), "refusal": texts}),
)
ids = st.integers(0, 10_000).map(lambda number: f"msg_{number}")


def spoken(role: str, parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    content = st.lists(parts, min_size=1, max_size=3)
    return st.fixed_dictionaries({"type": st.just("message"), "role": st.just(role), "content": content})


requests = st.fixed_dictionaries(
    {
        "input": st.lists(
            st.one_of(
                spoken("user", input_parts),
                spoken("system", input_parts),
                st.builds(lambda item, name: {**item, "id": name}, spoken("assistant", output_parts), ids),
                st.fixed_dictionaries(
                    {"type": st.just("function_call"), "call_id": names, "name": names, "arguments": texts},
                    optional={"id": ids, "namespace": names},
                ),
                st.fixed_dictionaries({"type": st.just("function_call_output"), "call_id": names, "output": texts}),
                st.fixed_dictionaries(
                    {
                        "type": st.just("reasoning"),
                        "id": ids,
                        "summary": st.lists(
                            st.fixed_dictionaries({"type": st.just("summary_text"), "text": st.text(min_size=1)}),
                            max_size=2,
                        ),
                    },
                    optional={"encrypted_content": st.text("ABC", min_size=1)},
                ),
                st.fixed_dictionaries({"type": st.sampled_from(["web_search_call", "mcp_call", "new"]), "x": objects}),
            ),
            min_size=1,
            max_size=6,
            # What names itself does so once: only so can two messages without a break between them be told apart.
            unique_by=lambda item: item.get("id") or id(item),
        )
    },
    optional={
        "instructions": texts,
        "temperature": st.floats(0, 2),
        "max_output_tokens": st.integers(1, 9),
        "tools": st.lists(
            st.fixed_dictionaries({"type": st.just("function"), "name": names}, optional={"parameters": objects}),
            min_size=1,
            max_size=2,
        ),
        "reasoning": st.fixed_dictionaries({"effort": names}, optional={"summary": names, "context": names}),
        "include": st.lists(
            st.sampled_from(["reasoning.encrypted_content", "message.output_text.logprobs", "a", "b"]),
            min_size=1,
            unique=True,
        ),
        "metadata": st.dictionaries(names, texts, min_size=1, max_size=2),
        "previous_response_id": names,
        "prompt_cache_retention": names,
        "colour": names,
    },
)


@pytest.mark.row("E01")
@given(asked=requests)
def test_a_caller_of_this_dialect_loses_nothing(asked: dict[str, Any]) -> None:
    chat = CALLER.read_chat(json.dumps({"model": "m", **asked}).encode())
    said = PROVIDER.write_chat(chat, "m", streams=False).body
    assert normalised(json.loads(said)) == normalised(asked)
    assert CALLER.read_chat(said) == chat
