"""Requests for OpenAI's Responses, compared."""

from typing import Any

TEXT_FORMAT = {"type": "text"}


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
