"""Recorded exchanges with providers of OpenAI's Responses."""

import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from optipath_router.chat.answer import (
    Answer,
    Choice,
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
from optipath_router.chat.conversation import Audio, Part, Reasoning, Refusal, Text, ToolCall

_PROJECT = Path(__file__).parents[2]
_WIRE = Path(os.environ.get("OPTIPATH_FIXTURES", _PROJECT / "../shared/fixtures")) / "wire"

Exchange = dict[str, Any]

TEXT_FORMAT = {"type": "text"}


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Every recorded exchange that speaks `openai.responses`; skips the test where there is no recording."""
    if not _WIRE.is_dir():
        pytest.skip(f"no recorded exchanges at {_WIRE}; OPTIPATH_FIXTURES names the folder")
    return tuple(
        exchange
        for file in sorted(_WIRE.glob("*.jsonl"))
        for exchange in map(json.loads, file.read_text().splitlines())
        if exchange["dialect"] == "openai.responses"
    )


def requests() -> list[tuple[Exchange, bytes]]:
    """Those whose request was kept, with its body."""
    return [
        (each, json.dumps(each["request"]["body"], ensure_ascii=False).encode())
        for each in exchanges()
        if each["request"] and isinstance(each["request"].get("body"), dict)
    ]


def streams() -> list[tuple[Exchange, bytes]]:
    """Those that were answered by a stream, with its bytes."""
    return [(each, each["response"]["body_text"].encode()) for each in exchanges() if "body_text" in each["response"]]


def answers() -> list[tuple[Exchange, bytes]]:
    """Those that were answered in one piece and well, with its bytes."""
    return [
        (each, json.dumps(each["response"]["body"], ensure_ascii=False).encode())
        for each in exchanges()
        if each["response"]["status"] == 200 and "body" in each["response"]
    ]


def normalised(body: dict[str, Any]) -> dict[str, Any]:
    """A request as we write it, where the format lets the same be said in several ways (see the codec's README)."""
    told = {name: _bare(value) for name, value in body.items() if name not in ("model", "stream", "stream_options")}
    told = {name: value for name, value in told.items() if value not in (None, [], {})}
    if isinstance(told.get("input"), str):
        told["input"] = [{"role": "user", "content": told["input"]}]
    if "input" in told:
        told["input"] = [_item(item) for item in told["input"]]
    if "include" in told:
        told["include"] = sorted(told["include"])
    if told.get("text", {}).get("format") == TEXT_FORMAT:
        del told["text"]["format"]
    if not told.get("text", True):
        del told["text"]
    for name, usual in (("background", False), ("truncation", "disabled")):
        if told.get(name) == usual:
            del told[name]
    return told


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """An item: that it is a message, or complete, goes without saying; and a text is a list with one text in it."""
    item = {"type": "message", **item} if "role" in item else dict(item)
    if item.get("status") == "completed" and item["type"] in ("message", "reasoning", "function_call"):
        del item["status"]
    if item["type"] == "reasoning":
        item = {name: value for name, value in item.items() if name != "content" or value}
    if item["type"] == "message" and item["role"] == "assistant":
        if isinstance(item["content"], str):
            item["content"] = [{"type": "output_text", "text": item["content"]}]
        item["content"] = [_output(part) for part in item["content"]]
    return item


def _output(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "logprobs" and (name != "annotations" or value)}


def _bare(value: Any) -> Any:
    """A value without nulls."""
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if each is not None}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def fold(deltas: Iterable[Delta]) -> Answer:
    """The whole answer that deltas tell of; its choices are numbered in a row."""
    answer, parts, ends = Answer(()), dict[int, list[Part]](), dict[int, ChoiceEnded]()
    logprobs: dict[int, list[msgspec.Raw]] = {}
    for delta in deltas:
        match delta:
            case Opened(id=name, model=model, created=created, usage=usage):
                answer = replace(answer, id=name, model=model, created=created, usage=usage)
            case PartBegun(choice=choice, part=number, what=what):
                assert number == len(parts.setdefault(choice, [])), "parts are numbered as they begin"
                parts[choice].append(what)
            case PartGrown(choice=choice, part=number):
                parts[choice][number] = _grown(parts[choice][number], delta)
                if delta.logprobs is not None:
                    logprobs.setdefault(choice, []).append(delta.logprobs)
            case ChoiceEnded(choice=choice):
                assert choice not in ends, "a choice ends once"
                ends[choice] = delta
            case Told(usage=usage):
                answer = replace(answer, usage=usage)
            case HostedTold():
                pass
            case Failing():
                raise AssertionError(f"it failed: {delta.body!r}")
    numbers = range(max((*parts, *ends), default=-1) + 1)
    return replace(answer, choices=tuple(_choice(n, parts, ends, logprobs) for n in numbers))


def _choice(
    number: int,
    parts: dict[int, list[Part]],
    ends: dict[int, ChoiceEnded],
    logprobs: dict[int, list[msgspec.Raw]],
) -> Choice:
    end = ends.get(number, ChoiceEnded(number, Finish.OTHER))
    tokens = [token for each in logprobs.get(number, []) for token in msgspec.json.decode(each)["content"]]
    kept = msgspec.Raw(msgspec.json.encode({"content": tokens, "refusal": None})) if tokens else None
    return Choice(tuple(parts.get(number, ())), end.finish, end.told, end.stop_sequence, kept)


def _grown(part: Part, grown: PartGrown) -> Part:
    match part:
        case ToolCall():
            signature = grown.signature or part.signature
            return replace(part, arguments=part.arguments + grown.text, signature=signature)
        case Reasoning():
            return replace(part, text=part.text + grown.text, signature=grown.signature or part.signature)
        case Text():
            cited = (*part.citations, grown.citation) if grown.citation else part.citations
            return replace(part, text=part.text + grown.text, citations=cited)
        case Refusal():
            return replace(part, text=part.text + grown.text)
        case Audio():
            return replace(part, data=(part.data or "") + grown.text)
        case _:
            raise AssertionError(f"{part} grew")
