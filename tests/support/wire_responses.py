"""Recorded exchanges with providers of OpenAI's Responses."""

import json
from functools import cache
from typing import Any

from support import wire

Exchange = dict[str, Any]

TEXT_FORMAT = {"type": "text"}


@cache
def exchanges() -> tuple[Exchange, ...]:
    """Every recorded exchange that speaks `openai.responses`; skips the test where there is no recording."""
    return tuple(
        exchange
        for file in sorted(wire.folder().glob("*.jsonl"))
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
