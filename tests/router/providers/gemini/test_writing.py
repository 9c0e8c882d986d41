"""Chats as Gemini wants them, where no recording shows it."""

import json
from typing import Any

import pytest
from msgspec import Raw

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonObject, JsonSchema, Thinking, Tool, ToolChoice
from optipath_router.chat.conversation import (
    Audio,
    Document,
    Extra,
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
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers.gemini.codec import GEMINI
from optipath_router.providers.gemini.write_chat import write_count

ASKED = Message(Role.USER, (Text("Hi"),))
TOOL = Tool("f", "Does it.", Raw(b'{"type":"object","$defs":{}}'))


def sent(*messages: Message, model: str = "gemini-2.5-flash", **given: Any) -> dict[str, Any]:
    chat = Chat(Wire.CHAT, messages or (ASKED,), **given)
    body: dict[str, Any] = json.loads(GEMINI.write_chat(chat, model, streams=False).body)
    return body


def user(*parts: Part) -> Message:
    return Message(Role.USER, parts)


def said(*parts: Part) -> Message:
    return Message(Role.ASSISTANT, parts)


def result(call_id: str, *parts: Any, **given: Any) -> Message:
    return Message(Role.TOOL, (ToolResult(call_id, parts, **given),))


def turns(*messages: Message, **given: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(each["role"], each["parts"]) for each in sent(*messages, **given)["contents"]]


PATHS = {
    "gemini-2.5-pro": "/models/gemini-2.5-pro:generateContent",
    "models/gemini-2.5-pro": "/models/gemini-2.5-pro:generateContent",
    "tunedModels/mine": "/tunedModels/mine:generateContent",
    "a?key=b#c": "/models/a%3Fkey%3Db%23c:generateContent",
}


@pytest.mark.parametrize(("model", "path"), PATHS.items(), ids=PATHS)
def test_the_path_names_the_model(model: str, path: str) -> None:
    chat = Chat(Wire.CHAT, (ASKED,))
    assert GEMINI.write_chat(chat, model, streams=False).path == path
    streamed = path.replace(":generateContent", ":streamGenerateContent?alt=sse")
    assert GEMINI.write_chat(chat, model, streams=True).path == streamed


def test_what_system_and_developer_say_is_the_instruction() -> None:
    body = sent(Message(Role.SYSTEM, (Text("a"),)), ASKED, Message(Role.DEVELOPER, (Text("b"), Text(""))))
    assert body == {
        "systemInstruction": {"parts": [{"text": "a"}, {"text": "b"}]},
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    }


def test_a_system_message_alone_is_asked() -> None:
    assert sent(Message(Role.SYSTEM, (Text("Go"),))) == {"contents": [{"role": "user", "parts": [{"text": "Go"}]}]}


def test_a_begin_of_the_answer_and_empty_texts_are_left_out() -> None:
    assert turns(user(Text("Hi"), Text("")), said(Text("Well"))) == [("user", [{"text": "Hi"}])]


def test_a_call_that_nobody_has_answered_is_no_begin_of_an_answer() -> None:
    assert [role for role, _ in turns(ASKED, said(Text("a"), ToolCall("1", "f", "{}")))] == ["user", "model"]


def test_messages_of_one_side_become_one_content() -> None:
    calls = said(ToolCall("1", "f", '{"x": 1}'), ToolCall("2", "g", ""))
    told = turns(ASKED, user(Text("Ho")), calls, result("2", Text("b")), result("1", Text("a")), user(Text("So?")))
    assert told == [
        ("user", [{"text": "Hi"}, {"text": "Ho"}]),
        (
            "model",
            [
                {"functionCall": {"id": "1", "name": "f", "args": {"x": 1}}},
                {"functionCall": {"id": "2", "name": "g", "args": {}}},
            ],
        ),
        (
            "user",
            [
                {"functionResponse": {"id": "2", "name": "g", "response": {"output": "b"}}},
                {"functionResponse": {"id": "1", "name": "f", "response": {"output": "a"}}},
                {"text": "So?"},
            ],
        ),
    ]


RESULTS: dict[str, tuple[ToolResult, dict[str, Any]]] = {
    "text": (ToolResult("1", (Text("a"), Text("b"))), {"output": "a\nb"}),
    "an object": (ToolResult("1", (Text('{"a": 1}'),)), {"a": 1}),
    "a list": (ToolResult("1", (Text("[1]"),)), {"output": "[1]"}),
    "nothing": (ToolResult("1"), {"output": ""}),
    "a failure": (ToolResult("1", (Text('{"a": 1}'),), failed=True), {"error": '{"a": 1}'}),
}


@pytest.mark.parametrize(("told", "response"), RESULTS.values(), ids=RESULTS)
def test_a_result_is_an_object(told: ToolResult, response: dict[str, Any]) -> None:
    parts = turns(ASKED, said(ToolCall("1", "f", "{}")), Message(Role.TOOL, (told,)))[-1][1]
    assert parts == [{"functionResponse": {"id": "1", "name": "f", "response": response}}]


def test_a_result_has_the_name_of_the_last_call_with_its_id() -> None:
    told = turns(
        ASKED,
        said(ToolCall("call_0", "f", "{}")),
        result("call_0", Text("a")),
        said(ToolCall("call_0", "g", "{}")),
        result("call_0", Text("b")),
    )
    names = [part["functionResponse"]["name"] for _, parts in told for part in parts if "functionResponse" in part]
    assert names == ["f", "g"]


def test_a_result_without_a_call_has_the_calls_id_for_a_name() -> None:
    def name(*given: Message) -> str:
        told: str = turns(ASKED, *given)[0][1][1]["functionResponse"]["name"]
        return told

    assert name(result("call_9", Text("a"))) == "call_9"
    assert name(result("call_9", Text("a"), name="f")) == "f"


def test_a_result_without_any_name_is_not_spoken_and_says_where_it_stands() -> None:
    system = Message(Role.SYSTEM, (Text("Be brief."),))
    with pytest.raises(TargetUnavailable, match=r"message 3 of the chat \(role tool\)") as raised:
        sent(system, ASKED, result("", Text("a")))
    assert raised.value.outcome is Outcome.NOT_SPOKEN


def test_files_of_a_result_stand_in_it_for_newer_models_and_beside_it_for_older() -> None:
    chat = (
        ASKED,
        said(ToolCall("1", "f", "{}", signature="s")),
        result("1", Image(data="QQ==", media_type="image/png")),
    )
    file = {"inlineData": {"mimeType": "image/png", "data": "QQ=="}}
    told = {"id": "1", "name": "f", "response": {}}
    assert turns(*chat)[-1][1] == [{"functionResponse": told}, file]
    assert turns(*chat, model="gemini-3-pro")[-1][1] == [{"functionResponse": {**told, "parts": [file]}}]


def test_arguments_that_are_no_object_are_told_as_they_were_written() -> None:
    for broken in ('{"a": ', "[1]", '"x"'):
        call = turns(ASKED, said(ToolCall("1", "f", broken)), result("1"))[1][1][0]["functionCall"]
        assert call["args"] == {"INVALID_JSON": broken}


def test_tools_that_take_free_text_are_left_out_with_their_results() -> None:
    told = turns(
        ASKED,
        said(Text("a"), ToolCall("1", "f", "x", custom=True)),
        result("1", Text("b")),
        user(Text("c")),
        tools=(Tool("f", custom=True),),
    )
    assert told == [("user", [{"text": "Hi"}]), ("model", [{"text": "a"}]), ("user", [{"text": "c"}])]


# Thoughts and what proves them.


def test_signatures_go_back_to_where_they_came_from() -> None:
    thought = Reasoning("Hm", signature="s1", wire=Wire.GEMINI)
    of_text = Reasoning(signature="s2", wire=Wire.GEMINI)
    call = ToolCall("1", "f", "{}", signature="s3")
    told = turns(ASKED, said(thought, Text("It"), of_text, call, of_text), result("1"), model="gemini-3-pro")
    assert told[1][1] == [
        {"text": "Hm", "thought": True, "thoughtSignature": "s1"},
        {"text": "It", "thoughtSignature": "s2"},
        {"functionCall": {"id": "1", "name": "f", "args": {}}, "thoughtSignature": "s3"},
        {"text": "", "thoughtSignature": "s2"},
    ]


def test_thoughts_of_others_are_left_out() -> None:
    others = [Reasoning("Hm", signature="s", wire=wire) for wire in (Wire.MESSAGES, Wire.RESPONSES, None)]
    assert turns(ASKED, said(*others, Text("It")), user(Text("So?")))[1][1] == [{"text": "It"}]


def test_a_first_call_whose_signature_was_lost_says_so_to_models_that_want_one() -> None:
    chat = (ASKED, said(ToolCall("1", "f", "{}"), ToolCall("2", "g", "{}")), result("1"), result("2"))
    for model, lost in (("gemini-3-pro", True), ("gemini-flash-latest", True), ("gemini-2.5-pro", False)):
        signatures = [part.get("thoughtSignature") for part in turns(*chat, model=model)[1][1]]
        assert signatures == ["skip_thought_signature_validator" if lost else None, None]


def test_what_gemini_ran_itself_goes_back_to_it_and_what_others_ran_does_not() -> None:
    raw = Raw(b'{"executableCode":{"code":"1"},"thoughtSignature":"s"}')
    told = turns(ASKED, said(Hosted(Wire.GEMINI, raw), Hosted(Wire.MESSAGES, raw), Text("a")), user(Text("b")))
    assert told[1][1] == [{"executableCode": {"code": "1"}, "thoughtSignature": "s"}, {"text": "a"}]


# Files.

FILES: dict[str, tuple[Part, dict[str, Any] | None]] = {
    "picture": (Image(data="QQ==", media_type="image/png"), {"inlineData": {"mimeType": "image/png", "data": "QQ=="}}),
    "picture by URL": (
        Image(url="https://a/b.JPG?c=d"),
        {"fileData": {"fileUri": "https://a/b.JPG?c=d", "mimeType": "image/jpeg"}},
    ),
    "picture by an unknown URL": (Image(url="https://a/b"), {"fileData": {"fileUri": "https://a/b"}}),
    "document": (
        Document(data="QQ==", media_type="application/pdf", name="a.pdf"),
        {"inlineData": {"mimeType": "application/pdf", "data": "QQ=="}},
    ),
    "document of text": (Document(text="é"), {"inlineData": {"mimeType": "text/plain", "data": "w6k="}}),
    "sound": (Audio(data="QQ==", format="mp3"), {"inlineData": {"mimeType": "audio/mpeg", "data": "QQ=="}}),
    "sound of another form": (
        Audio(data="QQ==", format="wav"),
        {"inlineData": {"mimeType": "audio/wav", "data": "QQ=="}},
    ),
    "sound that was said before": (Audio(id="a", transcript="Hello"), {"text": "Hello"}),
    "refusal": (Refusal("No"), {"text": "No"}),
    "file that another provider keeps": (Document(file_id="file-1"), None),
}


@pytest.mark.parametrize(("part", "told"), FILES.values(), ids=FILES)
def test_a_file_is_told_with_its_media_type(part: Part, told: dict[str, Any] | None) -> None:
    assert turns(user(Text("Look"), part))[0][1] == [{"text": "Look"}, *([told] if told else [])]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.CSV", "text/csv"), ("a.pdf", "application/pdf"), ("a", "application/pdf"), (None, "application/pdf")],
)
def test_a_file_without_a_media_type_has_that_of_its_name_or_is_a_pdf(name: str | None, kind: str) -> None:
    [(_, [told])] = turns(user(Document(data="QQ==", name=name)))
    assert told == {"inlineData": {"mimeType": kind, "data": "QQ=="}}


@pytest.mark.parametrize("part", [Image(data="QQ=="), Audio(data="QQ==")], ids=["picture", "sound"])
def test_data_of_which_nothing_tells_the_kind_is_not_spoken_and_says_where_it_stands(part: Image | Audio) -> None:
    for message in (user(part), result("1", part, name="f")):
        with pytest.raises(TargetUnavailable, match=r"message 2 of the chat") as raised:
            sent(ASKED, message)
        assert raised.value.outcome is Outcome.NOT_SPOKEN


# Tools.


def test_schemas_of_tools_go_as_they_are() -> None:
    body = sent(
        tools=(TOOL, Tool("g"), HostedTool(Wire.GEMINI, Raw(b'{"googleSearch":{}}')), HostedTool(Wire.CHAT, Raw(b"{}")))
    )
    assert body["tools"] == [
        {
            "functionDeclarations": [
                {"name": "f", "description": "Does it.", "parametersJsonSchema": {"type": "object", "$defs": {}}},
                {"name": "g"},
            ]
        },
        {"googleSearch": {}},
    ]
    assert "toolConfig" not in body


CHOICES: dict[str, tuple[ToolChoice | None, bool, dict[str, Any] | None]] = {
    "free": (ToolChoice(Choosing.AUTO), False, None),
    "none": (ToolChoice(Choosing.NONE), False, {"mode": "NONE"}),
    "any": (ToolChoice(Choosing.REQUIRED), False, {"mode": "ANY"}),
    "one": (ToolChoice(Choosing.ONE, ("f",)), False, {"mode": "ANY", "allowedFunctionNames": ["f"]}),
    "any of some": (ToolChoice(Choosing.REQUIRED, ("f",)), True, {"mode": "ANY", "allowedFunctionNames": ["f"]}),
    "free among some": (
        ToolChoice(Choosing.AUTO, ("f",)),
        False,
        {"mode": "VALIDATED", "allowedFunctionNames": ["f"]},
    ),
    "strict": (None, True, {"mode": "VALIDATED"}),
}


@pytest.mark.parametrize(("choice", "strict", "told"), CHOICES.values(), ids=CHOICES)
def test_how_free_the_model_is(
    choice: ToolChoice | None,
    strict: bool,  # noqa: FBT001  a column of the table
    told: dict[str, Any] | None,
) -> None:
    body = sent(tools=(Tool("f", strict=strict), Tool("g")), tool_choice=choice)
    assert body.get("toolConfig", {}).get("functionCallingConfig") == told


def test_a_choice_without_tools_is_none() -> None:
    assert "toolConfig" not in sent(tool_choice=ToolChoice(Choosing.NONE))


# How to answer.


def test_numbers_and_limits_have_gemini_s_names() -> None:
    body = sent(
        max_tokens=9,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=("a", "b"),
        seed=7,
        n=2,
        presence_penalty=0.1,
        frequency_penalty=-0.1,
        logprobs=True,
        top_logprobs=3,
        format=JsonObject(),
    )
    assert body["generationConfig"] == {
        "maxOutputTokens": 9,
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 40,
        "stopSequences": ["a", "b"],
        "seed": 7,
        "candidateCount": 2,
        "presencePenalty": 0.1,
        "frequencyPenalty": -0.1,
        "responseLogprobs": True,
        "logprobs": 3,
        "responseMimeType": "application/json",
    }


def test_a_schema_goes_as_it_is() -> None:
    config = sent(format=JsonSchema(Raw(b'{"$ref":"#/$defs/a"}'), name="x"))["generationConfig"]
    assert config == {"responseMimeType": "application/json", "responseJsonSchema": {"$ref": "#/$defs/a"}}


def test_what_is_not_said_is_not_written() -> None:
    assert sent(n=1, logprobs=False, user="u", verbosity="low") == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}]
    }


THINKING: dict[str, tuple[Thinking, dict[str, Any] | None, dict[str, Any] | None]] = {
    "shown": (Thinking(shown=True), {"includeThoughts": True}, {"includeThoughts": True}),
    "budget": (Thinking(budget_tokens=500), {"thinkingBudget": 500}, {"thinkingBudget": 500}),
    "low": (Thinking(effort="low"), {"thinkingBudget": 1024}, {"thinkingLevel": "low"}),
    "medium": (Thinking(effort="medium"), {"thinkingBudget": 8192}, {"thinkingLevel": "medium"}),
    "max": (Thinking(effort="max"), {"thinkingBudget": 24576}, {"thinkingLevel": "high"}),
    "minimal": (Thinking(effort="minimal"), {"thinkingBudget": 1024}, {"thinkingLevel": "minimal"}),
    "none": (Thinking(effort="none"), {"thinkingBudget": 0}, {"thinkingLevel": "minimal"}),
    "off": (Thinking(enabled=False, budget_tokens=9), {"thinkingBudget": 0}, {"thinkingLevel": "minimal"}),
    "on": (Thinking(enabled=True), {"thinkingBudget": -1}, None),
    "unknown": (Thinking(effort="galactic"), None, None),
}


@pytest.mark.parametrize(("thinking", "older", "newer"), THINKING.values(), ids=THINKING)
def test_thinking_is_a_budget_for_older_models_and_a_level_for_newer(
    thinking: Thinking, older: dict[str, Any] | None, newer: dict[str, Any] | None
) -> None:
    for model, told in (("models/gemini-2.5-flash", older), ("gemini-3-flash-preview", newer)):
        config = sent(model=model, thinking=thinking).get("generationConfig", {})
        assert config.get("thinkingConfig") == told


def test_models_that_cannot_but_think_think_as_little_as_they_can() -> None:
    for model, told in (("gemini-2.5-pro", {"thinkingBudget": 128}), ("gemini-3-pro", {"thinkingLevel": "low"})):
        config = sent(model=model, thinking=Thinking(effort="none"))["generationConfig"]
        assert config == {"thinkingConfig": told}


def test_members_that_only_gemini_knows_are_said_again_and_those_of_others_are_not() -> None:
    own = Extra(Wire.GEMINI, {"cachedContent": Raw(b'"cachedContents/1"'), "labels": Raw(b'{"a":"b"}')})
    assert sent(extra=own).items() >= {"cachedContent": "cachedContents/1", "labels": {"a": "b"}}.items()
    assert "x" not in sent(extra=Extra(Wire.CHAT, {"x": Raw(b"1")}))


def test_tokens_are_counted_of_the_whole_request() -> None:
    outgoing = write_count(Chat(Wire.CHAT, (ASKED,), tools=(TOOL,)), "gemini-2.5-flash")
    assert outgoing.path == "/models/gemini-2.5-flash:countTokens"
    request = json.loads(outgoing.body)["generateContentRequest"]
    assert request["model"] == "models/gemini-2.5-flash"
    assert request["tools"][0]["functionDeclarations"][0]["name"] == "f"
