"""What routing looks at in a request for a response."""

import json
from typing import Any

import pytest

from optipath_router.chat.request import MAX_COMMAS, Asked, ChatRequest, Message, Part
from optipath_router.classify import features
from optipath_router.errors import RequestRejected
from optipath_router.providers.responses.asked import read_asked
from optipath_snapshot import Capability


def asked(**members: Any) -> Asked:
    return read_asked(json.dumps({"model": "m", "input": "hi", **members}).encode())


def needs(**members: Any) -> set[Capability]:
    request = ChatRequest("r", "d", 0.0, {}, b"", asked(**members))
    return set(features(request).needs) - {Capability.CHAT}


def said(*content: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(content)}]


def test_a_text_is_what_the_user_says() -> None:
    assert asked(instructions="be brief").messages == [Message("system", "be brief"), Message("user", "hi")]


def test_items_are_messages() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    search = {"type": "web_search_call", "id": "ws_1"}
    items = [
        {"role": "user", "content": "hi"},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "gAAA"},
        call,
        {"type": "function_call_output", "call_id": "c", "output": "42"},
        {"type": "custom_tool_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "43"}]},
        {"type": "image_generation_call", "id": "ig_1", "result": "A" * 1000},
        search,
        {"id": "msg_1"},
    ]
    messages = asked(input=items).messages
    assert messages[:3] == [
        Message("user", "hi"),
        Message("assistant", [Part("text", "no")]),
        Message("assistant", [Part("text", "hm"), Part("encrypted_content")]),
    ]
    assert json.loads(bytes(messages[3].tool_calls)) == call
    assert messages[4:7] == [
        Message("tool", "42"),
        Message("tool", [Part("text", "43")]),
        Message("assistant", [Part("image_url")]),
    ]
    assert json.loads(bytes(messages[7].tool_calls)) == search


NEEDS: dict[str, tuple[dict[str, Any], set[Capability]]] = {
    "nothing": ({}, set()),
    "an image": ({"input": said({"type": "input_image", "image_url": "x"})}, {Capability.VISION}),
    "a document": ({"input": said({"type": "input_file", "file_id": "x"})}, {Capability.DOCUMENTS}),
    "a sound": ({"input": said({"type": "input_audio", "input_audio": {}})}, {Capability.AUDIO_INPUT}),
    "a tool": ({"tools": [{"type": "function", "name": "f"}]}, {Capability.TOOLS}),
    "a search": (
        {"tools": [{"type": "web_search_preview"}]},
        {Capability.TOOLS, Capability.WEB_SEARCH},
    ),
    "JSON": ({"text": {"format": {"type": "json_object"}}}, {Capability.JSON_MODE}),
    "a schema": ({"text": {"format": {"type": "json_schema"}}}, {Capability.JSON_SCHEMA}),
    "log-probabilities": ({"top_logprobs": 3}, {Capability.LOG_PROBS}),
    "log-probabilities by another name": (
        {"include": ["message.output_text.logprobs"]},
        {Capability.LOG_PROBS},
    ),
}


@pytest.mark.parametrize(("members", "needed"), NEEDS.values(), ids=NEEDS)
def test_what_a_model_must_be_able_to_do(members: dict[str, Any], needed: set[Capability]) -> None:
    assert needs(**members) == needed


def test_streams_and_limits() -> None:
    found = asked(stream=True, max_output_tokens=9)
    assert found.stream is True
    assert found.max_tokens == 9
    assert found.tells_usage


WRONG: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"{", 400, "not JSON"),
    "another encoding": (b'{"model": "\xff"}', 400, "not JSON"),
    "no object": (b"[]", 400, "not one for a response"),
    "no model": (b'{"input": "hi"}', 400, "`model`"),
    "a model without a name": (b'{"model": ""}', 400, "names no model"),
    "a model with too long a name": (b'{"model": "' + b"m" * 300 + b'"}', 400, "300 characters"),
    "a content of another shape": (
        b'{"model": "m", "input": [{"role": "user", "content": 3}]}',
        400,
        "not one for a response",
    ),
    "tiny values without end": (b'{"model": "m", "x": [' + b"0," * MAX_COMMAS + b"0]}", 413, "commas"),
    "a depth without end": (b'{"model": "m", "x": ' + b"[" * 100_000, 400, "not JSON"),
}


@pytest.mark.parametrize(("body", "status", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told(body: bytes, status: int, why: str) -> None:
    with pytest.raises(RequestRejected, match=why) as refused:
        read_asked(body)
    assert refused.value.status == status
