"""Recorded answers of Anthropic, whole and streamed, read and written again."""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from optipath_router.chat.answer import Answer, Delta, Finish
from optipath_router.chat.conversation import Hosted, Reasoning, Text, ToolCall, Wire
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.anthropic.codec import MESSAGES_PROVIDER
from optipath_router.providers.anthropic.stream_writer import MessagesWriter
from optipath_router.providers.anthropic.write_answer import write_answer
from optipath_router.providers.sse import SseParser
from support import wire
from support.folded import folded, with_hosted
from support.pieces import cut, steps, until_broken

FINISHES = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "tool_use": Finish.TOOL_CALLS,
    "refusal": Finish.REFUSED,
}
"""Reviewed: what each recorded stop reason means."""

NO_SINGLE_ANSWER = {
    "befecbc0185efe25": "two answers pasted into one file; `expect` is of a mix of both",
    "20f93d42b438e80f": "three answers pasted into one file; `expect` is of a mix of them",
    "ca9e896aa6653335": "two answers pasted into one file; `expect` is of a mix of both",
    "ab068f9420ec7f19": "a second message_start in the middle, made up to see what a reader does: we call it broken",
}


def deltas(*pieces: bytes) -> list[Delta]:
    reader = MESSAGES_PROVIDER.reader()
    reads = [read for piece in pieces for read in reader.feed(piece)] + list(reader.close())
    return [delta for read in reads for delta in read.deltas]


def messages(stream: bytes) -> list[bytes]:
    parser = SseParser()
    return [message.raw for message in (*parser.feed(stream), *parser.close())]


def expected_usage(told: dict[str, Any]) -> Usage:
    """Reviewed: Anthropic's input leaves out what a cache had and what was written to one."""
    cached, written = told["cache_read"] or 0, told["cache_write"] or 0
    return Usage(
        told["input"] + cached + written,
        told["output"],
        cached_input_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=told["reasoning"] or 0,
    )


def as_recorded(usage: Usage | None) -> Usage | None:
    """The recordings do not say how much of the output was thought."""
    return usage and msgspec.structs.replace(usage, reasoning_tokens=0)


def said(answer: Answer) -> dict[str, Any]:
    """An answer as `expect` has it."""
    (choice,) = answer.choices
    return {
        "text": "".join(part.text for part in choice.parts if isinstance(part, Text)),
        "reasoning": "".join(part.text for part in choice.parts if isinstance(part, Reasoning)),
        "tool_calls": [
            {"id": part.id, "name": part.name, "arguments": json.loads(part.arguments)}
            for part in choice.parts
            if isinstance(part, ToolCall)
        ],
        "finish": choice.finish,
        "model": answer.model,
        "usage": as_recorded(answer.usage),
    }


def expected(exchange: dict[str, Any]) -> dict[str, Any]:
    expect = exchange["expect"]
    assert not expect["refusal"], "Anthropic refuses without words"
    return {
        **{name: expect[name] for name in ("text", "reasoning", "tool_calls", "model")},
        "finish": FINISHES[expect["finish"]],
        "usage": expected_usage(expect["usage"]),
    }


def plain(answer: Answer) -> Any:
    """An answer without what two JSON texts of one value differ in, and without empty texts, which nobody writes."""
    (choice,) = answer.choices
    parts = [
        {"hosted": json.loads(bytes(part.raw)), "name": part.name}
        if isinstance(part, Hosted)
        else json.loads(msgspec.json.encode(part))
        for part in choice.parts
        if part != Text("")
    ]
    for part in parts:
        if "arguments" in part:
            part["arguments"] = json.loads(part["arguments"] or "{}")
    extra = {name: json.loads(bytes(raw)) for name, raw in (choice.extra.members if choice.extra else {}).items()}
    ended = (choice.finish, choice.told, choice.stop_sequence, extra)
    return answer.id, answer.model, answer.usage, ended, parts


def rewritten(given: Iterable[Delta]) -> bytes:
    writer = MessagesWriter()
    return b"".join(map(writer.write, given)) + writer.end()


# What they say.


def test_recorded_answers_say_what_was_expected(capsys: pytest.CaptureFixture[str]) -> None:
    agreed: Counter[str] = Counter()
    for exchange, body in wire.answers(Wire.MESSAGES):
        assert said(MESSAGES_PROVIDER.read_answer(body)) == expected(exchange), exchange["id"]
        agreed["whole"] += 1
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] not in NO_SINGLE_ANSWER:
            assert said(folded(with_hosted(deltas(stream)))) == expected(exchange), exchange["id"]
            agreed["streamed"] += 1
    lines = [f"anthropic: {agreed['whole']} whole and {agreed['streamed']} streamed answers agree with `expect`"]
    lines += [f"anthropic: {name} is left out: {why}" for name, why in NO_SINGLE_ANSWER.items()]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert agreed["whole"] == 153
    assert agreed["streamed"] == 75


@pytest.mark.parametrize("name", NO_SINGLE_ANSWER)
def test_a_second_answer_in_a_stream_is_never_made_one_with_the_first(name: str) -> None:
    (stream,) = (stream for exchange, stream in wire.streams(Wire.MESSAGES) if exchange["id"] == name)
    reader = MESSAGES_PROVIDER.reader()
    reads, broken = until_broken(reader.feed(stream))
    assert broken is not None
    # Where the first had come to its end, it stays a finished answer.
    assert reader.finished == any(read.ends for read in reads) == (name != "ab068f9420ec7f19")


def test_recorded_streams_pass_through_whole() -> None:
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] not in NO_SINGLE_ANSWER:
            reader = MESSAGES_PROVIDER.reader()
            passed = b"".join(read.raw for read in (*reader.feed(stream), *reader.close()))
            assert passed in (stream, stream + b"\n\n"), exchange["id"]
            assert reader.finished, exchange["id"]


def test_tools_that_anthropic_runs_are_never_the_callers_to_answer() -> None:
    hosted = 0
    answers = [MESSAGES_PROVIDER.read_answer(body) for _, body in wire.answers(Wire.MESSAGES)]
    answers += [
        folded(with_hosted(deltas(stream)))
        for exchange, stream in wire.streams(Wire.MESSAGES)
        if exchange["id"] not in NO_SINGLE_ANSWER
    ]
    for answer in answers:
        for part in answer.choices[0].parts:
            hosted += isinstance(part, Hosted)
            assert not (isinstance(part, ToolCall) and part.id.startswith(("srvtoolu_", "mcptoolu_")))
    assert hosted > 80


# Cut and broken.


def test_recorded_streams_cut_anywhere_give_the_same() -> None:
    random_places = random.Random(6)
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] in NO_SINGLE_ANSWER:
            continue
        whole = deltas(stream)
        if len(stream) < 4000:
            assert deltas(*steps(stream, 1)) == whole, exchange["id"]
        for _ in range(5):
            places = [random_places.randrange(len(stream)) for _ in range(20)]
            assert deltas(*cut(stream, places)) == whole, exchange["id"]


@pytest.mark.case("S05")
def test_a_recorded_stream_is_not_finished_before_its_end_mark() -> None:
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] in NO_SINGLE_ANSWER:
            continue
        reader = MESSAGES_PROVIDER.reader()
        for message in messages(stream):
            reads = list(reader.feed(message))
            assert reader.finished == any(read.ends for read in reads), exchange["id"]


# Written again.


def test_recorded_answers_written_again_are_the_same() -> None:
    for exchange, body in wire.answers(Wire.MESSAGES):
        answer = MESSAGES_PROVIDER.read_answer(body)
        again = MESSAGES_PROVIDER.read_answer(write_answer(answer))
        assert plain(again) == plain(answer), exchange["id"]


def test_recorded_streams_written_again_are_the_same() -> None:
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] in NO_SINGLE_ANSWER:
            continue
        given = deltas(stream)
        assert plain(folded(with_hosted(deltas(rewritten(given))))) == plain(folded(with_hosted(given))), exchange["id"]


def test_a_recorded_answer_streamed_says_what_it_says_whole() -> None:
    for exchange, stream in wire.streams(Wire.MESSAGES):
        if exchange["id"] in NO_SINGLE_ANSWER:
            continue
        answer = folded(with_hosted(deltas(stream)))
        assert plain(MESSAGES_PROVIDER.read_answer(write_answer(answer))) == plain(answer), exchange["id"]


@pytest.mark.parametrize("dialect", ["anthropic.messages"])
def test_recorded_errors_are_no_answers(dialect: str) -> None:
    refused = 0
    for exchange in wire.exchanges(dialect):
        body = exchange["response"].get("body")
        if exchange["response"]["status"] != 200 and body is not None:
            with pytest.raises(UpstreamBroken):
                MESSAGES_PROVIDER.read_answer(json.dumps(body).encode())
            refused += 1
    assert refused == 14
