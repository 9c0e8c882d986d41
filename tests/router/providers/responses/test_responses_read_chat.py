"""What callers of `POST /v1/responses` ask for."""

import json
from typing import Any

import msgspec
import pytest

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
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.errors import RequestRejected
from optipath_router.providers.responses.codec import CALLER
from optipath_router.providers.responses.read_chat import INSTRUCTIONS
from optipath_router.providers.responses.thoughts import Sealed, seal

OURS = Wire.RESPONSES


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def chat(**asked: Any) -> Chat:
    return CALLER.read_chat(json.dumps({"model": "m", "input": "hi", **asked}).encode())


def messages(*items: dict[str, Any]) -> tuple[Message, ...]:
    return chat(input=list(items)).messages


def call(number: int = 1, **given: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": f"call_{number}", "name": "f", "arguments": "{}", **given}


def result(number: int = 1) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": f"call_{number}", "output": "42"}


def said(text: str, **given: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "role": "assistant", "content": content, **given}


def called(number: int = 1) -> ToolCall:
    return ToolCall(f"call_{number}", "f", "{}")


def told(number: int = 1) -> Message:
    return Message(Role.TOOL, (ToolResult(f"call_{number}", (Text("42"),)),))


# What was said.


def test_a_text_is_what_the_user_says() -> None:
    assert chat(input="hi").messages == (Message(Role.USER, (Text("hi"),), plain=True),)


def test_instructions_come_first() -> None:
    first = Message(Role.SYSTEM, (Text("be brief"),), plain=True, extra=INSTRUCTIONS)
    assert chat(instructions="be brief").messages[0] == first


ROLES = {"user": Role.USER, "system": Role.SYSTEM, "developer": Role.DEVELOPER, "assistant": Role.ASSISTANT}


@pytest.mark.parametrize(("named", "role"), ROLES.items())
def test_messages_have_roles(named: str, role: Role) -> None:
    assert messages({"role": named, "content": "hi"}) == (Message(role, (Text("hi"),), plain=True),)


PARTS: dict[str, tuple[dict[str, Any], Any]] = {
    "text": ({"type": "input_text", "text": "a"}, Text("a")),
    "text that a cache may keep": (
        {"type": "input_text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}},
        Text("a", cache=CacheMark("12h")),
    ),
    "an image elsewhere": (
        {"type": "input_image", "image_url": "https://a.test/b.png", "detail": "low"},
        Image(url="https://a.test/b.png", detail="low"),
    ),
    "an image as it is": (
        {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
        Image(data="AAAA", media_type="image/png"),
    ),
    "an image by its id": ({"type": "input_image", "file_id": "file-1"}, Image(file_id="file-1")),
    "a file elsewhere": (
        {"type": "input_file", "file_url": "https://a.test/b.pdf"},
        Document(url="https://a.test/b.pdf"),
    ),
    "a file as it is": (
        {"type": "input_file", "filename": "b.pdf", "file_data": "data:application/pdf;base64,AAAA"},
        Document(data="AAAA", media_type="application/pdf", name="b.pdf"),
    ),
    "a file without its kind": (
        {"type": "input_file", "filename": "b.pdf", "file_data": "AAAA"},
        Document(data="AAAA", name="b.pdf"),
    ),
    "a file by its id": ({"type": "input_file", "file_id": "file-1"}, Document(file_id="file-1")),
    "a sound": (
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        Audio(data="AAAA", format="wav"),
    ),
    "a member that is new": (
        {"type": "input_text", "text": "a", "colour": "red"},
        Text("a", extra=Extra(OURS, {"colour": raw("red")})),
    ),
}


@pytest.mark.parametrize(("written", "part"), PARTS.values(), ids=PARTS)
def test_messages_are_made_of_parts(written: dict[str, Any], part: Any) -> None:
    assert messages({"role": "user", "content": [written]}) == (Message(Role.USER, (part,)),)


def test_what_the_model_said_keeps_its_ids_and_citations() -> None:
    cited = {"type": "url_citation", "url": "https://a.test", "title": "A", "start_index": 0, "end_index": 2}
    filed = {"type": "file_citation", "file_id": "file-1", "filename": "a.txt", "index": 2}
    content = [
        {"type": "output_text", "text": "ab", "annotations": [cited, filed], "logprobs": []},
        {"type": "refusal", "refusal": "no"},
    ]
    citations = (
        Citation(url="https://a.test", title="A", start=0, end=2),
        Citation(extra=Extra(OURS, {name: raw(value) for name, value in filed.items()})),
    )
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}
    assert messages({**item, "phase": "commentary"}) == (
        Message(
            Role.ASSISTANT,
            (Text("ab", citations, item="msg_1", phase="commentary"), Refusal("no", item="msg_1")),
        ),
    )


def test_a_turn_of_the_models_is_one_message() -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}
    assert messages(thought, said("so"), call(1), call(2), result(1), result(2)) == (
        Message(
            Role.ASSISTANT,
            (Reasoning("hm", id="rs_1", summary=True, wire=OURS), Text("so"), called(1), called(2)),
        ),
        told(1),
        told(2),
    )


def test_calls_stay_together_whatever_is_said_between_them() -> None:
    assert messages(call(1), said("and"), call(2), result(1), result(2)) == (
        Message(Role.ASSISTANT, (called(1), Text("and"), called(2))),
        told(1),
        told(2),
    )


def test_two_messages_of_the_models_are_two() -> None:
    assert len(messages(said("one"), said("two"))) == 2


def test_an_item_with_a_member_that_is_new_stands_by_itself() -> None:
    first, second = messages(call(1), said("a", colour="red"))
    assert first.parts == (called(1),)
    assert second == Message(Role.ASSISTANT, (Text("a"),), extra=Extra(OURS, {"colour": raw("red")}))


def test_a_tool_that_takes_text() -> None:
    asked = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_1", "name": "sh", "input": "ls"}
    answered = {"type": "custom_tool_call_output", "call_id": "call_1", "output": "a.txt"}
    assert messages(asked, answered) == (
        Message(Role.ASSISTANT, (ToolCall("call_1", "sh", "ls", custom=True, item="ctc_1"),)),
        Message(Role.TOOL, (ToolResult("call_1", (Text("a.txt"),), custom=True),)),
    )


def test_a_tool_may_answer_with_more_than_text() -> None:
    output = [{"type": "input_text", "text": "see"}, {"type": "input_image", "file_id": "file-1"}]
    [message] = messages({**result(), "output": output})
    assert message.parts == (ToolResult("call_1", (Text("see"), Image(file_id="file-1"))),)


def test_thoughts_keep_what_is_hidden_of_them() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "content": [], "encrypted_content": "gAAA"}
    summary = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]
    told_more = {**item, "summary": summary, "content": [{"type": "reasoning_text", "text": "c"}]}
    hidden = Reasoning(hidden="gAAA", id="rs_1", wire=OURS)
    assert messages(item) == (Message(Role.ASSISTANT, (hidden,)),)
    assert messages(told_more)[0].parts == (
        Reasoning("a", id="rs_1", summary=True, wire=OURS),
        Reasoning("b", id="rs_1", summary=True, wire=OURS),
        Reasoning("c", id="rs_1", wire=OURS),
        hidden,
    )


def test_thoughts_of_another_provider_are_unsealed() -> None:
    sealed = seal(Sealed(Wire.MESSAGES, signature="sig"))
    content = [{"type": "reasoning_text", "text": "hm"}]
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "content": content, "encrypted_content": sealed}
    assert messages(item)[0].parts == (Reasoning("hm", "sig", wire=Wire.MESSAGES),)


@pytest.mark.parametrize("signature_first", [True, False])
def test_the_signature_of_a_call_finds_it_again(*, signature_first: bool) -> None:
    sealed = seal(Sealed(signature="sig", call="call_1"))
    carrier = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": sealed}
    items = (carrier, call(1)) if signature_first else (call(1), carrier)
    [message] = messages(*items)
    assert message.parts == (ToolCall("call_1", "f", "{}", signature="sig"),)


def test_a_seal_that_nobody_can_read_hides_nothing() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "optipath:?"}
    assert messages(item)[0].parts == (Reasoning(),)


HOSTED = {
    "web_search_call": Role.ASSISTANT,
    "computer_call_output": Role.TOOL,
    "mcp_approval_response": Role.TOOL,
    "additional_tools": Role.DEVELOPER,
    "item_reference": Role.ASSISTANT,
    "something_new": Role.ASSISTANT,
}


@pytest.mark.parametrize(("kind", "role"), HOSTED.items())
def test_what_only_the_provider_knows_passes_to_the_letter(kind: str, role: Role) -> None:
    item = {"type": kind, "id": "x_1", "action": {"deep": [1, None]}}
    assert messages(item) == (Message(role, (Hosted(OURS, raw(item), kind),)),)


# How it is to be answered.


def test_tools() -> None:
    function = {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}
    custom = {"type": "custom", "name": "g", "format": {"type": "text"}}
    search = {"type": "web_search", "search_context_size": "low"}
    assert chat(tools=[function, custom, search]).tools == (
        Tool("f", "d", raw({"type": "object"}), strict=True),
        Tool("g", custom=True, format=raw({"type": "text"})),
        HostedTool(OURS, raw(search), "web_search"),
    )


F, G = {"type": "function", "name": "f"}, {"type": "custom", "name": "g"}
CHOICES: dict[str, tuple[Any, ToolChoice | None]] = {
    "none said": (None, None),
    "auto": ("auto", ToolChoice(Choosing.AUTO)),
    "none": ("none", ToolChoice(Choosing.NONE)),
    "required": ("required", ToolChoice(Choosing.REQUIRED)),
    "a function": (F, ToolChoice(Choosing.ONE, ("f",))),
    "a tool of free text": (G, ToolChoice(Choosing.ONE, ("g",), custom=True)),
    "some": (
        {"type": "allowed_tools", "mode": "required", "tools": [F]},
        ToolChoice(Choosing.REQUIRED, ("f",)),
    ),
    "some of all kinds": (
        {"type": "allowed_tools", "mode": "auto", "tools": [F, {"type": "mcp"}]},
        ToolChoice(
            Choosing.AUTO, ("f",), extra=Extra(OURS, {"tools": msgspec.Raw(msgspec.json.encode([F, {"type": "mcp"}]))})
        ),
    ),
    "one of the provider's": (
        {"type": "web_search"},
        ToolChoice(Choosing.ONE, extra=Extra(OURS, {"type": raw("web_search")})),
    ),
}


@pytest.mark.parametrize(("written", "choice"), CHOICES.values(), ids=CHOICES)
def test_which_tools_may_be_called(written: Any, choice: ToolChoice | None) -> None:
    assert chat(tool_choice=written).tool_choice == choice


SCHEMA = {"type": "object"}
FORMATS: dict[str, tuple[dict[str, Any], JsonObject | JsonSchema | None]] = {
    "text": ({"type": "text"}, None),
    "any object": ({"type": "json_object"}, JsonObject()),
    "a schema": (
        {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True},
        JsonSchema(raw(SCHEMA), "n", strict=True),
    ),
}


@pytest.mark.parametrize(("written", "form"), FORMATS.values(), ids=FORMATS)
def test_the_form_of_the_answer(written: dict[str, Any], form: JsonObject | JsonSchema | None) -> None:
    assert chat(text={"format": written, "verbosity": "low"}) == chat_with(format=form, verbosity="low")


def chat_with(**members: Any) -> Chat:
    return Chat(OURS, (Message(Role.USER, (Text("hi"),), plain=True),), **members)


SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "numbers": (
        {"max_output_tokens": 9, "temperature": 0.5, "top_p": 0.9, "top_logprobs": 3, "parallel_tool_calls": False},
        {"max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "top_logprobs": 3, "parallel_tool_calls": False},
    ),
    "thinking": (
        {"reasoning": {"effort": "high", "summary": "auto", "context": "all_turns"}},
        {"thinking": Thinking(effort="high", summary="auto", extra=Extra(OURS, {"context": raw("all_turns")}))},
    ),
    "no thinking to speak of": ({"reasoning": {"effort": None}}, {}),
    "whom it is for": (
        {"user": "u", "safety_identifier": "s", "metadata": {"a": "b"}},
        {"user": "u", "safety_identifier": "s", "metadata": raw({"a": "b"})},
    ),
    "how it is kept": (
        {"store": False, "service_tier": "flex", "prompt_cache_key": "k", "prompt_cache_retention": "24h"},
        {"store": False, "service_tier": "flex", "cache_key": "k", "cache": CacheMark("24h")},
    ),
    "what to include": (
        {"include": ["reasoning.encrypted_content", "message.output_text.logprobs"]},
        {"sealed_thoughts": True, "logprobs": True},
    ),
    "what only the provider can include": (
        {"include": ["file_search_call.results"]},
        {"extra": Extra(OURS, {"include": raw(["file_search_call.results"])})},
    ),
    "what a provider has kept": (
        {"previous_response_id": "resp_1", "background": True},
        {"extra": Extra(OURS, {"previous_response_id": raw("resp_1"), "background": msgspec.Raw(b"true")})},
    ),
    "what is so anyway": (
        {"background": False, "truncation": "disabled", "metadata": {}, "stream": True, "include": []},
        {},
    ),
    "what is new": ({"colour": "red"}, {"extra": Extra(OURS, {"colour": raw("red")})}),
    "truncation": ({"truncation": "auto"}, {"extra": Extra(OURS, {"truncation": raw("auto")})}),
}


@pytest.mark.parametrize(("written", "members"), SETTINGS.values(), ids=SETTINGS)
def test_settings(written: dict[str, Any], members: dict[str, Any]) -> None:
    assert chat(**written) == chat_with(**members)


# What is wrong is named.

WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no input": ({"input": None}, "input", "is missing"),
    "an input that is neither": ({"input": 3}, "input", "got `int`"),
    "an item that is no object": ({"input": [3]}, "input[0]", "is no object"),
    "an item without a type": ({"input": [{}]}, "input[0]", "neither a type nor a role"),
    "a role": ({"input": [{"role": "critic", "content": ""}]}, "input[0].role", "'critic'"),
    "no content": ({"input": [{"role": "user"}]}, "input[0].content", "is missing"),
    "a part": (
        {"input": [{"role": "user", "content": [{"type": "hologram"}]}]},
        "input[0].content[0].type",
        "'hologram', and none of input_text",
    ),
    "an image of nothing": (
        {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
        "input[0].content[0]",
        "neither an image_url nor a file_id",
    ),
    "a file of nothing": (
        {"input": [{"role": "user", "content": [{"type": "input_file"}]}]},
        "input[0].content[0]",
        "none of file_data, file_url and file_id",
    ),
    "a call without a name": ({"input": [{**call(), "name": None}]}, "input[0].name", "is missing"),
    "a result of nothing": ({"input": [{**result(), "output": None}]}, "input[0].output", "is missing"),
    "arguments that are no text": ({"input": [call(arguments={})]}, "input[0].arguments", "is wrong"),
    "a tool without a name": ({"tools": [{"type": "function"}]}, "tools[0].name", "is missing"),
    "a choice": ({"tool_choice": "maybe"}, "tool_choice", "'maybe'"),
    "a mode": (
        {"tool_choice": {"type": "allowed_tools", "mode": "none", "tools": []}},
        "tool_choice.mode",
        "'none'",
    ),
    "allowed tools that are none": (
        {"tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": []}},
        "tool_choice.tools",
        "names no tool",
    ),
    "a format": ({"text": {"format": {"type": "yaml"}}}, "text.format.type", "'yaml'"),
    "a schema that is missing": ({"text": {"format": {"type": "json_schema"}}}, "text.format.schema", "is missing"),
    "a number": ({"max_output_tokens": "many"}, "max_output_tokens", "is wrong"),
}


@pytest.mark.parametrize(("written", "param", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(written: dict[str, Any], param: str, why: str) -> None:
    with pytest.raises(RequestRejected) as refused:
        chat(**written)
    assert refused.value.status == 400
    assert refused.value.param == param
    assert why in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(RequestRejected, match="the request is no object"):
        CALLER.read_chat(body)
