"""Streams made up: odd pieces, honest ends, and what official SDKs make of ours."""

import json
from typing import Any

import pytest
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from optipath_router.chat.answer import (
    Answer,
    Choice,
    ChoiceEnded,
    Delta,
    Failing,
    Finish,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Audio, Citation, Image, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.openai.codec import CALLER, CODECS
from optipath_router.providers.openai.faults import broken_off, error
from optipath_router.providers.openai.stream_reader import OpenAIAnswerReader
from optipath_router.providers.sse import SseParser
from support.folded import folded

ANY = Chat(Wire.CHAT, ())
DONE = b"data: [DONE]\n\n"


def chunk(*choices: dict[str, Any], **given: Any) -> bytes:
    told = {"id": "a-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **given}
    return b"data: %b\n\n" % json.dumps(told).encode()


def choice(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish}


def read(*pieces: bytes, choices: int = 1) -> tuple[list[Delta], OpenAIAnswerReader]:
    reader = CODECS["OpenAICompatible"].reader(choices)
    reads = [each for piece in pieces for each in reader.feed(piece)]
    reads += reader.close()
    return [delta for each in reads for delta in each.deltas], reader


def parts(*pieces: bytes) -> tuple[Any, ...]:
    return folded(read(*pieces, chunk(choice(finish="stop")))[0]).choices[0].parts


def finished(*pieces: bytes, choices: int = 1) -> bool:
    return read(*pieces, choices=choices)[1].finished


def call(index: int | None, **told: Any) -> dict[str, Any]:
    function = {name: told.pop(name) for name in ("name", "arguments") if name in told}
    return {**({} if index is None else {"index": index}), **told, "function": function}


def test_calls_of_tools_in_pieces_and_in_turns() -> None:
    assert parts(
        chunk(choice(tool_calls=[call(0, id="x", name="f", arguments="")])),
        chunk(choice(tool_calls=[call(1, id="y", name="g", arguments='{"b')])),
        chunk(choice(tool_calls=[call(0, arguments='{"a"'), call(1, arguments='": 2}')])),
        chunk(choice(tool_calls=[call(0, id="", name=None, arguments=": 1}")])),
    ) == (ToolCall("x", "f", '{"a": 1}'), ToolCall("y", "g", '{"b": 2}'))


def test_a_new_id_with_a_name_is_a_new_call_even_where_the_index_is_the_same() -> None:
    assert parts(
        chunk(choice(tool_calls=[call(0, id="x", name="f", arguments="{}")])),
        chunk(choice(tool_calls=[call(0, id="y", name="g", arguments="{}")])),
    ) == (ToolCall("x", "f", "{}"), ToolCall("y", "g", "{}"))


def test_a_call_whose_id_is_repeated_goes_on() -> None:
    assert parts(
        chunk(choice(tool_calls=[call(0, id="x", name="f", arguments='{"a"')])),
        chunk(choice(tool_calls=[call(0, id="x", name="f", arguments=": 1}")])),
    ) == (ToolCall("x", "f", '{"a": 1}'),)


def test_a_call_without_an_id_gets_the_same_one_in_a_stream_and_in_one_piece() -> None:
    (streamed,) = parts(chunk(choice(tool_calls=[call(0, name="f", arguments="{}")])))
    message = {"tool_calls": [call(0, name="f", arguments="{}")]}
    whole = CODECS["OpenAI"].read_answer(
        json.dumps({"id": "a-1", "choices": [{"message": message, "finish_reason": "tool_calls"}]}).encode()
    )
    assert whole.choices[0].parts == (streamed,)
    assert streamed.id


def test_arguments_that_came_as_an_object_are_told_as_text() -> None:
    assert parts(chunk(choice(tool_calls=[call(0, id="x", name="f", arguments={"a": 1})]))) == (
        ToolCall("x", "f", '{"a":1}'),
    )


def test_a_text_goes_on_after_a_thought_and_a_call() -> None:
    assert parts(
        chunk(choice(reasoning="Hm")),
        chunk(choice(content="a")),
        chunk(choice(tool_calls=[call(0, id="x", name="f", arguments="{}")])),
        chunk(choice(content="b", reasoning=".")),
    ) == (Reasoning("Hm."), Text("ab"), ToolCall("x", "f", "{}"))


def test_thoughts_in_a_list_part_the_texts_around_them() -> None:
    def thinking(text: str) -> dict[str, Any]:
        return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}

    content = [thinking("One"), {"type": "text", "text": "1"}, thinking("Two"), {"type": "text", "text": "2"}]
    whole = json.dumps({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}).encode()
    expected = (Reasoning("One"), Text("1"), Reasoning("Two"), Text("2"))
    assert CODECS["Mistral"].read_answer(whole).choices[0].parts == expected
    assert parts(*(chunk(choice(content=[part])) for part in content)) == expected
    assert (
        parts(
            chunk(choice(content=[thinking("O")])),
            chunk(choice(content=[thinking("ne")])),
            chunk(choice(content="1")),
            chunk(choice(content=[thinking("Two")])),
            chunk(choice(content="2")),
        )
        == expected
    )


def test_a_finish_that_is_told_twice_ends_a_choice_once() -> None:
    deltas, reader = read(chunk(choice(content="a")), chunk(choice(finish="stop")), chunk(choice(finish="stop")))
    assert [type(delta) for delta in deltas] == [Opened, PartBegun, ChoiceEnded]
    assert reader.finished


def test_the_end_mark_alone_proves_nothing() -> None:
    assert not finished(DONE)
    assert not finished(chunk(choice(content="a")), DONE)
    assert finished(chunk(choice(content="a", finish="stop")))


def test_every_choice_must_have_come_to_its_end() -> None:
    first, second = chunk(choice(0, content="a", finish="stop")), chunk(choice(1, content="b"))
    assert not finished(first, choices=2)
    assert not finished(first, second, DONE, choices=2)
    assert finished(first, second, chunk(choice(1, finish="length")), choices=2)


def test_an_error_is_told_in_the_provider_s_own_words() -> None:
    deltas, reader = read(chunk(choice(content="a")), b'data: {"error": "busy"}\n\n')
    assert deltas[-1] == Failing(b'{"error": "busy"}')
    assert not reader.finished


@pytest.mark.parametrize("data", [b"data: nonsense\n\n", b'data: {"choices": 7}\n\n', b"data: [1]\n\n"])
def test_what_is_no_chunk_takes_nothing_from_what_came_before_it(data: bytes) -> None:
    reader = CODECS["OpenAI"].reader()
    reads = reader.feed(chunk(choice(content="a")) + data)
    assert next(reads).deltas[-1] == PartBegun(0, 0, Text("a"))
    with pytest.raises(UpstreamBroken):
        next(reads)


def test_the_end_mark_is_the_one_event_that_ends() -> None:
    reader = CODECS["OpenAI"].reader()
    stream = b": ping\n\n" + chunk(choice(content="a", finish="stop")) + DONE
    assert [(each.raw, each.ends) for each in reader.feed(stream)] == [
        (b": ping\n\n", False),
        (chunk(choice(content="a", finish="stop")), False),
        (DONE, True),
    ]


SAID: list[Delta] = [
    Opened("a-1", "m", 1),
    PartBegun(0, 0, Reasoning(wire=Wire.MESSAGES)),
    PartGrown(0, 0, "Hm"),
    PartGrown(0, 0, "."),
    PartGrown(0, 0, signature="SIG"),
    PartBegun(0, 1, Text("Hello")),
    PartGrown(0, 1, " you"),
    PartGrown(0, 1, citation=Citation("https://example.com", "Example")),
    PartBegun(0, 2, Reasoning(hidden="XYZ", wire=Wire.MESSAGES)),
    PartBegun(0, 3, Reasoning("Sum", id="rs", summary=True, wire=Wire.RESPONSES)),
    PartGrown(0, 3, hidden="ENC"),
    PartBegun(0, 4, ToolCall("c1", "f", "")),
    PartGrown(0, 4, "{}"),
    PartBegun(0, 5, ToolCall("c2", "g", "ls", custom=True)),
    PartGrown(0, 5, " -l"),
    PartBegun(0, 6, Image(data="AAAA", media_type="image/png")),
    PartBegun(0, 7, Audio("AA", id="au")),
    PartGrown(0, 7, "He", "BB"),
    PartBegun(0, 8, ToolCall("c3", "h", "{}", signature="G")),
    ChoiceEnded(0, Finish.TOOL_CALLS, "tool_calls"),
    PartBegun(1, 0, Refusal("I ca")),
    PartGrown(1, 0, "nnot"),
    ChoiceEnded(1, Finish.FILTERED, "content_filter"),
    Told(Usage(10, 5, 4, 2, 3)),
]
"""All that can be said in this format, as another might say it."""


def streamed(said: list[Delta]) -> bytes:
    writer = CALLER.writer(ANY, tells_usage=True)
    return b"".join([*map(writer.write, said), writer.end()])


def test_what_is_streamed_is_read_as_it_was_said() -> None:
    deltas, reader = read(streamed(SAID), choices=2)
    told, again = folded(SAID), folded(deltas)
    assert sorted(map(repr, again.choices[0].parts)) == sorted(map(repr, told.choices[0].parts))
    assert again.choices[1] == told.choices[1]
    assert (again.id, again.model, again.usage) == (told.id, told.model, told.usage)
    assert reader.finished


def test_what_is_told_in_one_piece_is_read_as_it_was_said() -> None:
    told = folded(SAID)
    again = CODECS["OpenAI"].read_answer(CALLER.write_answer(told, ANY))
    assert sorted(map(repr, again.choices[0].parts)) == sorted(map(repr, told.choices[0].parts))
    assert again.choices[1] == told.choices[1]


def test_openai_s_own_stream_state_puts_it_together() -> None:
    """What openai-python makes of the chunks, as its streaming helpers do."""
    said = [
        *SAID[:7],
        PartBegun(0, 2, ToolCall("c1", "f", "")),
        PartGrown(0, 2, '{"a": 1}'),
        ChoiceEnded(0, Finish.TOOL_CALLS, "tool_calls"),
        Told(Usage(10, 5)),
    ]
    state = ChatCompletionStreamState()
    for message in SseParser().feed(streamed(said)):
        if message.data and message.data != b"[DONE]":
            state.handle_chunk(ChatCompletionChunk.model_validate_json(message.data))
    completion = state.get_final_completion()
    assert completion.choices[0].message.content == "Hello you"
    assert completion.choices[0].finish_reason == "tool_calls"
    calls = completion.choices[0].message.tool_calls
    assert calls
    assert (calls[0].id, calls[0].function.name, calls[0].function.arguments) == ("c1", "f", '{"a": 1}')
    assert completion.usage
    assert completion.usage.total_tokens == 15


def test_the_role_stands_once_in_each_choice() -> None:
    roles = [
        entry["delta"].get("role")
        for message in SseParser().feed(streamed(SAID))
        if message.data and message.data != b"[DONE]"
        for entry in json.loads(message.data)["choices"]
    ]
    assert [role for role in roles if role] == ["assistant", "assistant"]
    assert roles[0] == "assistant"


def test_usage_is_told_only_to_who_asked_and_only_where_it_is_known() -> None:
    for tells, said in [(False, [Told(Usage(1, 1))]), (True, [])]:
        writer = CALLER.writer(ANY, tells_usage=tells)
        for delta in said:
            assert writer.write(delta) == b""
        assert writer.end() == DONE


@pytest.mark.parametrize("finish", Finish)
def test_every_finish_has_a_word_that_official_sdks_know(finish: Finish) -> None:
    answer = json.loads(CALLER.write_answer(Answer((Choice((), finish),)), ANY))
    assert answer["choices"][0]["finish_reason"] in {"stop", "length", "tool_calls", "content_filter"}


@pytest.mark.parametrize("finish", [Finish.OTHER, Finish.PAUSED, Finish.WINDOW])
def test_an_answer_that_is_not_all_there_never_ends_as_if_it_were(finish: Finish) -> None:
    answer = json.loads(CALLER.write_answer(Answer((Choice((), finish),)), ANY))
    assert answer["choices"][0]["finish_reason"] == "length"


def test_errors_have_openai_s_shape() -> None:
    told = {"message": "no", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    assert json.loads(error(404, "model_not_found", "no", "model")) == {"error": told}
    assert json.loads(error(429, "rate_limited", "wait"))["error"]["type"] == "rate_limit_error"
    event = broken_off("the answer broke off")
    assert event.startswith(b"data: ")
    assert json.loads(event[6:])["error"]["type"] == "server_error"
