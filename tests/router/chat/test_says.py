"""Each saying, by the least that says it."""

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
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.chat.says import others, says
from optipath_snapshot import Saying

RAW = msgspec.Raw(b'{"a":1}')
EXTRA = Extra(Wire.CHAT, {"odd": RAW})
S = Saying

MEMBERS: list[tuple[dict[str, Any], set[Saying]]] = [
    ({"temperature": 0.5, "max_tokens": 3, "n": 1, "top_p": 1.0, "store": False, "service_tier": "auto"}, set()),
    ({"presence_penalty": 0.0, "logprobs": False, "logit_bias": msgspec.Raw(b"{}")}, set()),
    ({"tools": (Tool("f"),)}, {S.TOOLS}),
    ({"tools": (Tool("f", strict=True),)}, {S.TOOLS, S.STRICT_TOOLS}),
    ({"tools": (Tool("f", custom=True),)}, {S.TOOLS, S.CUSTOM_TOOLS}),
    ({"tools": (Tool("f", cache=CacheMark()),)}, {S.TOOLS, S.CACHE_MARKS}),
    ({"tools": (Tool("f", extra=EXTRA),)}, {S.TOOLS, S.OTHER}),
    ({"tools": (HostedTool(Wire.RESPONSES, RAW, "web_search"),)}, {S.HOSTED_TOOLS}),
    ({"tool_choice": ToolChoice(Choosing.AUTO)}, set()),
    ({"tool_choice": ToolChoice(Choosing.NONE)}, {S.TOOL_CHOICE}),
    ({"tool_choice": ToolChoice(Choosing.ONE, ("f",))}, {S.TOOL_CHOICE}),
    ({"tool_choice": ToolChoice(Choosing.ONE, ("f",), custom=True)}, {S.TOOL_CHOICE, S.CUSTOM_TOOLS}),
    ({"tool_choice": ToolChoice(Choosing.AUTO, ("f",))}, {S.ALLOWED_TOOLS}),
    ({"tool_choice": ToolChoice(Choosing.REQUIRED, ("f",))}, {S.ALLOWED_TOOLS, S.TOOL_CHOICE}),
    ({"parallel_tool_calls": False}, {S.PARALLEL_TOOLS}),
    ({"parallel_tool_calls": True}, set()),
    ({"n": 2}, {S.SEVERAL_CHOICES}),
    ({"stop": ("x",)}, {S.STOP}),
    ({"seed": 0}, {S.SEED}),
    ({"top_p": 0.5}, {S.TOP_P}),
    ({"top_k": 1}, {S.TOP_K}),
    ({"frequency_penalty": 0.1}, {S.PENALTIES}),
    ({"logit_bias": RAW}, {S.LOGIT_BIAS}),
    ({"logprobs": True}, {S.LOG_PROBS}),
    ({"format": JsonObject()}, {S.JSON_MODE}),
    ({"format": JsonSchema(RAW)}, {S.JSON_SCHEMA}),
    ({"thinking": Thinking(enabled=False)}, {S.THINKING}),
    ({"verbosity": "low"}, {S.VERBOSITY}),
    ({"modalities": ("text",)}, set()),
    ({"modalities": ("text", "audio")}, {S.AUDIO_OUTPUT}),
    ({"modalities": ("image",)}, {S.OTHER}),
    ({"user": "u"}, {S.USER}),
    ({"safety_identifier": "u"}, {S.USER}),
    ({"metadata": RAW}, {S.USER}),
    ({"service_tier": "flex"}, {S.SERVICE_TIER}),
    ({"store": True}, {S.STORE}),
    ({"cache": CacheMark()}, {S.CACHE_MARKS}),
    ({"cache_key": "k"}, {S.CACHE_MARKS}),
    ({"extra": Extra(Wire.CHAT, {})}, set()),
    ({"extra": EXTRA}, {S.OTHER}),
    ({"extra": Extra(Wire.RESPONSES, {"previous_response_id": RAW})}, {S.STATE}),
]

PARTS: list[tuple[Part, set[Saying]]] = [
    (Text("Hi"), set()),
    (Text("Hi", citations=(Citation("u"),)), {S.CITATIONS}),
    (Text("Hi", cache=CacheMark()), {S.CACHE_MARKS}),
    (Text("Hi", cache=CacheMark(extra=EXTRA)), {S.CACHE_MARKS, S.OTHER}),
    (Text("Hi", extra=EXTRA), {S.OTHER}),
    (Refusal("No"), set()),
    (Image("u"), {S.IMAGE_URL}),
    (Image(data="AA"), {S.IMAGE_DATA}),
    (Image(file_id="f"), {S.FILE_ID}),
    (Document(url="u"), {S.DOCUMENT_URL}),
    (Document(data="AA"), {S.DOCUMENT_DATA}),
    (Document(text="a"), {S.DOCUMENT_TEXT}),
    (Document(text="a", extra=Extra(Wire.MESSAGES, {"citations": RAW})), {S.DOCUMENT_TEXT, S.CITATIONS, S.OTHER}),
    (Audio("AA", "wav"), {S.AUDIO_INPUT}),
    (Audio(id="a"), {S.STATE}),
    (Reasoning("Hm"), {S.THOUGHTS}),
    (ToolCall("c", "f", "{}"), {S.TOOLS}),
    (ToolCall("c", "f", "{}", custom=True), {S.TOOLS, S.CUSTOM_TOOLS}),
    (ToolCall("c", "f", "{}", signature="s"), {S.TOOLS, S.THOUGHTS}),
    (ToolResult("c", (Text("a"),)), {S.TOOLS}),
    (ToolResult("c", failed=True), {S.TOOLS, S.TOOL_FAILED}),
    (ToolResult("c", (Image(data="AA"),)), {S.TOOLS, S.RICH_RESULTS, S.IMAGE_DATA}),
    (Hosted(Wire.MESSAGES, RAW), {S.HOSTED_TOOLS}),
    (Hosted(Wire.CHAT, RAW, "video_url"), {S.OTHER}),
]


def message(role: Role, *parts: Part, **given_: Any) -> Message:
    return Message(role, parts, **given_)


HELLO = message(Role.USER, Text("Hi"))

ORDERS: list[tuple[tuple[Message, ...], set[Saying]]] = [
    ((message(Role.SYSTEM, Text("a")), message(Role.DEVELOPER, Text("b")), HELLO), set()),
    ((HELLO, message(Role.SYSTEM, Text("a"))), {S.LATE_SYSTEM}),
    ((HELLO, message(Role.ASSISTANT, Text("a"))), {S.PREFILL}),
    ((HELLO, message(Role.ASSISTANT, Text("a")), HELLO), set()),
    ((HELLO, message(Role.ASSISTANT, Text("a"), ToolCall("c", "f", "{}"))), {S.TOOLS}),
    ((message(Role.USER, Text("Hi"), name="ann"),), {S.NAMES}),
    ((message(Role.USER, Text("Hi"), extra=EXTRA),), {S.OTHER}),
    ((message(Role.USER, Text("Hi"), extra=Extra(Wire.CHAT, {"prediction": RAW})),), {S.HINTS}),
]


@pytest.mark.parametrize(("members", "said"), MEMBERS, ids=",".join)
def test_members_say(members: dict[str, Any], said: set[Saying]) -> None:
    assert says(Chat(Wire.CHAT, (HELLO,), **members)) == said


@pytest.mark.parametrize(("part", "said"), PARTS)
def test_parts_say(part: Part, said: set[Saying]) -> None:
    assert says(Chat(Wire.CHAT, (message(Role.USER, part), HELLO))) == said


@pytest.mark.parametrize(("messages", "said"), ORDERS)
def test_the_order_says(messages: tuple[Message, ...], said: set[Saying]) -> None:
    assert says(Chat(Wire.CHAT, messages)) == said


def test_every_saying_is_said_by_something() -> None:
    said = [said for each in (MEMBERS, PARTS, ORDERS) for _, said in each]
    assert set().union(*said) == set(Saying)


@given(chosen=st.lists(st.sampled_from(MEMBERS), max_size=6), parts=st.lists(st.sampled_from(PARTS), max_size=4))
def test_a_chat_says_what_each_of_its_parts_says(
    chosen: list[tuple[dict[str, Any], set[Saying]]], parts: list[tuple[Part, set[Saying]]]
) -> None:
    members: dict[str, Any] = {}
    for each, _ in chosen:
        members |= each
    alone = says(Chat(Wire.CHAT, (HELLO,), **members))
    for _, said in parts:
        alone |= said
    assert says(Chat(Wire.CHAT, (message(Role.USER, *(part for part, _ in parts)), HELLO), **members)) == alone


def test_of_names_that_only_a_dialect_knows_none_is_quoted_that_may_be_more_than_a_name() -> None:
    names = ("top_k", "x.y-2", "jane@acme.com", "my password is", "long" * 17, "größe", "a\n")
    chat = Chat(Wire.CHAT, (HELLO,), extra=Extra(Wire.CHAT, dict.fromkeys(names, RAW)))
    assert others(chat) == ("top_k", "x.y-2", "…")
