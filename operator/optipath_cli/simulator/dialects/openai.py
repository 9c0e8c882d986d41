"""OpenAI's chat completions.

The shapes are those of the published API: `chat.completion`, `chat.completion.chunk`, and errors as
`{"error": {message, type, param, code}}`.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp, Tool
from optipath_cli.simulator.dialects import BadRequest, Event

Json = dict[str, Any]
streams_lines = False

KINDS = {
    400: ("invalid_request_error", None),
    401: ("invalid_request_error", "invalid_api_key"),
    402: ("billing_error", "billing_not_active"),
    403: ("permission_error", "model_not_allowed"),
    404: ("invalid_request_error", "model_not_found"),
    413: ("invalid_request_error", "request_too_large"),
    422: ("invalid_request_error", "unprocessable_entity"),
    429: ("requests", "rate_limit_exceeded"),
    529: ("overloaded_error", "overloaded"),
}
"""Type and code of an error, by status; every other one is the server's."""
REASONS: dict[Reason, tuple[str, str | None]] = {
    "wrong-key": ("invalid_request_error", "invalid_api_key"),
    "quota": ("insufficient_quota", "insufficient_quota"),
    "context": ("invalid_request_error", "context_length_exceeded"),
    "policy": ("invalid_request_error", "content_policy_violation"),
    "overloaded": ("service_unavailable", "overloaded"),
}
"""Type and code where the cause is known; these go before the status."""


class _Part(msgspec.Struct):
    type: str
    text: str | None = None


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Part] | None = None

    def text(self) -> str:
        """All text of the message, its parts a line each."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content)
        return self.content or ""


class _Function(msgspec.Struct):
    name: str
    parameters: Json | None = None


class _Tool(msgspec.Struct):
    function: _Function | None = None


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = False


class _JsonSchema(msgspec.Struct):
    schema: Json | None = None


class _ResponseFormat(msgspec.Struct):
    type: str
    json_schema: _JsonSchema | None = None


class _Body(msgspec.Struct):
    """The members that make a difference here; the others are passed over."""

    model: str
    messages: list[_Message]
    stream: bool | None = False
    n: Annotated[int, msgspec.Meta(ge=1, le=128)] | None = 1
    stream_options: _StreamOptions | None = None
    tools: list[_Tool] | None = None
    response_format: _ResponseFormat | None = None


def serves(path: str) -> bool:
    """Whether chats are posted to the path, whatever it begins with."""
    return path.endswith("/chat/completions")


def read(_: str, body: bytes) -> Asked:
    """What the body asks for; raises BadRequest."""
    try:
        said = msgspec.json.decode(body, type=_Body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"the request body cannot be read: {error}") from error
    functions = [tool.function for tool in said.tools or () if tool.function]
    form = said.response_format
    return Asked(
        model=said.model,
        prompt="\n".join(message.text() for message in said.messages),
        streams=bool(said.stream),
        choices=said.n or 1,
        stream_usage=bool(said.stream_options and said.stream_options.include_usage),
        tool=Tool(functions[0].name, functions[0].parameters or {"type": "object"}) if functions else None,
        called=bool(said.messages) and said.messages[-1].role == "tool",
        json=form is not None and form.type != "text",
        schema=form.json_schema.schema if form and form.json_schema else None,
    )


def reply(asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
    """A `chat.completion`, and the tokens in it."""
    pieces = list(answer.pieces)
    text = "".join(pieces)
    message: Json = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
    if answer.tool is not None:
        message |= {"content": None, "tool_calls": [_call(answer.tool, text, stamp)]}
    elif answer.declined:
        message |= {"content": None, "refusal": text}
    if answer.thoughts:
        message["reasoning_content"] = "".join(answer.thoughts)
    choice: Json = {"message": message, "logprobs": None, "finish_reason": _finish(answer)}
    completion = _envelope("chat.completion", asked, stamp)
    completion["choices"] = [{"index": index, **choice} for index in range(asked.choices)]
    tokens = (len(pieces) + len(answer.thoughts)) * asked.choices
    if answer.usage != "never":
        completion["usage"] = _usage(asked, answer, tokens)
    return msgspec.json.encode(completion), tokens


def events(asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
    """A stream of `chat.completion.chunk`, up to `[DONE]`."""
    wants_usage = asked.stream_usage and answer.usage == "asked"
    envelope = _envelope("chat.completion.chunk", asked, stamp) | ({"usage": None} if wants_usage else {})
    choices = range(asked.choices)
    tokens = 0

    def chunk(index: int, delta: Json, finish: str | None = None) -> bytes:
        choice: Json = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        counted = answer.usage == "each" or (answer.usage == "in-finish" and finish is not None)
        usage = {"usage": _usage(asked, answer, tokens)} if counted else {}
        return msgspec.json.encode(envelope | {"choices": [choice]} | usage)

    opening: Json = {"role": "assistant", "content": "", "refusal": None}
    if answer.tool is not None:
        opening |= {"content": None, "tool_calls": [{"index": 0, **_call(answer.tool, "", stamp)}]}
    for index in choices:
        yield Event(chunk(index, opening), "opening")
    for delta in _deltas(answer):
        for index in choices:
            tokens += 1
            yield Event(chunk(index, delta), tokens=1)
    for index in choices:
        yield Event(chunk(index, {}, finish=_finish(answer)), "finish")
    if wants_usage or answer.usage == "last":
        yield Event(msgspec.json.encode(envelope | {"choices": [], "usage": _usage(asked, answer, tokens)}), "usage")
    yield Event(b"[DONE]", "done")


def _deltas(answer: Answer) -> Iterator[Json]:
    """What is thought, and then what is said, token by token."""
    for thought in answer.thoughts:
        yield {"reasoning_content": thought}
    for piece in answer.pieces:
        if answer.tool is not None:
            yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        else:
            yield {"refusal" if answer.declined else "content": piece}


def error(status: int, message: str, reason: Reason = "status") -> bytes:
    """The body of an error with the type and code that go with its reason, or its status if that is all."""
    kind, code = REASONS.get(reason) or KINDS.get(status, ("server_error", None))
    return msgspec.json.encode({"error": {"message": message, "type": kind, "param": None, "code": code}})


def error_event(message: str) -> Event:
    """An error in the middle of a stream."""
    return Event(error(HTTPStatus.INTERNAL_SERVER_ERROR, message), "error")


def models(names: list[str], created: int) -> bytes:
    """The list of models, as `GET /models` gives it."""
    cards = [{"id": name, "object": "model", "created": created, "owned_by": "simulator"} for name in names]
    return msgspec.json.encode({"object": "list", "data": cards})


def _envelope(kind: str, asked: Asked, stamp: Stamp) -> Json:
    """What every object of a reply begins with."""
    return {
        "id": f"chatcmpl-simulated-{stamp.number}",
        "object": kind,
        "created": stamp.created,
        "model": asked.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    }


def _call(name: str, arguments: str, stamp: Stamp) -> Json:
    """A call of a function."""
    return {
        "id": f"call_simulated_{stamp.number}",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def _finish(answer: Answer) -> str:
    """Why the answer ended."""
    if answer.filtered:
        return "content_filter"
    return "stop" if answer.tool is None else "tool_calls"


def _usage(asked: Asked, answer: Answer, tokens: int) -> Json:
    """The token counts."""
    return {
        "prompt_tokens": asked.tokens,
        "completion_tokens": tokens,
        "total_tokens": asked.tokens + tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": len(answer.thoughts) * asked.choices,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
