"""Anthropic's Messages, and its count of tokens.

The shapes are those of the published API: a `message`, events from `message_start` to `message_stop`, and errors as
`{"type": "error", "error": {type, message}}`.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp, Tool
from optipath_cli.simulator.dialects import Event
from optipath_cli.simulator.dialects.prompt import decoded, is_last, texts

Json = dict[str, Any]
streams_lines = False

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}
"""Type of an error, by status; every other one is `api_error`."""
REASONS: dict[Reason, str] = {
    "wrong-key": "authentication_error",
    "quota": "billing_error",
    "overloaded": "overloaded_error",
}
SIGNATURE = "c2lnbmVkIGJ5IHRoZSBzaW11bGF0b3I="


class _Tool(msgspec.Struct):
    name: str
    input_schema: Json | None = None


class _Format(msgspec.Struct):
    type: str = ""
    schema: Json | None = None


class _Output(msgspec.Struct):
    format: _Format | None = None


class _Body(msgspec.Struct):
    model: str
    messages: list[Any]
    max_tokens: int | None = None
    system: Any = None
    stream: bool | None = False
    tools: list[_Tool] | None = None
    output_config: _Output | None = None
    output_format: _Format | None = None


def serves(path: str) -> bool:
    """Whether messages, or messages to be counted, are posted to the path."""
    return path.endswith(("/messages", "/messages/count_tokens"))


def read(target: str, body: bytes) -> Asked:
    """What the body asks for; raises BadRequest."""
    said = decoded(body, _Body)
    tool = said.tools[0] if said.tools else None
    form = said.output_format or (said.output_config.format if said.output_config else None)
    return Asked(
        model=said.model,
        prompt="\n".join([*texts(said.system), *texts(said.messages)]),
        streams=bool(said.stream),
        stream_usage=True,
        tool=Tool(tool.name, tool.input_schema or {"type": "object"}) if tool else None,
        called=is_last(said.messages, "tool_result"),
        json=form is not None,
        schema=form.schema if form else None,
        counts=target.partition("?")[0].endswith("/count_tokens"),
    )


def reply(asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
    """A `message`, and the tokens in it; or only how many tokens the request has."""
    if asked.counts:
        return msgspec.json.encode({"input_tokens": asked.tokens}), 0
    pieces = list(answer.pieces)
    text = "".join(pieces)
    content: list[Json] = []
    if answer.thoughts:
        content.append({"type": "thinking", "thinking": "".join(answer.thoughts), "signature": SIGNATURE})
    if answer.tool is None:
        content.append({"type": "text", "text": text})
    else:
        content.append(_call(answer.tool, stamp, msgspec.json.decode(text)))
    tokens = len(pieces) + len(answer.thoughts)
    message = _message(asked, stamp) | {
        "content": content,
        "stop_reason": _stop(answer),
        "usage": _usage(asked, tokens if answer.usage != "never" else 0),
    }
    return msgspec.json.encode(message), tokens


def events(asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
    """A stream from `message_start` to `message_stop`."""
    yield _event("message_start", "opening", message=_message(asked, stamp) | {"usage": _usage(asked, 1)})
    yield _event("ping", "opening")
    index = tokens = 0
    if answer.thoughts:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        yield _event("content_block_start", "opening", index=index, content_block=block)
        for thought in answer.thoughts:
            tokens += 1
            yield _delta(index, {"type": "thinking_delta", "thinking": thought}, tokens=1)
        yield _delta(index, {"type": "signature_delta", "signature": SIGNATURE})
        yield _event("content_block_stop", "opening", index=index)
        index += 1
    block = {"type": "text", "text": ""} if answer.tool is None else _call(answer.tool, stamp, {})
    yield _event("content_block_start", "opening", index=index, content_block=block)
    for piece in answer.pieces:
        tokens += 1
        delta = {"type": "text_delta", "text": piece}
        yield _delta(index, delta if answer.tool is None else {"type": "input_json_delta", "partial_json": piece}, 1)
    yield _event("content_block_stop", "opening", index=index)
    stop = {"stop_reason": _stop(answer), "stop_sequence": None}
    yield _event("message_delta", "finish", delta=stop, usage={"output_tokens": tokens})
    yield _event("message_stop", "done")


def error(status: int, message: str, reason: Reason = "status") -> bytes:
    """The body of an error."""
    kind = REASONS.get(reason) or KINDS.get(status, "api_error")
    told = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_simulated"}
    return msgspec.json.encode(told)


def error_event(message: str) -> Event:
    """An error in the middle of a stream."""
    return Event(error(HTTPStatus.INTERNAL_SERVER_ERROR, message), "error", name="error")


def _event(kind: str, part: Any, tokens: int = 0, **members: Any) -> Event:
    return Event(msgspec.json.encode({"type": kind, **members}), part, tokens, kind)


def _delta(index: int, delta: Json, tokens: int = 0) -> Event:
    return _event("content_block_delta", "content", tokens, index=index, delta=delta)


def _message(asked: Asked, stamp: Stamp) -> Json:
    return {
        "id": f"msg_simulated_{stamp.number}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _call(name: str, stamp: Stamp, arguments: Any) -> Json:
    return {"type": "tool_use", "id": f"toolu_simulated_{stamp.number}", "name": name, "input": arguments}


def _stop(answer: Answer) -> str:
    if answer.filtered or answer.declined:
        return "refusal"
    return "end_turn" if answer.tool is None else "tool_use"


def _usage(asked: Asked, tokens: int) -> Json:
    return {
        "input_tokens": asked.tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": tokens,
    }
