"""What a caller sees in an answer, read by the plainest means: JSON, and events split at blank lines."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec


class Called(msgspec.Struct):
    """A tool call; its arguments as text."""

    id: str
    name: str
    arguments: str


class Seen(msgspec.Struct):
    """An answer, of the first choice."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish: str | None = None
    calls: list[Called] = []
    usage: dict[str, Any] = {}
    error: str | None = None
    ended: bool = False
    """Whether the end mark has come."""


def events(body: bytes) -> Iterator[dict[str, Any] | str]:
    """The data of each event."""
    for block in body.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        data = [line[5:].strip() for line in block.split("\n") if line.startswith("data:")]
        if data:
            text = "\n".join(data)
            yield json.loads(text) if text.startswith("{") else text


def chat(body: bytes, *, streams: bool) -> Seen:
    """An answer in OpenAI's chat format."""
    return _chat_stream(body) if streams else _chat_whole(json.loads(body))


def _chat_whole(answer: dict[str, Any]) -> Seen:
    choice = answer["choices"][0]
    message = choice["message"]
    return Seen(
        text=message.get("content") or "",
        reasoning=message.get("reasoning_content") or "",
        refusal=message.get("refusal") or "",
        finish=choice["finish_reason"],
        calls=[_called(call) for call in message.get("tool_calls") or ()],
        usage=answer.get("usage") or {},
        ended=True,
    )


def _called(call: dict[str, Any]) -> Called:
    if call["type"] == "custom":
        return Called(call["id"], call["custom"]["name"], call["custom"]["input"])
    return Called(call["id"], call["function"]["name"], call["function"]["arguments"])


def _chat_stream(body: bytes) -> Seen:
    seen = Seen()
    calls: dict[int, Called] = {}
    for event in events(body):
        if isinstance(event, str):
            seen.ended = event == "[DONE]"
            continue
        if event.get("error"):
            seen.error = event["error"]["message"]
            continue
        seen.usage = event.get("usage") or seen.usage
        for choice in event["choices"]:
            if choice["index"] != 0:
                continue
            delta = choice["delta"]
            seen.text += delta.get("content") or ""
            seen.reasoning += delta.get("reasoning_content") or ""
            seen.refusal += delta.get("refusal") or ""
            for call in delta.get("tool_calls") or ():
                known = calls.setdefault(call["index"], Called("", "", ""))
                known.id = call.get("id") or known.id
                function = call.get("function") or {}
                known.name += function.get("name") or ""
                known.arguments += function.get("arguments") or ""
            seen.finish = choice["finish_reason"] or seen.finish
    seen.calls = list(calls.values())
    return seen


def messages(body: bytes, *, streams: bool) -> Seen:
    """An answer in Anthropic's Messages format."""
    if not streams:
        answer = json.loads(body)
        seen = Seen(finish=answer["stop_reason"], usage=answer["usage"], ended=True)
        for block in answer["content"]:
            _block(seen, block, json.dumps(block.get("input")))
        return seen
    return _messages_stream(body)


def _block(seen: Seen, block: dict[str, Any], arguments: str) -> None:
    match block["type"]:
        case "text":
            seen.text += block["text"]
        case "thinking":
            seen.reasoning += block["thinking"]
        case "tool_use":
            seen.calls.append(Called(block["id"], block["name"], arguments))
        case _:
            pass


def _messages_stream(body: bytes) -> Seen:
    seen = Seen()
    blocks: list[dict[str, Any]] = []
    for event in events(body):
        assert isinstance(event, dict)
        match event["type"]:
            case "message_start":
                seen.usage = event["message"]["usage"]
            case "content_block_start":
                assert event["index"] == len(blocks), "blocks are numbered in their order"
                blocks.append({**event["content_block"], "json": ""})
            case "content_block_delta":
                _grow(blocks[event["index"]], event["delta"])
            case "message_delta":
                seen.finish = event["delta"]["stop_reason"]
                seen.usage = {**seen.usage, **{k: v for k, v in event["usage"].items() if v is not None}}
            case "message_stop":
                seen.ended = True
            case "error":
                seen.error = event["error"]["message"]
            case _:
                pass
    for block in blocks:
        _block(seen, block, block["json"])
    return seen


def _grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "input_json_delta":
            block["json"] += delta["partial_json"]
        case _:
            pass


def responses(body: bytes, *, streams: bool) -> Seen:
    """An answer in OpenAI's Responses format; a stream's last event holds all of it."""
    if not streams:
        return _response(json.loads(body))
    last: dict[str, Any] = {}
    for event in events(body):
        assert isinstance(event, dict)
        if event["type"] in {"response.completed", "response.incomplete", "response.failed"}:
            last = event["response"]
        elif event["type"] == "error":
            return Seen(error=event["message"])
    return _response(last) if last else Seen()


def _response(answer: dict[str, Any]) -> Seen:
    seen = Seen(finish=answer["status"], usage=answer.get("usage") or {}, ended=answer["status"] != "failed")
    if answer["status"] == "failed":
        seen.error = answer["error"]["message"]
    for item in answer["output"]:
        match item["type"]:
            case "message":
                for part in item["content"]:
                    seen.text += part.get("text", "") if part["type"] == "output_text" else ""
                    seen.refusal += part.get("refusal", "")
            case "reasoning":
                seen.reasoning += "".join(
                    part["text"] for part in (*item.get("summary", ()), *(item.get("content") or ()))
                )
            case "function_call":
                seen.calls.append(Called(item["call_id"], item["name"], item["arguments"]))
            case "custom_tool_call":
                seen.calls.append(Called(item["call_id"], item["name"], item["input"]))
            case _:
                pass
    return seen
