"""Answers as callers who asked for a response read them, in the official SDK."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import httpx2
import msgspec
import pytest
from openai import APIError, OpenAI
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from optipath_router.chat.answer import (
    Answer,
    Choice,
    ChoiceEnded,
    Delta,
    Finish,
    HostedTold,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import (
    Audio,
    Citation,
    Hosted,
    Image,
    Part,
    Reasoning,
    Refusal,
    Text,
    ToolCall,
    Wire,
)
from optipath_router.chat.usage import Usage
from optipath_router.providers.responses import faults
from optipath_router.providers.responses.codec import CALLER
from optipath_router.providers.sse import SseParser

EVENT: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)
ASKED = {
    "model": "m",
    "input": "hi",
    "instructions": "be brief",
    "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": True}],
    "tool_choice": "required",
    "text": {"verbosity": "low"},
    "reasoning": {"effort": "low"},
    "max_output_tokens": 9,
    "temperature": 0.5,
    "metadata": {"a": "b"},
    "parallel_tool_calls": False,
    "store": True,
    "service_tier": "flex",
}
CHAT = CALLER.read_chat(json.dumps(ASKED).encode())
USAGE = Usage(10, 5, 2, 1, 3)
COUNTED = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 3},
    "output_tokens": 5,
    "output_tokens_details": {"reasoning_tokens": 1},
    "total_tokens": 15,
}


def whole(
    *parts: Part, finish: Finish = Finish.STOP, name: str = "msg_01", chat: Chat = CHAT, **members: Any
) -> dict[str, Any]:
    answer = Answer((Choice(parts, finish, **members),), name, "claude", 7, USAGE)
    written = CALLER.write_answer(answer, chat)
    Response.model_validate_json(written)
    told: dict[str, Any] = json.loads(written)
    return told


def stream(deltas: Iterable[Delta], *, tells_usage: bool = True) -> bytes:
    writer = CALLER.writer(CHAT, tells_usage=tells_usage)
    return b"".join(map(writer.write, deltas)) + writer.end()


def events(written: bytes) -> list[dict[str, Any]]:
    told = [json.loads(message.data or b"") for message in SseParser().feed(written)]
    for each in told:
        EVENT.validate_python(each)
    assert [each["sequence_number"] for each in told] == list(range(len(told)))
    return told


def client(written: bytes) -> OpenAI:
    """The official SDK, whose every request gets this answer."""
    kind = "text/event-stream" if written.startswith(b"event:") else "application/json"
    answer = httpx2.MockTransport(lambda _: httpx2.Response(200, headers={"content-type": kind}, content=written))
    http = httpx2.Client(transport=answer)
    return OpenAI(api_key="k", base_url="http://router.test/v1", http_client=http, max_retries=0)


# Whole ones.


def test_a_response_says_what_was_asked_for() -> None:
    told = whole(Text("hi"))
    assert told["id"] == "resp_msg_01"
    assert (told["object"], told["status"], told["created_at"], told["model"]) == ("response", "completed", 7, "claude")
    assert told["usage"] == COUNTED
    echoed = (
        "instructions",
        "tools",
        "tool_choice",
        "max_output_tokens",
        "temperature",
        "metadata",
        "parallel_tool_calls",
    )
    assert {name: told[name] for name in echoed} == {name: ASKED[name] for name in echoed}
    assert told["reasoning"] == {"effort": "low", "summary": None}
    assert told["text"] == {"format": {"type": "text"}, "verbosity": "low"}


def test_what_the_provider_did_not_do_is_not_echoed() -> None:
    told = whole(Text("hi"))
    assert told["store"] is False
    assert told["service_tier"] is None
    assert told["previous_response_id"] is None


def test_a_request_that_says_little_is_echoed_with_what_is_usual() -> None:
    told = whole(Text("hi"), chat=Chat(Wire.RESPONSES, ()))
    assert (told["tool_choice"], told["tools"], told["parallel_tool_calls"]) == ("auto", [], True)
    assert (told["instructions"], told["metadata"], told["truncation"]) == (None, {}, "disabled")


NAMES = {
    "as the API gives them": ("resp_1", "resp_1", "msg_1_0"),
    "another dialect's": ("chatcmpl-1", "resp_chatcmpl-1", "msg_chatcmpl-1_0"),
}


@pytest.mark.parametrize(("told", "response", "item"), NAMES.values(), ids=NAMES)
def test_ids_come_of_the_providers(told: str, response: str, item: str) -> None:
    written = whole(Text("hi"), name=told)
    assert (written["id"], written["output"][0]["id"]) == (response, item)


@pytest.mark.parametrize("told", ["", "x" * 100, "résumé", "a/b"])
def test_ids_are_short_and_plain_whatever_the_provider_gives(told: str) -> None:
    written = whole(Text("hi"), name=told)
    for name in (written["id"], written["output"][0]["id"]):
        assert len(name) <= 64
        assert name.replace("_", "").isalnum()
        assert name.isascii()
    assert whole(Text("hi"), name=told) == written


def test_all_that_a_model_says_is_an_item() -> None:
    told = whole(
        Reasoning("hm", wire=Wire.MESSAGES, signature="sig"),
        Text("see", (Citation(url="https://a.test", title="A"), Citation(quoted="nowhere"))),
        Refusal("but no"),
        ToolCall("call_1", "f", ""),
        ToolCall("call_2", "g", "ls", custom=True),
        Image(data="AAAA", media_type="image/png"),
        Hosted(
            Wire.RESPONSES, msgspec.Raw(b'{"type":"program","id":"p_1","call_id":"c","code":"1","fingerprint":"f"}')
        ),
        Hosted(Wire.MESSAGES, msgspec.Raw(b'{"type":"server_tool_use"}')),
        Audio(data="AAAA", transcript="heard"),
        finish=Finish.TOOL_CALLS,
    )
    reasoning, message, call, custom, image, program, heard = told["output"]
    assert reasoning["content"] == [{"type": "reasoning_text", "text": "hm"}]
    assert [part["type"] for part in message["content"]] == ["output_text", "refusal"]
    [cited] = message["content"][0]["annotations"]
    assert (cited["url"], cited["start_index"], cited["end_index"]) == ("https://a.test", 0, 3)
    assert (call["call_id"], call["name"], call["arguments"], call["status"]) == ("call_1", "f", "{}", "completed")
    assert (custom["type"], custom["input"]) == ("custom_tool_call", "ls")
    assert (image["type"], image["result"]) == ("image_generation_call", "AAAA")
    assert program["id"] == "p_1"
    assert heard["content"][0]["text"] == "heard"


ENDS = {
    Finish.STOP: ("completed", None),
    Finish.TOOL_CALLS: ("completed", None),
    Finish.PAUSED: ("completed", None),
    Finish.LENGTH: ("incomplete", {"reason": "max_output_tokens"}),
    Finish.WINDOW: ("incomplete", {"reason": "max_output_tokens"}),
    Finish.FILTERED: ("incomplete", {"reason": "content_filter"}),
    Finish.REFUSED: ("incomplete", {"reason": "content_filter"}),
    Finish.OTHER: ("incomplete", {"reason": None}),
}


@pytest.mark.case("U08")
@pytest.mark.parametrize(("finish", "ended"), ENDS.items())
def test_how_a_response_ends(finish: Finish, ended: tuple[str, dict[str, Any] | None]) -> None:
    told = whole(Text("a"), ToolCall("c", "f", "{}"), Text("b"), finish=finish)
    assert (told["status"], told["incomplete_details"]) == ended
    assert [item["status"] for item in told["output"]] == ["completed", "completed", ended[0]]


def test_a_model_that_says_no_has_said_all() -> None:
    assert whole(Refusal("no"), finish=Finish.REFUSED)["status"] == "completed"


def test_log_probabilities_stand_with_the_text() -> None:
    kept = msgspec.Raw(b'{"content":[{"token":"hi","logprob":-0.5,"bytes":null,"top_logprobs":[]}],"refusal":null}')
    [item] = whole(Text("hi"), logprobs=kept)["output"]
    assert item["content"][0]["logprobs"] == [{"token": "hi", "logprob": -0.5, "bytes": [], "top_logprobs": []}]


def test_thoughts_of_another_dialect_come_back_as_they_were() -> None:
    thought = Reasoning("hm", "sig", wire=Wire.MESSAGES)
    redacted = Reasoning(hidden="xxx", wire=Wire.MESSAGES)
    plain = Reasoning("hm", summary=True, wire=None)
    call = ToolCall("call_1", "f", "{}", signature="gem")
    output = whole(thought, redacted, plain, call, finish=Finish.TOOL_CALLS)["output"]
    again = CALLER.read_chat(json.dumps({"model": "m", "input": output}).encode())
    assert again.messages[0].parts[:3] == (thought, redacted, plain)
    assert isinstance(told := again.messages[0].parts[3], ToolCall)
    assert (told.id, told.signature) == ("call_1", "gem")


class Parsed(BaseModel):
    """What an app wants to be told."""

    colour: str


def test_the_sdk_parses_what_it_asked_for() -> None:
    written = CALLER.write_answer(Answer((Choice((Text('{"colour": "red"}'),), Finish.STOP),), "x", "m", 1), CHAT)
    response = client(written).responses.parse(model="m", input="hi", text_format=Parsed)
    assert response.output_parsed == Parsed(colour="red")
    assert response.output_text == '{"colour": "red"}'


# Streamed ones.

TURN: list[Delta] = [
    Opened("msg_01", "claude", 7),
    PartBegun(0, 0, Reasoning(wire=Wire.MESSAGES)),
    PartGrown(0, 0, "h"),
    PartGrown(0, 0, "m"),
    PartGrown(0, 0, signature="sig"),
    PartBegun(0, 1, Text("")),
    PartGrown(0, 1, "Hello"),
    PartGrown(0, 1, " you", citation=Citation(url="https://a.test", title="A")),
    PartBegun(0, 2, ToolCall("call_1", "f", "")),
    PartBegun(0, 3, ToolCall("call_2", "g", "", custom=True)),
    PartGrown(0, 2, '{"a"'),
    PartGrown(0, 3, "ls"),
    PartGrown(0, 2, ":1}"),
    Told(USAGE),
    ChoiceEnded(0, Finish.TOOL_CALLS, "tool_use"),
]
WHOLE: Sequence[Part] = (
    Reasoning("hm", "sig", wire=Wire.MESSAGES),
    Text("Hello you", (Citation(url="https://a.test", title="A"),)),
    ToolCall("call_1", "f", '{"a":1}'),
    ToolCall("call_2", "g", "ls", custom=True),
)


def test_a_stream_ends_with_the_whole_response() -> None:
    told = events(stream(TURN))
    assert told[-1]["type"] == "response.completed"
    assert told[-1]["response"] == whole(*WHOLE, finish=Finish.TOOL_CALLS)


def test_a_stream_tells_of_each_item_from_its_begin_to_its_end() -> None:
    assert [each["type"].removeprefix("response.") for each in events(stream(TURN))] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "reasoning_text.delta",
        "reasoning_text.delta",
        "reasoning_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.annotation.added",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "output_item.added",
        "function_call_arguments.delta",
        "custom_tool_call_input.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "custom_tool_call_input.done",
        "output_item.done",
        "completed",
    ]


def test_summaries_have_events_of_their_own() -> None:
    thoughts: list[Delta] = [PartBegun(0, 0, Reasoning("a", summary=True, id="rs_1", wire=Wire.RESPONSES))]
    thoughts += [PartBegun(0, 1, Reasoning("b", summary=True, id="rs_1", wire=Wire.RESPONSES))]
    told = events(stream([Opened("x"), *thoughts, ChoiceEnded(0, Finish.STOP)]))
    parts = [each for each in told if "summary_index" in each]
    assert [each["summary_index"] for each in parts] == [0, 0, 1, 1, 0, 0, 1, 1]
    [item] = told[-1]["response"]["output"]
    assert item["summary"] == [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]


@pytest.mark.row("E01")
def test_the_sdk_runs_to_the_end_of_a_stream() -> None:
    with client(stream(TURN)).responses.stream(model="m", input="hi") as told:
        snapshots = [each.snapshot for each in told if each.type == "response.output_text.delta"]
        response = told.get_final_response()
    assert snapshots == ["Hello", "Hello you"]
    assert response.output_text == "Hello you"
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call", "custom_tool_call"]
    assert response.usage is not None
    assert response.usage.total_tokens == 15


def test_what_is_said_later_of_an_item_that_is_done_is_an_item_of_its_own() -> None:
    deltas: list[Delta] = [
        Opened("x"),
        PartBegun(0, 0, Reasoning(wire=Wire.MESSAGES)),
        PartGrown(0, 0, "a"),
        PartBegun(0, 1, Text("", item="msg_1")),
        PartGrown(0, 1, "b"),
        PartGrown(0, 0, "c"),
        PartGrown(0, 1, "d"),
        ChoiceEnded(0, Finish.STOP),
    ]
    written = stream(deltas)
    output = events(written)[-1]["response"]["output"]
    assert [item["type"] for item in output] == ["reasoning", "message", "reasoning", "message"]
    assert len({item["id"] for item in output}) == 4
    with client(written).responses.stream(model="m", input="hi") as told:
        assert told.get_final_response().output_text == "bd"


def test_signatures_of_calls_are_carried_beside_them() -> None:
    early: list[Delta] = [
        PartBegun(0, 0, ToolCall("call_1", "f", "{}", signature="one")),
        PartBegun(0, 1, ToolCall("call_2", "f", "")),
    ]
    deltas: list[Delta] = [
        Opened("x"),
        *early,
        PartGrown(0, 1, "{}", signature="two"),
        ChoiceEnded(0, Finish.TOOL_CALLS),
    ]
    output = events(stream(deltas))[-1]["response"]["output"]
    assert [item["type"] for item in output] == ["reasoning", "function_call", "function_call", "reasoning"]
    again = CALLER.read_chat(json.dumps({"model": "m", "input": output}).encode())
    signed = {part.id: part.signature for part in again.messages[0].parts if isinstance(part, ToolCall)}
    assert signed == {"call_1": "one", "call_2": "two"}


def test_a_call_without_arguments_has_an_empty_object_of_them() -> None:
    deltas: list[Delta] = [Opened("x"), PartBegun(0, 0, ToolCall("call_1", "f", "")), ChoiceEnded(0, Finish.TOOL_CALLS)]
    told = events(stream(deltas))
    assert [each["delta"] for each in told if "delta" in each] == ["{}"]
    assert told[-1]["response"]["output"][0]["arguments"] == "{}"


def test_what_comes_in_one_piece_is_added_and_done() -> None:
    item = {"type": "program", "id": "p_1", "call_id": "c", "code": "1", "fingerprint": "f"}
    hosted = Hosted(Wire.RESPONSES, msgspec.Raw(msgspec.json.encode(item)))
    deltas: list[Delta] = [
        Opened("x"),
        PartBegun(0, 0, Image(data="AAAA")),
        PartBegun(0, 1, hosted),
        HostedTold(hosted),
    ]
    told = events(stream([*deltas, PartGrown(0, 0, "?"), ChoiceEnded(0, Finish.STOP)]))
    assert [each["type"] for each in told[2:-1]] == ["response.output_item.added", "response.output_item.done"] * 2


def test_an_answer_that_was_cut_is_not_complete() -> None:
    told = events(stream([Opened("x"), PartBegun(0, 0, Text("a")), ChoiceEnded(0, Finish.LENGTH)]))
    assert told[-1]["type"] == "response.incomplete"
    assert told[-1]["response"]["output"][0]["status"] == "incomplete"


def test_a_stream_without_a_begin_has_one_all_the_same() -> None:
    begun, ended = PartBegun(0, 0, Text("a")), ChoiceEnded(0, Finish.STOP)
    cases: list[list[Delta]] = [[begun, ended], [ended], []]
    for deltas in cases:
        assert [each["type"] for each in events(stream(deltas))[:2]] == ["response.created", "response.in_progress"]


def test_a_second_begin_and_a_second_choice_say_nothing() -> None:
    writer = CALLER.writer(CHAT, tells_usage=True)
    assert writer.write(Opened("x"))
    assert writer.write(Opened("y")) == b""
    assert writer.write(PartBegun(1, 0, Text("a"))) == b""
    assert writer.write(PartGrown(1, 0, "a")) == b""


def test_log_probabilities_may_come_without_the_text_that_they_are_of() -> None:
    kept = msgspec.Raw(b'{"content":[{"token":"hi","logprob":-0.5,"bytes":null,"top_logprobs":[]}]}')
    deltas: list[Delta] = [Opened("x"), PartBegun(0, 0, Text("hi")), PartGrown(0, 0, logprobs=kept)]
    written = stream([*deltas, ChoiceEnded(0, Finish.STOP)])
    [item] = events(written)[-1]["response"]["output"]
    assert item["content"][0]["text"] == "hi"
    assert [each["token"] for each in item["content"][0]["logprobs"]] == ["hi"]


def test_usage_is_told_only_to_who_wants_it() -> None:
    deltas: list[Delta] = [Opened("x", usage=Usage(1, 0)), Told(USAGE), ChoiceEnded(0, Finish.STOP)]
    assert events(stream(deltas))[-1]["response"]["usage"] == COUNTED
    assert events(stream(deltas, tells_usage=False))[-1]["response"]["usage"] is None


# What breaks off.


@pytest.mark.case("S04", "S05", "S09")
@pytest.mark.parametrize("said", [0, 1, 7, 12])
def test_an_answer_that_breaks_off_raises_in_the_sdk(said: int) -> None:
    writer = CALLER.writer(CHAT, tells_usage=True)
    written = b"".join(map(writer.write, TURN[:said])) + writer.broken_off("it broke off")
    told = [json.loads(message.data or b"") for message in SseParser().feed(written)]
    assert [each["type"] for each in told[-2:]] == ["response.failed", "error"]
    assert told[-2]["response"]["id"] == told[0]["response"]["id"]
    assert told[-2]["response"]["error"] == {"code": "server_error", "message": "it broke off"}
    assert [each["sequence_number"] for each in told] == list(range(len(told)))
    with (
        pytest.raises(APIError, match="it broke off"),
        client(written).responses.stream(model="m", input="hi") as streamed,
    ):
        streamed.until_done()


def test_an_error_event_by_itself_raises_as_well() -> None:
    writer = CALLER.writer(CHAT, tells_usage=True)
    written = b"".join(map(writer.write, TURN[:7])) + faults.broken_off("it broke off")
    with pytest.raises(APIError, match="it broke off"):
        for _ in client(written).responses.create(model="m", input="hi", stream=True):
            pass


def test_errors_have_the_shape_of_the_api() -> None:
    told = json.loads(faults.error(429, "rate_limited", "slow down", "model"))
    assert told == {
        "error": {"message": "slow down", "type": "rate_limit_error", "param": "model", "code": "rate_limited"}
    }
