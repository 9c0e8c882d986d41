"""Streams of Messages that recordings have not shown, or not alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from optipath_router.chat.conversation import Reasoning, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.anthropic.codec import MESSAGES_PROVIDER
from optipath_router.providers.codec import Read
from optipath_router.providers.dialect import ErrorTold
from optipath_router.providers.failure import failure_inside
from support.pieces import until_broken

USAGE = {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3, "output_tokens": 1}


def event(kind: str, **members: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode()


START = event("message_start", message={"id": "msg_1", "model": "claude", "content": [], "usage": USAGE})
STOP = event("message_stop")
PING = event("ping")


def block(index: int = 0, kind: str = "text", **members: Any) -> bytes:
    return event("content_block_start", index=index, content_block={"type": kind, **members})


def more(kind: str, index: int = 0, **members: Any) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, **members})


def stopped(index: int = 0) -> bytes:
    return event("content_block_stop", index=index)


def ended(reason: str | None = "end_turn", **usage: Any) -> bytes:
    return event(
        "message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": 7, **usage}
    )


def reads(*pieces: bytes) -> list[Read]:
    reader = MESSAGES_PROVIDER.reader()
    return [read for piece in pieces for read in reader.feed(piece)] + list(reader.close())


def deltas(*pieces: bytes) -> list[Delta]:
    return [delta for read in reads(*pieces) for delta in read.deltas]


def test_a_text_from_its_begin_to_its_end() -> None:
    assert deltas(START, PING, block(text=""), more("text_delta", text="Hi"), stopped(), ended(), STOP) == [
        Opened("msg_1", "claude", usage=Usage(18, 0, cached_input_tokens=5, cache_write_tokens=3)),
        PartBegun(0, 0, Text("")),
        PartGrown(0, 0, "Hi"),
        ChoiceEnded(0, Finish.STOP, "end_turn"),
        # What the last event leaves out is as it was told first.
        Told(Usage(18, 7, cached_input_tokens=5, cache_write_tokens=3)),
    ]


def test_usage_is_cumulative_and_the_last_one_counts() -> None:
    told = deltas(START, ended(input_tokens=20, cache_read_input_tokens=0, cache_creation_input_tokens=0))
    assert told[-1] == Told(Usage(20, 7))


CALLS: dict[str, tuple[list[bytes], str]] = {
    "in pieces": (
        [more("input_json_delta", partial_json='{"a"'), more("input_json_delta", partial_json=":1}")],
        '{"a":1}',
    ),
    "none": ([more("input_json_delta", partial_json="")], "{}"),
    "no piece at all": ([], "{}"),
}


@pytest.mark.parametrize(("pieces", "arguments"), CALLS.values(), ids=CALLS)
def test_the_arguments_of_a_call_are_json_also_where_none_come(pieces: list[bytes], arguments: str) -> None:
    begun, *grown = deltas(block(kind="tool_use", id="t", name="f", input={}), *pieces, stopped())
    assert begun == PartBegun(0, 0, ToolCall("t", "f", ""))
    assert "".join(each.text for each in grown if isinstance(each, PartGrown)) == arguments


def test_a_call_that_begins_with_its_arguments_has_them() -> None:
    _, grown = deltas(block(kind="tool_use", id="t", name="f", input={"a": 1}), stopped())
    assert grown == PartGrown(0, 0, '{"a": 1}')


def test_a_thought_and_what_proves_it() -> None:
    told = deltas(
        block(kind="thinking", thinking="", signature=""),
        more("thinking_delta", thinking="Hm"),
        more("signature_delta", signature="sig"),
        stopped(),
        block(1, "redacted_thinking", data="abc"),
        stopped(1),
    )
    assert told == [
        PartBegun(0, 0, Reasoning("", wire=Wire.MESSAGES)),
        PartGrown(0, 0, "Hm"),
        PartGrown(0, 0, signature="sig"),
        PartBegun(0, 1, Reasoning(hidden="abc", wire=Wire.MESSAGES)),
    ]


def test_a_hosted_tools_block_is_told_whole_and_takes_no_number_from_the_parts() -> None:
    *hosted, begun = deltas(
        block(kind="server_tool_use", id="s", name="web_search", input={}),
        more("input_json_delta", partial_json='{"query":'),
        more("input_json_delta", partial_json='"x"}'),
        stopped(),
        block(1, "compaction", content=None),
        more("compaction_delta", 1, content="a"),
        more("compaction_delta", 1, content="b"),
        stopped(1),
        block(2, text="So"),
    )
    assert begun == PartBegun(0, 0, Text("So"))
    told = [(each.hosted.name, json.loads(bytes(each.hosted.raw))) for each in hosted if isinstance(each, HostedTold)]
    assert told == [
        ("web_search", {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}),
        ("compaction", {"type": "compaction", "content": "ab"}),
    ]


def test_what_is_told_of_the_answer_besides_stands_with_its_end() -> None:
    details = {"type": "refusal", "category": "cyber"}
    told = event("message_delta", delta={"stop_reason": "refusal", "stop_details": details}, usage={"output_tokens": 1})
    (end, _) = deltas(START, told)[1:]
    assert isinstance(end, ChoiceEnded)
    assert (end.finish, end.told) == (Finish.REFUSED, "refusal")
    assert end.extra is not None
    assert {name: json.loads(bytes(raw)) for name, raw in end.extra.members.items()} == {"stop_details": details}


ENDS: dict[str, tuple[list[bytes], bool]] = {
    "nothing": ([], False),
    "a begin": ([START], False),
    "text and a reason": ([START, block(text=""), more("text_delta", text="Hi"), stopped(), ended()], False),
    "the end mark": ([START, block(text=""), more("text_delta", text="Hi"), stopped(), ended(), STOP], True),
    "the end mark without its blank line": ([START, ended(), STOP.rstrip()], True),
}


@pytest.mark.parametrize(("stream", "whole"), ENDS.values(), ids=ENDS)
def test_an_answer_is_finished_with_its_end_mark(stream: list[bytes], *, whole: bool) -> None:
    reader = MESSAGES_PROVIDER.reader()
    for piece in stream:
        list(reader.feed(piece))
    list(reader.close())
    assert reader.finished is whole


def test_a_choice_ends_once_and_what_was_open_ends_before_it() -> None:
    stream = [START, block(kind="tool_use", id="t", name="f", input={}), ended("tool_use"), ended("tool_use"), STOP]
    told = deltas(*stream)
    assert [type(each) for each in told].count(ChoiceEnded) == 1
    assert told.index(PartGrown(0, 0, "{}")) < told.index(ChoiceEnded(0, Finish.TOOL_CALLS, "tool_use"))


def test_an_end_without_a_reason_has_none_made_up_for_it() -> None:
    assert deltas(START, STOP)[-1] == ChoiceEnded(0, Finish.OTHER, "")
    assert deltas(START, ended("tired"), STOP)[1] == ChoiceEnded(0, Finish.OTHER, "tired")


OVERLOADED = {"type": "overloaded_error", "message": "Overloaded"}


@pytest.mark.case("S09")
def test_an_error_inside_the_stream_is_told_in_the_providers_words() -> None:
    *_, told = deltas(START, block(text=""), event("error", error=OVERLOADED))
    assert isinstance(told, Failing)
    failure = failure_inside(told.body)
    assert failure is not None
    assert failure.outcome is Outcome.OVERLOADED


JUNK = {
    "no JSON": b"data: Hello\n\n",
    "cut JSON": b'data: {"type": "ping"\n\n',
    "a list": b"data: []\n\n",
    "too deep": b'data: {"type": "ping", "usage": ' + b"[" * 100_000 + b"\n\n",
    "no UTF-8": b'data: {"type": "\xff"}\n\n',
    "more of a block that never began": more("text_delta", text="x"),
    "a block of text": event("content_block_start", index=0, content_block="x"),
    "a second answer": START.replace(b"msg_1", b"msg_2"),
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_is_refused_and_takes_nothing_from_what_came_before(junk: bytes) -> None:
    reader = MESSAGES_PROVIDER.reader()
    seen, broken = until_broken(reader.feed(START + PING + junk + STOP))
    assert len(seen) == 2
    assert broken is not None
    assert broken.outcome is Outcome.BROKEN
    assert not reader.finished


PASSED_OVER = {
    "a comment": b": hello\n\n",
    "an event of a newer API": event("message_pause", until="noon", delta="x", index="y"),
    "a delta of null": block(text="") + more("text_delta", text=None),
    "a delta of a newer API": block(text="") + more("hologram_delta", of="a cat"),
    "a begin that is said twice": START,
    "the end of a block that never began": stopped(5),
}


@pytest.mark.parametrize("odd", PASSED_OVER.values(), ids=PASSED_OVER)
def test_what_is_not_known_costs_nobody_an_answer(odd: bytes) -> None:
    reader = MESSAGES_PROVIDER.reader()
    assert list(reader.feed(START + odd + ended() + STOP))[-1].ends
    assert reader.finished


def test_after_its_end_an_answer_stays_finished_whatever_comes() -> None:
    reader = MESSAGES_PROVIDER.reader()
    list(reader.feed(START + ended() + STOP))
    _, broken = until_broken(reader.feed(PING + block(text="more")))
    assert broken is not None
    assert reader.finished


@pytest.mark.case("D04")
def test_a_block_that_is_held_until_it_is_whole_is_counted_and_bounded() -> None:
    reader = MESSAGES_PROVIDER.reader()
    list(reader.feed(block(kind="server_tool_use", id="s", name="n", input={})))
    piece = more("input_json_delta", partial_json="x" * 100_000)
    list(reader.feed(piece))
    assert reader.kept > 100_000
    with pytest.raises(UpstreamBroken, match="longer than"):
        list(reader.feed(piece * 11))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (lambda: MESSAGES_PROVIDER.read_answer(body), lambda: reads(b"data: " + body + b"\n\n")):
        try:
            read()
        except UpstreamBroken:
            continue


# Answers in one piece.

BROKEN = {
    "nothing": b"",
    "cut": b'{"content": [{"type": "te',
    "null": b"null",
    "a list": b"[]",
    "a page": b"<html>Bad gateway</html>",
    "no content": b"{}",
    "content of text": b'{"content": "Hello"}',
    "a block of text": b'{"content": ["Hello"]}',
    "too deep": b'{"content": ' + b"[" * 100_000,
}


@pytest.mark.case("B01")
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_it_is_no_answer(body: bytes) -> None:
    with pytest.raises(UpstreamBroken) as raised:
        MESSAGES_PROVIDER.read_answer(body)
    assert not isinstance(raised.value, ErrorTold)


def test_an_error_in_the_place_of_an_answer_is_told_apart() -> None:
    with pytest.raises(ErrorTold):
        MESSAGES_PROVIDER.read_answer(json.dumps({"type": "error", "error": OVERLOADED}).encode())


def test_odd_members_cost_nobody_a_good_answer() -> None:
    body = {"id": 5, "model": None, "usage": "many", "stop_reason": [], "content": [{"type": "text", "text": None}]}
    answer = MESSAGES_PROVIDER.read_answer(b"\xef\xbb\xbf" + json.dumps({**body, "error": None}).encode())
    (choice,) = answer.choices
    assert (answer.id, answer.usage, choice.finish, choice.parts) == ("", None, Finish.OTHER, (Text(""),))


ODD_USAGES = [-1, 10**400, "many", True, 1.5]


@pytest.mark.parametrize("count", ODD_USAGES, ids=lambda count: repr(count)[:10])
def test_an_odd_usage_is_no_usage(count: object) -> None:
    body = {"content": [], "usage": {"input_tokens": count, "output_tokens": 1}}
    assert MESSAGES_PROVIDER.read_answer(json.dumps(body).encode()).usage is None
