"""What of a request is searched for what is sensitive, in every format; what is not counts as not looked through."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Sensitivity
from optipath_router.chat.request import Asked, ChatRequest
from optipath_router.classify import Senses, features, understand
from optipath_router.classify.sensitivity import sensitivity
from optipath_router.errors import RequestRejected
from optipath_router.providers.anthropic.asked import read_asked as anthropic
from optipath_router.providers.openai.asked import read_asked as chat
from optipath_router.providers.openai.completions import read_asked as completions
from optipath_router.providers.openai.embeddings import read_asked as embeddings
from optipath_router.providers.openai.moderations import read_asked as moderations
from optipath_router.providers.responses.asked import read_asked as responses

PII, SECRET, NOTHING = frozenset({Sensitivity.PII}), frozenset({Sensitivity.SECRET}), frozenset[Sensitivity]()
MAIL = "jane.roe@acme.com"
KEY = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 4
Read = Callable[[bytes], Asked]


def looked(read: Read, body: dict[str, Any], *, ascii_only: bool = True) -> tuple[frozenset[Sensitivity] | None, bool]:
    """What is found in a body, and whether all of it was looked through."""
    sent = json.dumps({"model": "m", **body}, ensure_ascii=ascii_only).encode()
    request = ChatRequest("r", "d", 0.0, {}, sent, read(sent))
    seen = understand(
        features(request),
        request,
        frozenset({"sensitivity"}),
        Senses(sensitivity=sensitivity),
        models=(),
        at=lambda: 0.0,
        hinted=False,
    )
    return seen.sensitivity, seen.looked_through


def called(arguments: Any) -> list[tuple[Read, dict[str, Any]]]:
    """A conversation with a call of a tool, in each format that has tools."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    function = {"name": "run", "arguments": text}
    use = {"type": "tool_use", "id": "1", "name": "run", "input": arguments}
    return [
        (chat, {"messages": [{"role": "assistant", "tool_calls": [{"id": "1", "function": function}]}]}),
        (chat, {"messages": [{"role": "assistant", "content": None, "function_call": function}]}),
        (responses, {"input": [{"type": "function_call", "call_id": "1", **function}]}),
        *([] if isinstance(arguments, str) else [(anthropic, {"messages": [{"role": "assistant", "content": [use]}]})]),
    ]


ARGUMENTS: dict[str, tuple[Any, frozenset[Sensitivity]]] = {
    "a key after a line break": ({"note": f"the key:\n{KEY}"}, SECRET),
    "a card after a line break": ({"note": "card\n4111 1111 1111 1111"}, PII),
    "a password": ({"password": "hunter2x!"}, SECRET),
    "a password in JSON in the arguments": ({"body": json.dumps({"password": "hunter2x!"})}, SECRET),
    "an address, its sign escaped": ('{"to": "jane.roe\\u0040acme.com"}', PII),
    "an address as a name": ({MAIL: 1}, PII),
    "an address given twice, harmless the second time": ('{"to": "jane.roe\\u0040acme.com", "to": "x"}', PII),
    "a card as a number": ({"card": 4111111111111111}, PII),
    "a password beyond ASCII": ({"пароль": "hunter2x!"}, SECRET),
    "a list": ({"to": ["Bob", {"cc": f"\t{MAIL}"}]}, PII),
    "nothing": ({"city": "Zürich", "lines": "a\nb", "when": None, "big": True, "n": 1.5}, NOTHING),
}


@pytest.mark.parametrize(("arguments", "found"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_no_escape_hides_what_a_tool_was_called_with(arguments: Any, found: frozenset[Sensitivity]) -> None:
    for read, body in called(arguments):
        assert looked(read, body) == (found, True), body


def test_neither_does_one_in_a_result_of_a_tool() -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": '{"to": "jane.roe\\u0040acme.com"}'}
    assert looked(chat, {"messages": [result]}) == (PII, True)
    assert looked(chat, {"messages": [{**result, "content": "[1] says C:\\new"}]}) == (NOTHING, True)


@pytest.mark.parametrize("arguments", ['{"to": "\\u0040', '{"to": "a\\qb"}', "[" * 5000 + '"\\n"' + "]" * 5000])
def test_arguments_that_cannot_be_read_are_not_looked_through(arguments: str) -> None:
    for read, body in called(arguments):
        assert looked(read, body)[1] is False, body


def test_a_long_name_beside_many_values_does_not_become_much_text() -> None:
    for read, body in called({"n" * 100_000: [0] * 10_000}):
        assert looked(read, body) == (NOTHING, False)


def assistant(**members: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi", **members}]}


def part(read: Read, **members: Any) -> tuple[Read, dict[str, Any]]:
    kind = "input" if read is responses else "messages"
    return read, {kind: [{"role": "user", "content": [members]}]}


HELLO = {"messages": [{"role": "user", "content": "Hello"}]}
READ: dict[str, tuple[Read, dict[str, Any]]] = {
    "thoughts": (chat, assistant(reasoning_content=f"It is {MAIL}")),
    "thoughts by another name": (chat, assistant(reasoning=f"It is {MAIL}")),
    "thoughts in pieces": (chat, assistant(reasoning_details=[{"type": "reasoning.text", "text": MAIL}])),
    "a refusal": (chat, assistant(refusal=f"Not to {MAIL}")),
    "a prediction": (chat, {**HELLO, "prediction": {"type": "content", "content": MAIL}}),
    "a prediction in parts": (
        chat,
        {**HELLO, "prediction": {"type": "content", "content": [{"type": "text", "text": MAIL}]}},
    ),
    "what follows a completion": (completions, {"prompt": "Write to", "suffix": MAIL}),
    "thoughts of Anthropic's": part(anthropic, type="thinking", thinking=MAIL, signature="x"),
    "thoughts of Responses": (
        responses,
        {"input": [{"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": MAIL}]}]},
    ),
    "what is put into a prompt": (responses, {"input": "Hello", "prompt": {"id": "p", "variables": {"to": MAIL}}}),
    "what a program printed": (
        responses,
        {"input": [{"type": "code_interpreter_call", "outputs": [{"type": "logs", "logs": f"to\n{MAIL}"}]}]},
    ),
    "parts of a moderation": (moderations, {"input": [{"type": "text", "text": MAIL}]}),
}


@pytest.mark.parametrize(("read", "body"), READ.values(), ids=READ)
def test_text_beside_the_messages_is_looked_through(read: Read, body: dict[str, Any]) -> None:
    assert looked(read, body) == (PII, True)


PICTURE = "data:image/png;base64,iVBORw0KGgo="
UNREAD: dict[str, tuple[Read, dict[str, Any]]] = {
    "tokens to embed": (embeddings, {"input": [[1, 2, 3]]}),
    "one text's tokens to embed": (embeddings, {"input": [1, 2, 3]}),
    "tokens to complete": (completions, {"prompt": [1, 2, 3]}),
    "sound that was answered": (chat, assistant(audio={"id": "audio_1"})),
    "pictures that were answered": (chat, assistant(images=[{"type": "image_url", "image_url": {"url": PICTURE}}])),
    "sealed thoughts in pieces": (chat, assistant(reasoning_details=[{"type": "reasoning.encrypted", "data": "x"}])),
    "a picture in a prediction": (
        chat,
        {**HELLO, "prediction": {"content": [{"type": "image_url", "image_url": {"url": "https://a.example/b"}}]}},
    ),
    "a file beside no text": part(chat, type="file_url", text="", file_url={"url": "https://a.example/b.pdf"}),
    "a film beside text": part(chat, type="video_url", text="Look", video_url={"url": "https://a.example/b"}),
    "thoughts of Mistral's": part(chat, type="thinking", text="", thinking=[{"type": "text", "text": "Hm"}]),
    "sealed thoughts of Anthropic's": part(anthropic, type="redacted_thinking", data="x"),
    "sealed thoughts of Responses": (
        responses,
        {"input": [{"type": "reasoning", "summary": [], "encrypted_content": "gAAAA"}]},
    ),
    "an item kept by the provider": (responses, {"input": [{"type": "item_reference", "id": "msg_1"}]}),
    "a response kept by the provider": (responses, {"input": "Hello", "previous_response_id": "resp_1"}),
    "a conversation kept by the provider": (responses, {"input": "Hello", "conversation": {"id": "conv_1"}}),
    "a picture in a prompt": (
        responses,
        {"input": "Hi", "prompt": {"id": "p", "variables": {"a": {"type": "input_image", "file_id": "f"}}}},
    ),
    "a picture that a program drew": (
        responses,
        {"input": [{"type": "code_interpreter_call", "outputs": [{"type": "image", "url": "https://a.example/b"}]}]},
    ),
    "a picture in an item of a kind to come": (responses, {"input": [{"type": "dream", "seen": [PICTURE]}]}),
}


@pytest.mark.parametrize(("read", "body"), UNREAD.values(), ids=UNREAD)
def test_what_cannot_be_read_is_called_so(read: Read, body: dict[str, Any]) -> None:
    assert looked(read, body) == (NOTHING, False)


PLAIN: dict[str, tuple[Read, dict[str, Any]]] = {
    "members that are empty": (
        chat,
        assistant(refusal=None, audio=None, function_call=None, images=[], tool_calls=[], reasoning_content=""),
    ),
    "a thought with a summary": (
        responses,
        {"input": [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]}]},
    ),
    "nothing kept": (responses, {"input": "Hello", "previous_response_id": None, "conversation": None, "prompt": None}),
    "no suffix": (completions, {"prompt": "Hello", "suffix": None}),
    "arguments that speak of a file": called({"type": "file", "path": "/etc/hosts"})[0],
}


@pytest.mark.parametrize(("read", "body"), PLAIN.values(), ids=PLAIN)
def test_what_is_all_text_is_looked_through(read: Read, body: dict[str, Any]) -> None:
    assert looked(read, body) == (NOTHING, True)


def test_of_more_parts_to_moderate_than_can_be_none_is_left_out() -> None:
    parts = [{"type": "text", "text": "a"}] * 10_001
    with pytest.raises(RequestRejected, match="input has 10001 entries, more than 10000") as refused:
        looked(moderations, {"input": parts})
    assert refused.value.status == 400


@given(
    arguments=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just(MAIL),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=9), inner, max_size=3)
            | st.builds(json.dumps, inner)
        ),
        max_leaves=6,
    ),
    ascii_only=st.booleans(),
)
def test_an_address_in_arguments_of_any_shape_is_found(arguments: Any, *, ascii_only: bool) -> None:
    for read, body in called({"given": arguments, "to": f"\n{MAIL}"}):
        found, _ = looked(read, body, ascii_only=ascii_only)
        assert found is not None
        assert Sensitivity.PII in found
