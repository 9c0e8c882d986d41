"""Answers in OpenAI's dialect, recorded and made up."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.events import Event, Kind
from optipath_router.chat.tokens import text_tokens
from optipath_router.chat.usage import Usage
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.providers.openai.answer import read_answer
from optipath_router.providers.openai.reader import OpenAIReader
from optipath_router.providers.sse import SseParser
from support import wire
from support.pieces import cut, until_broken


def chunk(*choices: dict[str, Any], **given: Any) -> bytes:
    return (
        b"data: "
        + json.dumps({"object": "chat.completion.chunk", "choices": list(choices), **given}).encode()
        + b"\n\n"
    )


def choice(index: int = 0, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": finish}


DONE = b"data: [DONE]\n\n"
COUNTED = {"prompt_tokens": 1, "completion_tokens": 2}


def events(*pieces: bytes) -> list[Event]:
    reader = OpenAIReader()
    return [event for piece in pieces for event in reader.feed(piece)] + list(reader.close())


def finished(*pieces: bytes) -> bool:
    reader = OpenAIReader()
    for piece in pieces:
        list(reader.feed(piece))
    list(reader.close())
    return reader.finished


def messages(stream: bytes) -> list[bytes]:
    """A stream in its messages, so that each is an event by itself."""
    parser = SseParser()
    return [message.raw for message in (*parser.feed(stream), *parser.close())]


def kinds(*pieces: bytes) -> list[Kind]:
    return [event.kind for event in events(*pieces)]


def recorded_usage(exchange: dict[str, Any]) -> Usage | None:
    usage = (exchange.get("expect") or {}).get("usage")
    if not usage:
        return None
    output, reasoning = usage["output"] or 0, usage["reasoning"] or 0
    if usage["total"] == usage["input"] + output + reasoning:
        output += reasoning
    body = exchange["response"].get("body") or {}
    # Some have names of their own for what a cache had, which `expect` does not read: DeepSeek, Mistral, Moonshot.
    names = ("prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens")
    hit = max((body.get("usage") or {}).get(name) or 0 for name in names)
    return Usage(usage["input"], output, usage["cache_read"] or hit, reasoning)


def as_recorded(usage: Usage | None) -> Usage | None:
    """What the recordings say of a usage, and no more."""
    return usage and Usage(usage.input_tokens, usage.output_tokens, usage.cached_input_tokens, usage.reasoning_tokens)


# The whole of recorded streams.


def test_recorded_streams_are_read_to_the_end_that_they_had() -> None:
    ended = Counter()  # type: ignore[var-annotated]  # of truths
    for exchange, stream in wire.streams():
        if "expect" in exchange:
            assert finished(stream) == bool(exchange["expect"]["finish"]), exchange["id"]
            ended[bool(exchange["expect"]["finish"])] += 1
    assert ended[True] > 100


def test_the_usage_of_recorded_streams_is_what_was_expected_of_them() -> None:
    compared = 0
    for exchange, stream in wire.streams():
        if expected := recorded_usage(exchange):
            told = [event.usage for event in events(stream) if event.usage]
            assert as_recorded(told[-1]) == expected, exchange["id"]
            compared += 1
    assert compared > 100


def test_what_xai_reasoned_is_output_as_it_is_anywhere_else() -> None:
    told = [read_answer(body)[0] for exchange, body in wire.answers() if exchange["provider"] == "xai"]
    for exchange, stream in wire.streams():
        if exchange["provider"] == "xai":
            told += [event.usage for event in events(stream)]
    reasoned = [usage for usage in told if usage is not None and usage.reasoning_tokens]
    assert sorted((usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) for usage in reasoned) == [
        (12, 1 + 228, 228),
        (12, 1 + 290, 290),
        (291, 26 + 189, 189),
        (291, 26 + 196, 196),
    ]


def test_recorded_streams_pass_through_whole() -> None:
    for exchange, stream in wire.streams():
        passed = b"".join(event.raw for event in events(stream))
        # Some recordings lack the last blank line, without which nobody would take it for an event.
        assert passed in (stream, stream + b"\n\n"), exchange["id"]


def says_something(data: bytes) -> bool:
    """Whether a chunk has content, by the words of contract.md, read without our reader."""
    if not data.startswith(b"{"):
        return False
    for each in json.loads(data).get("choices") or ():
        delta = each.get("delta") or {}
        said = ("content", "reasoning_content", "reasoning", "refusal", "tool_calls", "function_call", "audio")
        if each.get("finish_reason") or any(delta.get(name) for name in said):
            return True
    return False


def test_the_first_content_of_recorded_streams_is_where_something_is_said_first() -> None:
    for exchange, stream in wire.streams():
        for event in events(*messages(stream)):
            data = event.raw.removeprefix(b"data:").strip()
            assert (event.kind is Kind.CONTENT) == says_something(data) or event.kind is Kind.ERROR, exchange["id"]
            if event.kind is Kind.CONTENT:
                break
        else:
            pytest.fail(f"{exchange['id']} has no content")


def meaning(seen: list[Event]) -> tuple[bytes, int, list[Usage], list[Kind]]:
    """What events say together, however many there are."""
    usages = [event.usage for event in seen if event.usage]
    marks: list[Kind] = [event.kind for event in seen if event.kind in {Kind.ERROR, Kind.END}]
    return b"".join(event.raw for event in seen), sum(event.tokens for event in seen), usages[-1:], marks


@given(number=st.integers(0, 10**6), places=st.lists(st.integers(0, 2**16), max_size=10))
def test_any_cut_of_a_recorded_stream_gives_the_same_events(number: int, places: list[int]) -> None:
    recorded = wire.streams()
    stream = recorded[number % len(recorded)][1]
    assert meaning(events(*cut(stream, places))) == meaning(events(stream))


def test_messages_that_come_together_are_one_event_up_to_the_end_mark() -> None:
    role, said, told = chunk(choice(role="assistant", content="")), chunk(choice(content="Hello")), chunk(usage=COUNTED)
    seen = events(role + said + said + told + DONE)
    assert [(event.kind, event.tokens, event.usage) for event in seen] == [
        (Kind.CONTENT, 2, Usage(1, 2)),
        (Kind.END, 0, None),
    ]
    assert b"".join(event.raw for event in seen) == role + said + said + told + DONE


# What an answer said, where nobody counts.


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        (choice(content="Hello"), 1),
        (choice(content="word " * 100), text_tokens("word " * 100)),
        (choice(reasoning_content="Hm", content="Yes"), 2),
        (choice(tool_calls=[{"index": 0, "function": {"name": "weather", "arguments": '{"a":1}'}}]), 2),
        (choice(finish="stop"), 0),
        (choice(role="assistant", content=""), 0),
    ],
)
def test_the_tokens_of_a_piece_are_estimated(said: dict[str, Any], tokens: int) -> None:
    (event,) = events(chunk(said))
    assert event.tokens == tokens


def test_the_tokens_of_a_whole_answer_are_estimated_only_where_nobody_counted_them() -> None:
    choices = [{"message": {"content": "word " * 100, "reasoning_content": "thought " * 10}}]
    usage, tokens = read_answer(json.dumps({"choices": choices}).encode())
    assert (usage, tokens) == (None, text_tokens("word " * 100) + text_tokens("thought " * 10))
    assert 100 <= tokens <= 140
    assert read_answer(json.dumps({"choices": choices, "usage": COUNTED}).encode()) == (Usage(1, 2), 0)


# Usage that only the router asked for.


def shown(*pieces: bytes) -> bytes:
    reader = OpenAIReader(hides_usage=True)
    return b"".join(event.raw for piece in pieces for event in reader.feed(piece))


def test_usage_that_only_we_asked_for_is_counted_and_not_shown() -> None:
    reader = OpenAIReader(hides_usage=True)
    said, told = chunk(choice(content="Hello")), chunk(usage=COUNTED)
    seen = list(reader.feed(said + told))
    assert [(event.raw, event.usage) for event in seen] == [(said, Usage(1, 2))]


def test_a_usage_of_null_that_only_our_wish_brought_about_is_taken_out() -> None:
    said = b'data: {"choices":[{"index":0,"delta":{"content":"a \\"usage\\":null,"}}],"usage":null}\n\n'
    assert shown(said) == b'data: {"choices":[{"index":0,"delta":{"content":"a \\"usage\\":null,"}}]}\n\n'


def test_usage_that_comes_with_content_is_shown_with_it() -> None:
    said = chunk(choice(content="Hello"), usage=COUNTED)
    assert shown(said) == said


@pytest.mark.parametrize(
    ("stream", "whole"),
    {
        "both finished": ([chunk(choice(0, "stop"), choice(1, "stop"))], True),
        "one came and finished": ([chunk(choice(0, "stop"))], False),
        "one came and finished, and it is marked as the end": ([chunk(choice(0, "stop")), DONE], True),
    }.values(),
)
def test_of_two_choices_both_must_come_or_the_end_be_marked(stream: list[bytes], *, whole: bool) -> None:
    reader = OpenAIReader(choices=2)
    for piece in stream:
        list(reader.feed(piece))
    assert reader.finished is whole


def test_a_recorded_stream_that_is_cut_is_not_finished_before_its_finish() -> None:
    for exchange, stream in wire.streams():
        reader, told_finish = OpenAIReader(), False
        for message in messages(stream):
            list(reader.feed(message))
            data = message.removeprefix(b"data:").strip()
            if data.startswith(b"{"):
                told_finish |= any(each.get("finish_reason") for each in json.loads(data).get("choices") or ())
            assert told_finish or not reader.finished, exchange["id"]


# What recorded streams have not shown, or not alone.

CONTENT: dict[str, dict[str, Any]] = {
    "text": choice(content="Hello"),
    "a space": choice(content=" "),
    "text in parts": choice(content=[{"type": "text", "text": "Hello"}]),
    "reasoning": choice(reasoning_content="Hm"),
    "reasoning, as OpenRouter calls it": choice(reasoning="Hm"),
    "a refusal": choice(refusal="No"),
    "a tool call": choice(tool_calls=[{"index": 0}]),
    "a function call, as tools were called": choice(function_call={"name": "weather"}),
    "sound": choice(audio={"id": "1"}),
    "a finish": choice(finish="stop"),
    "a finish without a delta": {"index": 0, "finish_reason": "stop"},
}


@pytest.mark.parametrize("content", CONTENT.values(), ids=CONTENT)
def test_it_is_content(content: dict[str, Any]) -> None:
    assert kinds(chunk(content)) == [Kind.CONTENT]


NULLS: dict[str, Any] = dict.fromkeys(
    ("content", "refusal", "reasoning", "reasoning_content", "tool_calls", "function_call", "audio")
)
OPENING = {
    "a role": chunk(choice(role="assistant", content="")),
    "nothing": chunk(choice()),
    "nulls": chunk(choice(**NULLS), error=None, usage=None),
    "empty reasoning": chunk(choice(reasoning_content="")),
    "no tool calls": chunk(choice(tool_calls=[])),
    "no choices": chunk(),
    "null for choices": b'data: {"choices": null}\n\n',
    "a delta of null": b'data: {"choices": [{"index": 0, "delta": null}]}\n\n',
    "a finish of nothing": chunk(choice(finish="", content="")),
    "usage alone": chunk(usage={"prompt_tokens": 1, "completion_tokens": 2}),
    "a comment": b": OPENROUTER PROCESSING\n\n",
    "data of nothing": b"data:\n\n",
}


@pytest.mark.parametrize("opening", OPENING.values(), ids=OPENING)
def test_it_is_nothing_yet(opening: bytes) -> None:
    assert kinds(opening) == [Kind.OPENING]


@pytest.mark.parametrize("error", [{"message": "overloaded"}, "overloaded", {}], ids=["object", "text", "empty"])
def test_an_error_inside_a_stream_is_one(error: object) -> None:
    assert kinds(chunk(choice(content="Hello"), error=error)) == [Kind.ERROR]


@pytest.mark.parametrize("mark", [DONE, b"data:[DONE]\n\n", b"data: [DONE] \n", b"data: [DONE]"])
def test_the_end_mark_in_every_form_seen(mark: bytes) -> None:
    assert kinds(mark) == [Kind.END]


ENDS: dict[str, tuple[list[bytes], bool]] = {
    "nothing": ([], False),
    "the end mark alone": ([DONE], False),
    "text and the end mark": ([chunk(choice(content="Hello")), DONE], False),
    "a finish": ([chunk(choice(content="Hello")), chunk(choice(finish="stop"))], True),
    "a finish of nothing": ([chunk(choice(content="Hello")), chunk(choice(finish=""))], False),
    "usage after the finish": ([chunk(choice(finish="stop")), chunk(usage={"prompt_tokens": 1}), DONE], True),
    "a choice again after its finish": ([chunk(choice(finish="stop")), chunk(choice(content=""))], True),
    "one of two choices": ([chunk(choice(0), choice(1)), chunk(choice(0, "stop"))], False),
    "both choices": ([chunk(choice(0), choice(1)), chunk(choice(1, "stop")), chunk(choice(0, "length"))], True),
    "without the last blank line": ([chunk(choice(finish="stop")).strip()], True),
}


@pytest.mark.parametrize(("stream", "whole"), ENDS.values(), ids=ENDS)
def test_an_answer_is_finished_when_each_choice_has_said_so(stream: list[bytes], *, whole: bool) -> None:
    assert finished(*stream) is whole


JUNK = {
    "no JSON": b"data: Hello\n\n",
    "cut JSON": b'data: {"choices": [\n\n',
    "a list": b"data: []\n\n",
    "choices of another type": b'data: {"choices": 5}\n\n',
    "too deep": b'data: {"error": ' + b"[" * 100_000 + b"\n\n",
    "no UTF-8": b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n\n',
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_is_refused_and_takes_nothing_from_what_came_before(junk: bytes) -> None:
    reader = OpenAIReader()
    piece = chunk(choice(content="Hello")) + junk + chunk(choice(finish="stop"))
    seen, broken = until_broken(reader.feed(piece))
    assert [event.kind for event in seen] == [Kind.CONTENT]
    assert broken is not None
    assert broken.outcome is Outcome.BROKEN
    assert not reader.finished


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (lambda: read_answer(body), lambda: events(b"data: " + body + b"\n\n")):
        try:
            read()
        except UpstreamBroken:
            continue


def test_a_refusal_does_not_repeat_what_the_provider_said() -> None:
    with pytest.raises(UpstreamBroken) as raised:
        events(b"data: my-canary\n\n")
    assert "canary" not in str(raised.value)


# Answers in one piece.


def test_the_usage_of_recorded_answers_is_what_was_expected_of_them() -> None:
    compared = 0
    for exchange, body in wire.answers():
        usage, _ = read_answer(body)
        if expected := recorded_usage(exchange):
            assert as_recorded(usage) == expected, exchange["id"]
            compared += 1
    assert compared > 300


BROKEN = {
    "nothing": b"",
    "cut": b'{"choices": [{"message": {"con',
    "null": b"null",
    "a list": b"[]",
    "a page": b"<html>Bad gateway</html>",
    "an error": b'{"error": {"message": "overloaded"}}',
    "an error in words": b'{"error": "overloaded"}',
    "no choices": b"{}",
    "choices of null": b'{"choices": null}',
    "an empty list of choices": b'{"choices": []}',
    "choices of another type": b'{"choices": "Hello"}',
}


@pytest.mark.case("B01")
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_it_is_no_answer(body: bytes) -> None:
    with pytest.raises(UpstreamBroken):
        read_answer(body)


WHOLE = {
    "with an error of null": (b'{"choices": [{}], "error": null}', None),
    "after a byte order mark": (b'\xef\xbb\xbf{"choices": [{}]}', None),
    "with usage of null": (b'{"choices": [{}], "usage": null}', None),
    "with usage of nothing": (b'{"choices": [{}], "usage": {}}', None),
    "with usage in nulls": (
        b'{"choices": [{}], "usage": {"prompt_tokens": 3, "completion_tokens": null, "prompt_tokens_details": null}}',
        Usage(3, 0),
    ),
}


@pytest.mark.parametrize(("body", "usage"), WHOLE.values(), ids=WHOLE)
def test_it_is_an_answer(body: bytes, usage: Usage | None) -> None:
    assert read_answer(body)[0] == usage


ODD_USAGES = [
    {"prompt_tokens": -1},
    {"prompt_tokens": 10**400},
    {"prompt_tokens": "many"},
    {"prompt_tokens": True},
    [],
    "none",
    7,
]


@pytest.mark.parametrize("usage", ODD_USAGES, ids=lambda usage: repr(usage)[:30])
def test_an_odd_usage_is_no_usage_and_costs_nobody_an_answer(usage: object) -> None:
    answer = {"choices": [{"message": {"content": "x"}}], "usage": usage}
    assert read_answer(json.dumps(answer).encode())[0] is None
    (event,) = events(chunk(choice(content="x"), usage=usage))
    assert (event.kind, event.usage) == (Kind.CONTENT, None)


def test_everything_that_has_a_price_of_its_own_is_counted() -> None:
    heard = {"cached_tokens": 20, "cache_write_tokens": 30, "audio_tokens": 40}
    said = {"reasoning_tokens": 5, "audio_tokens": 6}
    usage = {"prompt_tokens": 100, "completion_tokens": 50} | {
        "prompt_tokens_details": heard,
        "completion_tokens_details": said,
    }
    counted = Usage(
        100,
        50,
        cached_input_tokens=20,
        reasoning_tokens=5,
        cache_write_tokens=30,
        audio_input_tokens=40,
        audio_output_tokens=6,
    )
    assert read_answer(json.dumps({"choices": [{}], "usage": usage}).encode())[0] == counted
    (event,) = events(chunk(usage=usage))
    assert event.usage == counted


def test_a_usage_with_odd_details_counts_without_them() -> None:
    answer = {"choices": [{}], "usage": {"prompt_tokens": 5.0, "completion_tokens": 2, "prompt_tokens_details": []}}
    assert read_answer(json.dumps(answer).encode())[0] == Usage(5, 2)


def test_a_last_event_without_its_blank_line_is_given_one() -> None:
    cut = chunk(choice(content="x")).removesuffix(b"\n")
    (event,) = events(cut)
    assert event.raw == cut + b"\n\n"
