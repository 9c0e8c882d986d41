"""Streams whose parts grow in any order: what we write of them is in order, and nothing of it is lost."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.answer import ChoiceEnded, Delta, Finish, Opened, PartBegun, PartGrown
from optipath_router.chat.chat import Chat
from optipath_router.chat.conversation import Part, Reasoning, Refusal, Text, ToolCall, Wire
from optipath_router.providers.responses.codec import CALLER, PROVIDER
from optipath_router.providers.sse import SseParser
from support.folded import folded

PLAIN = Chat(Wire.RESPONSES, ())

begun = st.sampled_from(["text", "refusal", "thought", "summary", "call", "custom"])


def part(kind: str, number: int) -> Part:
    match kind:
        case "text":
            return Text("")
        case "refusal":
            return Refusal("")
        case "thought" | "summary":
            return Reasoning(wire=Wire.MESSAGES, summary=kind == "summary")
        case _:
            return ToolCall(f"call_{number}", "f", "", custom=kind == "custom")


@st.composite
def turns(draw: st.DrawFn) -> list[Delta]:
    """A turn of a model's, whose parts begin and grow as they like."""
    kinds = draw(st.lists(begun, min_size=1, max_size=5))
    deltas: list[Delta] = [Opened("x", "m", 1)]
    for number, kind in enumerate(kinds):
        deltas.append(PartBegun(0, number, part(kind, number)))
        grows = draw(st.lists(st.tuples(st.integers(0, number), st.text("ab", min_size=1, max_size=3)), max_size=4))
        deltas += [PartGrown(0, grown, text) for grown, text in grows]
    return [*deltas, ChoiceEnded(0, draw(st.sampled_from(Finish)))]


def written(deltas: Sequence[Delta]) -> list[dict[str, Any]]:
    writer = CALLER.writer(PLAIN, tells_usage=True)
    stream = b"".join(map(writer.write, deltas)) + writer.end()
    return [json.loads(message.data or b"") for message in SseParser().feed(stream)]


def said(parts: Sequence[Part], kind: type[Text | Refusal | Reasoning]) -> list[str]:
    return sorted("".join(each.text for each in parts if isinstance(each, kind)))


@given(turns())
def test_each_item_is_added_and_then_grows_and_then_is_done(deltas: list[Delta]) -> None:
    events = written(deltas)
    state: dict[int, str] = {}
    for event in events:
        index, kind = event.get("output_index"), event["type"]
        if index is None:
            continue
        match kind:
            case "response.output_item.added":
                assert index == len(state), "items are numbered as they are added"
                state[index] = event["item"]["id"]
            case "response.output_item.done":
                assert state[index] == event["item"]["id"]
                state[index] = "done"
            case _:
                assert state[index] == event["item_id"]
    assert set(state.values()) == {"done"}
    assert events[-1]["response"]["output"] == [
        event["item"]
        for event in sorted(events, key=lambda each: each.get("output_index", -1))
        if event["type"] == "response.output_item.done"
    ]
    names = [item["id"] for item in events[-1]["response"]["output"]]
    assert len(set(names)) == len(names)


@given(turns())
def test_nothing_of_a_turn_is_lost(deltas: list[Delta]) -> None:
    writer, reader = CALLER.writer(PLAIN, tells_usage=True), PROVIDER.reader()
    stream = b"".join(map(writer.write, deltas)) + writer.end()
    again = folded([delta for event in reader.feed(stream) for delta in event.deltas]).choices[0].parts
    whole = folded(deltas).choices[0].parts
    for kind in (Text, Refusal, Reasoning):
        assert said(again, kind) == said(whole, kind)
    calls = {each.id: each.arguments or "{}" * (not each.custom) for each in whole if isinstance(each, ToolCall)}
    assert {each.id: each.arguments for each in again if isinstance(each, ToolCall)} == calls
