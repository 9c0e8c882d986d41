"""What Ollama's answers mean, where no recording shows it."""

import json
from typing import Any

import pytest

from optipath_router.chat.answer import ChoiceEnded, Failing, Finish, Opened, PartBegun, PartGrown, Told
from optipath_router.chat.conversation import Reasoning, Text, ToolCall, Wire
from optipath_router.chat.folding import fold
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.ollama.codec import OLLAMA
from optipath_router.providers.ollama.embeddings import read_embeddings
from support.recorded import read


def line(**message: Any) -> bytes:
    told: dict[str, Any] = {"model": "m", "created_at": "2025-06-09T17:58:57.045402Z"}
    told |= {"message": {"role": "assistant", "content": "", **message}, "done": False}
    return json.dumps(told).encode() + b"\n"


LAST = b'{"model":"m","done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}\n'


def test_thoughts_texts_and_calls_are_parts_in_the_order_in_which_they_begin() -> None:
    call = {"function": {"name": "f", "arguments": {"a": 1}}}
    told = read(
        OLLAMA.reader(), line(thinking="Hm"), line(thinking=" so"), line(content="It"), line(tool_calls=[call]), LAST
    )
    begun = fold(told).choices[0].parts[2]
    assert isinstance(begun, ToolCall)
    assert told == [
        Opened(model="m", created=1749491937),
        PartBegun(0, 0, Reasoning("Hm", wire=Wire.OLLAMA)),
        PartGrown(0, 0, " so"),
        PartBegun(0, 1, Text("It")),
        PartBegun(0, 2, ToolCall(begun.id, "f", '{"a": 1}')),
        ChoiceEnded(0, Finish.TOOL_CALLS, "stop"),
        Told(Usage(3, 2)),
    ]


def test_calls_have_the_id_that_is_told_or_one_that_is_their_own() -> None:
    def ids(*told: dict[str, Any]) -> list[str]:
        parts = fold(read(OLLAMA.reader(), line(tool_calls=list(told)), LAST)).choices[0].parts
        return [part.id for part in parts if isinstance(part, ToolCall)]

    call = {"function": {"name": "f", "arguments": {}}}
    assert ids({**call, "id": "call_1"}) == ["call_1"]
    assert len(set(ids(call, call))) == 2
    assert ids(call, call) == ids(call, call)


ARGUMENTS: dict[str, tuple[Any, str]] = {
    "object": ({"a": "é"}, '{"a": "\\u00e9"}'),
    "text": ('{"a": 1', '{"a": 1'),
    "null": (None, "{}"),
}


@pytest.mark.parametrize(("told", "arguments"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_are_kept_to_the_letter(told: Any, arguments: str) -> None:
    call = {"function": {"name": "f", "arguments": told}}
    (part,) = fold(read(OLLAMA.reader(), line(tool_calls=[call]), LAST)).choices[0].parts
    assert isinstance(part, ToolCall)
    assert part.arguments == arguments


def test_an_error_in_a_line_is_told_in_its_own_words() -> None:
    reader = OLLAMA.reader()
    error = b'{"error":"an error was encountered while running the model"}'
    assert read(reader, line(content="Hi"), error + b"\n")[-1] == Failing(error)
    assert not reader.finished
    with pytest.raises(ErrorTold):
        OLLAMA.read_answer(error)


def test_nothing_is_read_behind_the_end() -> None:
    reader = OLLAMA.reader()
    whole = read(reader, line(content="Hi"), LAST)
    assert read(OLLAMA.reader(), line(content="Hi"), LAST + b"\n" + line(content="more")) == whole


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"{}", line(), b'{"done":true,"message":"x"}'])
def test_what_is_no_answer_is_broken(body: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        OLLAMA.read_answer(body)


def test_a_line_that_is_no_json_breaks_the_stream_and_takes_nothing_from_what_came_before() -> None:
    events = OLLAMA.reader().feed(line(content="Hi") + b"<html>\n")
    assert next(events).deltas
    with pytest.raises(UpstreamBroken):
        next(events)


def test_what_is_no_vector_for_each_input_is_broken() -> None:
    for body in (b"{}", b"[]", b'{"embeddings": [[]]}', b'{"embeddings": [[1], [2]]}'):
        with pytest.raises(UpstreamBroken):
            read_embeddings(body, inputs=1)
    with pytest.raises(ErrorTold):
        read_embeddings(b'{"error": "model not found"}', inputs=1)
