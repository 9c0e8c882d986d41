"""Answers of any provider, as callers of Messages get them."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Message,
    Part,
    Reasoning,
    Refusal,
    Role,
    Text,
    ToolCall,
    Wire,
)
from optipath_router.chat.usage import Usage
from optipath_router.errors import UpstreamBroken
from optipath_router.providers.anthropic.codec import MESSAGES_CALLER, MESSAGES_PROVIDER
from optipath_router.providers.sse import SseParser
from support.folded import folded

Json = dict[str, Any]
CHAT = Chat(Wire.MESSAGES, (Message(Role.USER, (Text("Hello"),)),))


def whole(*parts: Part, finish: Finish = Finish.STOP, told: str = "stop", **given: Any) -> Json:
    answer = Answer((Choice(parts, finish, told, **given),), "id", "gpt", usage=Usage(100, 5, 40, 2, 10))
    body: Json = json.loads(MESSAGES_CALLER.write_answer(answer, CHAT))
    return body


def events(given: Iterable[Delta]) -> list[Json]:
    """What a writer writes, checked for what every stream of Messages keeps to."""
    writer = MESSAGES_CALLER.writer(CHAT, tells_usage=True)
    stream = b"".join(map(writer.write, given)) + writer.end()
    told = [json.loads(message.data or b"") for message in SseParser().feed(stream)]
    in_order(told)
    return told


def in_order(told: list[Json]) -> None:
    """One message, its blocks numbered as they begin, one open at a time."""
    kinds = [each["type"] for each in told]
    assert kinds[0] == "message_start"
    assert kinds[-2:] == ["message_delta", "message_stop"]
    assert kinds.count("message_start") == kinds.count("message_stop") == 1
    number, is_open = -1, False
    for each in told[1:-2]:
        match each["type"]:
            case "content_block_start":
                assert not is_open
                number, is_open = number + 1, True
            case "content_block_stop":
                assert is_open
                is_open = False
            case kind:
                assert kind == "content_block_delta"
                assert is_open
        assert each["index"] == number
    assert not is_open


def contents(told: list[Json]) -> list[Any]:
    """The blocks of a stream, each as its type with what it says."""
    made: list[list[Any]] = []
    for each in told:
        if each["type"] == "content_block_start":
            first = each["content_block"]
            made.append([first["type"], first.get("name") or first.get("data") or ""])
        elif each["type"] == "content_block_delta":
            delta = each["delta"]
            more = delta.get("text") or delta.get("thinking") or delta.get("partial_json")
            made[-1].append(more or delta.get("signature") or delta.get("citation"))
    return [tuple(each) for each in made]


def begun(number: int, what: Part) -> PartBegun:
    return PartBegun(0, number, what)


def grown(number: int, text: str) -> PartGrown:
    return PartGrown(0, number, text)


STOP = ChoiceEnded(0, Finish.STOP, "stop")
WEATHER, TIME = ToolCall("a", "weather", ""), ToolCall("b", "time", "")


def test_a_whole_answer() -> None:
    assert whole(Text("Hello"), Refusal("No"), ToolCall("a", "f", '{"x":1}'), finish=Finish.TOOL_CALLS) == {
        "id": "id",
        "type": "message",
        "role": "assistant",
        "model": "gpt",
        "content": [
            {"type": "text", "text": "Hello"},
            {"type": "text", "text": "No"},
            {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 50,
            "cache_creation_input_tokens": 10,
            "cache_read_input_tokens": 40,
            "output_tokens": 5,
            "output_tokens_details": {"thinking_tokens": 2},
        },
    }


def test_usage_that_nobody_told_is_zeros_as_the_format_demands_numbers() -> None:
    body = json.loads(MESSAGES_CALLER.write_answer(Answer((Choice((), Finish.STOP),)), CHAT))
    assert body["usage"] == {"input_tokens": 0, "output_tokens": 0}


REASONS: dict[str, tuple[Finish, str, str | None, bool, str]] = {
    "it said all": (Finish.STOP, "stop", None, False, "end_turn"),
    "a stop sequence": (Finish.STOP, "stop", "END", False, "stop_sequence"),
    "a provider that stops where it calls": (Finish.STOP, "STOP", None, True, "tool_use"),
    "a call": (Finish.TOOL_CALLS, "tool_calls", None, True, "tool_use"),
    "the limit": (Finish.LENGTH, "length", None, False, "max_tokens"),
    "the window": (Finish.WINDOW, "", None, False, "model_context_window_exceeded"),
    "a filter": (Finish.FILTERED, "content_filter", None, False, "refusal"),
    "a refusal": (Finish.REFUSED, "refusal", None, False, "refusal"),
    "a pause": (Finish.PAUSED, "pause_turn", None, False, "pause_turn"),
    "a reason that nobody else knows": (Finish.OTHER, "MALFORMED", None, False, "MALFORMED"),
    "Anthropic's own word": (Finish.STOP, "end_turn", None, True, "end_turn"),
}


@pytest.mark.case("U08")
@pytest.mark.parametrize(("finish", "told", "sequence", "calls", "reason"), REASONS.values(), ids=REASONS)
def test_why_it_ended(finish: Finish, told: str, sequence: str | None, reason: str, *, calls: bool) -> None:
    parts = (ToolCall("a", "f", "{}"),) if calls else ()
    body = whole(*parts, finish=finish, told=told, stop_sequence=sequence)
    assert (body["stop_reason"], body["stop_sequence"]) == (reason, sequence)
    said: list[Delta] = [
        Opened(),
        *(begun(n, part) for n, part in enumerate(parts)),
        ChoiceEnded(0, finish, told, sequence),
    ]
    assert events(said)[-2]["delta"] == {"stop_reason": reason, "stop_sequence": sequence}


def test_arguments_that_are_no_object_are_wrapped_whole_and_passed_in_a_stream() -> None:
    assert whole(ToolCall("a", "f", '{"x'))["content"][0]["input"] == {"INVALID_JSON": '{"x'}
    told = events([Opened(), begun(0, WEATHER), grown(0, '{"x'), STOP])
    assert contents(told) == [("tool_use", "weather", '{"x')]


def test_pictures_and_sounds_have_no_block_in_an_answer() -> None:
    assert whole(Audio(data="AA=="), Text("So"))["content"] == [{"type": "text", "text": "So"}]
    assert contents(events([Opened(), begun(0, Audio()), begun(1, Text("So")), STOP])) == [("text", "", "So")]


def test_a_citation_of_another_providers_is_one_of_the_web_without_proof() -> None:
    cited = Citation("https://a.example", "A", start=3, end=5)
    (block,) = whole(Text("I say so", (cited,)))["content"]
    location = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "encrypted_index": ""}
    assert block["citations"] == [{**location, "cited_text": "ay"}]
    told = events([Opened(), begun(0, Text("So")), PartGrown(0, 0, citation=cited), STOP])
    assert contents(told)[0][-1] == {**location, "cited_text": ""}


# Streams.


def test_a_stream_begins_with_what_is_known_and_ends_with_the_usage() -> None:
    told = events([Opened("id", "gpt"), begun(0, Text("")), grown(0, "Hel"), grown(0, "lo"), STOP, Told(Usage(9, 2))])
    assert told[0]["message"] == {
        "id": "id",
        "type": "message",
        "role": "assistant",
        "model": "gpt",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }
    assert contents(told) == [("text", "", "Hel", "lo")]
    usage = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "input_tokens": 9, "output_tokens": 2}
    assert told[-2]["usage"] == usage


ORDERS: dict[str, tuple[list[Delta], list[Any]]] = {
    "a text that nothing is said in": (
        [begun(0, Text("")), begun(1, WEATHER), grown(1, "{}")],
        [("tool_use", "weather", "{}")],
    ),
    "a thought and a text": (
        [begun(0, Reasoning()), grown(0, "Hm"), begun(1, Text("")), grown(1, "So")],
        [("thinking", "", "Hm"), ("text", "", "So")],
    ),
    "a thought and a text in turns": (
        [begun(0, Reasoning()), begun(1, Text("")), grown(1, "a"), grown(0, "b"), grown(1, "c")],
        [("text", "", "a"), ("thinking", "", "b"), ("text", "", "c")],
    ),
    "one call after the other": (
        [begun(0, WEATHER), grown(0, "{"), grown(0, "}"), begun(1, TIME), grown(1, "{}")],
        [("tool_use", "weather", "{", "}"), ("tool_use", "time", "{}")],
    ),
    "two calls in turns": (
        [begun(0, WEATHER), begun(1, TIME), grown(0, '{"a"'), grown(1, '{"b"'), grown(0, ":1}"), grown(1, ":2}")],
        [("tool_use", "weather", '{"a"', ":1}"), ("tool_use", "time", '{"b"', ":2}")],
    ),
    "two calls in turns that never come to an end": (
        [begun(0, WEATHER), begun(1, TIME), grown(0, "{"), grown(1, "["), grown(0, "1")],
        [("tool_use", "weather", "{", "1"), ("tool_use", "time", "[")],
    ),
    "three in turns": (
        [
            begun(0, WEATHER),
            begun(1, TIME),
            begun(2, Text("")),
            grown(2, "x"),
            grown(1, "{}"),
            grown(2, "y"),
            grown(0, "{}"),
        ],
        [("tool_use", "weather", "{}"), ("tool_use", "time", "{}"), ("text", "", "x", "y")],
    ),
    "a call without arguments and another": (
        [begun(0, WEATHER), begun(1, TIME), grown(1, "{}")],
        [("tool_use", "weather"), ("tool_use", "time", "{}")],
    ),
    "blanks after a call that was complete": (
        [begun(0, WEATHER), grown(0, "{}"), begun(1, Text("x")), grown(0, " ")],
        [("tool_use", "weather", "{}"), ("text", "", "x")],
    ),
    "another choice": ([PartBegun(1, 0, Text("x")), PartGrown(1, 0, "y"), begun(0, Text("z"))], [("text", "", "z")]),
    "another provider's hosted tool": ([HostedTold(Hosted(Wire.RESPONSES, msgspec.Raw(b"{}")))], []),
    "a hosted tool while a call is written": (
        [begun(0, WEATHER), HostedTold(Hosted(Wire.MESSAGES, msgspec.Raw(b'{"type":"x","name":"n"}'))), grown(0, "{}")],
        [("tool_use", "weather", "{}"), ("x", "n")],
    ),
}


@pytest.mark.parametrize(("given", "made"), ORDERS.values(), ids=ORDERS)
def test_blocks_come_one_after_the_other(given: list[Delta], made: list[Any]) -> None:
    assert contents(events([Opened(), *given, STOP])) == made


def test_a_call_that_goes_on_after_it_was_complete_breaks_the_answer() -> None:
    writer = MESSAGES_CALLER.writer(CHAT, tells_usage=True)
    for delta in (Opened(), begun(0, WEATHER), grown(0, "{}"), begun(1, Text("x"))):
        writer.write(delta)
    with pytest.raises(UpstreamBroken, match="after its arguments were complete"):
        writer.write(grown(0, "{}"))


@pytest.mark.case("D04")
def test_no_more_than_a_mebibyte_waits() -> None:
    writer = MESSAGES_CALLER.writer(CHAT, tells_usage=True)
    for delta in (Opened(), begun(0, WEATHER), grown(0, "{"), begun(1, Text(""))):
        writer.write(delta)
    pieces = [grown(1, "x" * 100_000)] * 20
    with pytest.raises(UpstreamBroken, match="wait for a tool call's end"):
        list(map(writer.write, pieces))


whats = st.sampled_from([Text(""), Reasoning(), WEATHER])


@given(st.lists(whats, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_order_of_pieces_says_each_part_whole_and_in_its_order(parts: list[Part], chance: Any) -> None:
    queues: list[list[Delta]] = []
    for number, part in enumerate(parts):
        pieces = ['{"a":"', "x", '"}'] if isinstance(part, ToolCall) else ["a", "b", "c"]
        queues.append([begun(number, part), *(grown(number, piece) for piece in pieces)])
    mixed: list[Delta] = [Opened()]
    while any(queues):
        mixed.append(chance.choice([queue for queue in queues if queue]).pop(0))
    told = events([*mixed, STOP])
    answer = folded_again(told)
    for kind, member in ((Text, "text"), (Reasoning, "text"), (ToolCall, "arguments")):
        said = "".join(getattr(part, member) for part in answer.choices[0].parts if isinstance(part, kind))
        wanted = sum(isinstance(part, kind) for part in parts)
        assert sorted(said) == sorted(('{"a":"x"}' if kind is ToolCall else "abc") * wanted)
    calls = [part.arguments for part in answer.choices[0].parts if isinstance(part, ToolCall)]
    assert set(calls) <= {'{"a":"x"}'}


def folded_again(told: list[Json]) -> Answer:
    """What our own reader makes of events."""
    stream = b"".join(b"event: x\ndata: " + json.dumps(each).encode() + b"\n\n" for each in told)
    reader = MESSAGES_PROVIDER.reader()
    reads = list(reader.feed(stream))
    assert reader.finished
    return folded(delta for read in reads for delta in read.deltas)


# What other providers thought, and its way back.

THOUGHTS: dict[str, Reasoning] = {
    "signed": Reasoning("Hm", "sig:1", wire=Wire.GEMINI),
    "hidden": Reasoning(hidden="gAAA==", wire=Wire.RESPONSES),
    "summed up, and hidden": Reasoning("Hm", hidden="gAAA==", wire=Wire.RESPONSES),
    "Anthropic's": Reasoning("Hm", "sig", wire=Wire.MESSAGES),
    "Anthropic's, redacted": Reasoning(hidden="abc", wire=Wire.MESSAGES),
    "Anthropic's, not shown": Reasoning("", "sig", wire=Wire.MESSAGES),
    "plain": Reasoning("Hm"),
}


def brought_back(blocks: list[Json]) -> tuple[Part, ...]:
    body = {"messages": [{"role": "assistant", "content": blocks}]}
    return MESSAGES_CALLER.read_chat(json.dumps(body).encode()).messages[0].parts


@pytest.mark.parametrize("thought", THOUGHTS.values(), ids=THOUGHTS)
def test_a_thought_comes_back_as_its_provider_wrote_it(thought: Reasoning) -> None:
    assert brought_back(whole(thought)["content"]) == (thought,)
    told = events([Opened(), begun(0, thought), STOP])
    (first, *_) = (each["content_block"] for each in told if each["type"] == "content_block_start")
    for each in told:
        if each["type"] == "content_block_delta":
            name = each["delta"]["type"].removesuffix("_delta")
            first[name] = first[name] + each["delta"][name]
    assert brought_back([first]) == (thought,)


def test_the_signature_of_a_call_comes_back_with_it() -> None:
    call = ToolCall("a", "f", "{}", signature="sig:1")
    blocks = whole(Text("So"), call)["content"]
    assert [block["type"] for block in blocks] == ["text", "redacted_thinking", "tool_use"]
    assert brought_back(blocks) == (Text("So"), call)
    told = contents(events([Opened(), begun(0, call), STOP]))
    assert [block[0] for block in told] == ["redacted_thinking", "tool_use"]
