"""Answers of providers of responses, made up: what was never recorded."""

import json
from typing import Any

import pytest

from optipath_router.chat.answer import (
    ChoiceEnded,
    Delta,
    Failing,
    Finish,
    HostedTold,
    Opened,
    PartBegun,
    PartGrown,
    Told,
)
from optipath_router.chat.conversation import Citation, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.failure import failure_inside
from optipath_router.providers.responses.codec import PROVIDER
from optipath_router.providers.responses.stream_reader import StreamReader
from support.pieces import until_broken

COUNTED = {"input_tokens": 7, "output_tokens": 3}
OURS = Wire.RESPONSES


def body(*output: dict[str, Any], **members: Any) -> bytes:
    told = {"id": "resp_1", "model": "m", "created_at": 5.5, "status": "completed", "output": list(output)}
    return json.dumps({**told, **members}).encode()


def message(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": list(content)}


def text(said: str) -> dict[str, Any]:
    return {"type": "output_text", "text": said}


CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}

ENDS: dict[str, tuple[dict[str, Any], tuple[Finish, str]]] = {
    "all was said": ({}, (Finish.STOP, "completed")),
    "tools are called": ({"output": [CALL]}, (Finish.TOOL_CALLS, "completed")),
    "the limit": (
        {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
        (Finish.LENGTH, "max_output_tokens"),
    ),
    "no reason at all": ({"status": "incomplete"}, (Finish.LENGTH, "incomplete")),
    "no reason that it would tell": (
        {"status": "incomplete", "incomplete_details": {"reason": None}},
        (Finish.OTHER, "incomplete"),
    ),
    "the filter": (
        {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
        (Finish.FILTERED, "content_filter"),
    ),
    "a reason that is new": (
        {"status": "incomplete", "incomplete_details": {"reason": "steered"}},
        (Finish.OTHER, "steered"),
    ),
    "not yet": ({"status": "in_progress"}, (Finish.OTHER, "in_progress")),
}


@pytest.mark.case("U08")
@pytest.mark.parametrize(("members", "ended"), ENDS.values(), ids=ENDS)
def test_why_an_answer_ended(members: dict[str, Any], ended: tuple[Finish, str]) -> None:
    [choice] = PROVIDER.read_answer(body(message(text("hi")), **members)).choices
    assert (choice.finish, choice.told) == ended


def test_a_refusal_is_read_as_one() -> None:
    [choice] = PROVIDER.read_answer(body(message({"type": "refusal", "refusal": "no"}))).choices
    assert choice.parts == (Refusal("no", item="msg_1"),)


def test_log_probabilities_are_kept_in_the_format_of_chats() -> None:
    token = {"token": "hi", "logprob": -0.5, "bytes": [104, 105], "top_logprobs": [{"token": "ho", "logprob": -1}]}
    [choice] = PROVIDER.read_answer(body(message({**text("hi"), "logprobs": [token]}))).choices
    top = {"token": "ho", "logprob": -1, "bytes": None}
    assert choice.logprobs is not None
    assert json.loads(bytes(choice.logprobs)) == {"content": [{**token, "top_logprobs": [top]}], "refusal": None}


ODD: dict[str, dict[str, Any]] = {
    "no usage": {"usage": None},
    "a usage of another shape": {"usage": {"input_tokens": "many"}},
    "no model": {"model": None, "created_at": None},
    "an item that is none": {"output": [3, None, message(text("hi"))]},
    "content that is none": {"output": [{"type": "message", "content": 3}, message(None, {"type": "new"}, text("hi"))]},  # type: ignore[arg-type]
    "annotations that are none": {"output": [message({**text("hi"), "annotations": 3})]},
    "thoughts that are none": {"output": [{"type": "reasoning", "summary": 3}, message(text("hi"))]},
    "log-probabilities that are none": {"output": [message({**text("hi"), "logprobs": 3})]},
}


@pytest.mark.parametrize("members", ODD.values(), ids=ODD)
def test_an_odd_member_costs_nobody_a_good_answer(members: dict[str, Any]) -> None:
    answer = PROVIDER.read_answer(body(message(text("hi")), **members))
    assert "".join(part.text for part in answer.choices[0].parts if isinstance(part, Text)) == "hi"
    assert answer.usage is None


BROKEN = [b"", b"{", b"null", b"[]", b'"hi"', b"\xff", b"{}", b'{"output": 3}', b"[" * 100_000]


@pytest.mark.case("B01")
@pytest.mark.parametrize("told", BROKEN)
def test_what_is_no_answer_is_broken(told: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        PROVIDER.read_answer(told)


def test_a_failure_in_the_place_of_an_answer_is_told() -> None:
    error = {"code": "rate_limit_exceeded", "message": "slow down"}
    with pytest.raises(ErrorTold):
        PROVIDER.read_answer(body(status="failed", error=error))
    with pytest.raises(ErrorTold):
        PROVIDER.read_answer(body(status="failed"))


# Streams.


def event(kind: str, **members: Any) -> bytes:
    return b"data: " + json.dumps({"type": kind, **members}).encode() + b"\n\n"


def deltas(*events: bytes) -> list[Delta]:
    reader = StreamReader()
    read = [each for piece in events for each in reader.feed(piece)]
    return [delta for each in (*read, *reader.close()) for delta in each.deltas]


def added(item: dict[str, Any], index: int = 0) -> bytes:
    return event("response.output_item.added", output_index=index, item=item)


def done(item: dict[str, Any], index: int = 0) -> bytes:
    return event("response.output_item.done", output_index=index, item=item)


def grown(kind: str, delta: str, index: int = 0, **members: Any) -> bytes:
    return event(f"response.{kind}.delta", output_index=index, delta=delta, **members)


def completed(**members: Any) -> bytes:
    return event("response.completed", response={"id": "resp_1", "usage": COUNTED, **members})


ENDED: list[Delta] = [Told(Usage(7, 3)), ChoiceEnded(0, Finish.STOP, "completed")]


def test_an_answer_opens_once() -> None:
    told = {"id": "resp_1", "model": "m", "created_at": 5}
    events = [event(f"response.{state}", response=told) for state in ("queued", "created", "in_progress")]
    assert deltas(*events) == [Opened("resp_1", "m", 5)]


def test_an_end_alone_tells_all_of_the_answer() -> None:
    assert deltas(completed(output=[message(text("hi"))])) == [PartBegun(0, 0, Text("hi", item="msg_1")), *ENDED]


def test_a_part_that_nobody_announced_begins_with_its_text() -> None:
    assert deltas(grown("output_text", "hi", content_index=0), completed(output=[message(text("hi"))])) == [
        PartBegun(0, 0, Text("")),
        PartGrown(0, 0, "hi"),
        *ENDED,
    ]


def test_what_only_the_end_of_an_item_tells_is_added_then() -> None:
    cited = {"type": "url_citation", "url": "https://a.test", "title": "A", "start_index": 0, "end_index": 2}
    whole = message({**text("hi there"), "annotations": [cited]})
    assert deltas(added({**whole, "content": []}), grown("output_text", "hi", content_index=0), done(whole)) == [
        PartBegun(0, 0, Text("", item="msg_1")),
        PartGrown(0, 0, "hi"),
        PartGrown(0, 0, " there"),
        PartGrown(0, 0, citation=Citation(url="https://a.test", title="A", start=0, end=2)),
    ]


def test_arguments_may_come_in_one_piece_or_in_none() -> None:
    begun = PartBegun(0, 0, ToolCall("call_1", "f", "", item="fc_1"))
    assert deltas(added(CALL), done(CALL)) == [begun, PartGrown(0, 0, "{}")]
    assert deltas(done(CALL)) == [begun, PartGrown(0, 0, "{}")]
    assert deltas(
        added(CALL), grown("function_call_arguments", "{"), grown("function_call_arguments", "}"), done(CALL)
    ) == [
        begun,
        PartGrown(0, 0, "{"),
        PartGrown(0, 0, "}"),
    ]


def test_items_may_be_open_side_by_side() -> None:
    second = {**CALL, "id": "fc_2", "call_id": "call_2"}
    told = deltas(
        added(CALL, 0),
        added(second, 1),
        grown("function_call_arguments", "{", 0),
        grown("function_call_arguments", "[", 1),
        grown("function_call_arguments", "}", 0),
        grown("function_call_arguments", "]", 1),
    )
    assert told[2:] == [PartGrown(0, 0, "{"), PartGrown(0, 1, "["), PartGrown(0, 0, "}"), PartGrown(0, 1, "]")]


def test_what_is_hidden_of_a_thought_comes_last() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": []}
    summary = [{"type": "summary_text", "text": "hm"}]
    assert deltas(
        added({**item, "encrypted_content": "early"}),
        grown("reasoning_summary_text", "hm", summary_index=0),
        done({**item, "summary": summary, "encrypted_content": "late"}),
    ) == [
        PartBegun(0, 0, Reasoning(id="rs_1", summary=True, wire=OURS)),
        PartGrown(0, 0, "hm"),
        PartBegun(0, 1, Reasoning(hidden="late", id="rs_1", wire=OURS)),
    ]
    assert deltas(added(item), done(item)) == [PartBegun(0, 0, Reasoning(id="rs_1", wire=OURS))]


def test_a_refusal_grows_as_well() -> None:
    whole = message({"type": "refusal", "refusal": "no!"})
    assert deltas(added({**whole, "content": []}), grown("refusal", "no", content_index=0), done(whole)) == [
        PartBegun(0, 0, Refusal("", item="msg_1")),
        PartGrown(0, 0, "no"),
        PartGrown(0, 0, "!"),
    ]


def test_a_tool_of_the_providers_is_told_and_never_called() -> None:
    item = {"type": "web_search_call", "id": "ws_1"}
    told = deltas(added(item), event("response.web_search_call.searching", output_index=0), done(item), completed())
    assert [type(each) for each in told] == [HostedTold, PartBegun, Told, ChoiceEnded]
    assert told[-1] == ChoiceEnded(0, Finish.STOP, "completed")


@pytest.mark.parametrize("kind", ["keepalive", "ping"])
def test_keep_alives_say_nothing(kind: str) -> None:
    assert deltas(event(kind), b": hello\n\n") == []


FAILURES = {
    "the response failed": (
        event("response.failed", response={"status": "failed", "error": {"code": "rate_limit_exceeded"}}),
        Outcome.BUSY,
    ),
    "it does not say why": (event("response.failed", response={"status": "failed"}), Outcome.SERVER_ERROR),
    "an error": (event("error", code="rate_limit_exceeded", message="slow"), Outcome.BUSY),
    "an error inside": (event("error", error={"code": "insufficient_quota"}), Outcome.QUOTA),
    "OpenRouter's": (b'data: {"error": {"code": 502, "message": "Provider disconnected"}}\n\n', Outcome.SERVER_ERROR),
}


@pytest.mark.case("S07", "S09")
@pytest.mark.parametrize(("told", "outcome"), FAILURES.values(), ids=FAILURES)
def test_a_failure_inside_a_stream_is_one(told: bytes, outcome: Outcome) -> None:
    reader = StreamReader()
    [read] = reader.feed(told)
    [delta] = read.deltas
    assert isinstance(delta, Failing)
    problem = failure_inside(delta.body)
    assert problem is not None
    assert problem.outcome is outcome
    assert not reader.finished


@pytest.mark.case("S05")
def test_an_end_mark_alone_is_no_end() -> None:
    reader = StreamReader()
    [read] = reader.feed(b"data: [DONE]\n\n")
    assert read.ends
    assert not reader.finished


NO_EVENTS = [b"data: {\n\n", b"data: 3\n\n", b"data: []\n\n", event("response.completed"), b"data: \xff\n\n"]


@pytest.mark.parametrize("told", NO_EVENTS)
def test_what_is_no_event_takes_nothing_from_what_came_before(told: bytes) -> None:
    reader = StreamReader()
    seen, broken = until_broken(reader.feed(grown("output_text", "hi", content_index=0) + told))
    assert len(seen) == 1
    assert broken is not None
    assert not reader.finished
