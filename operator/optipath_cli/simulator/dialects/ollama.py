"""Ollama's own chat and embeddings: a stream is JSON, a line an event, and the last line says `done`."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp, Tool
from optipath_cli.simulator.dialects import Event
from optipath_cli.simulator.dialects.embeddings import vector
from optipath_cli.simulator.dialects.prompt import decoded, is_last, texts

Json = dict[str, Any]
streams_lines = True


class _Body(msgspec.Struct):
    model: str
    messages: list[Any] = []
    stream: bool | None = True
    tools: list[Json] | None = None
    format: Any = None
    input: Any = None


def serves(path: str) -> bool:
    """Whether chats or texts to embed are posted to the path."""
    return path.endswith(("/api/chat", "/api/embed"))


def read(target: str, body: bytes) -> Asked:
    """What the body asks for; raises BadRequest."""
    said = decoded(body, _Body)
    functions = [tool.get("function", {}) for tool in said.tools or ()]
    inputs = tuple(texts(said.input))
    return Asked(
        model=said.model,
        prompt="\n".join([*texts(said.messages), *inputs]),
        # Its streams are on unless they are turned off.
        streams=said.stream is not False and not target.partition("?")[0].endswith("/embed"),
        stream_usage=True,
        tool=Tool(functions[0]["name"], functions[0].get("parameters") or {"type": "object"}) if functions else None,
        called=is_last(said.messages, "tool"),
        json=bool(said.format),
        schema=said.format if isinstance(said.format, dict) else None,
        inputs=inputs,
    )


def reply(asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
    """A whole answer, and the tokens in it."""
    if asked.inputs:
        told = {"model": asked.model, "embeddings": [vector(text) for text in asked.inputs]}
        return msgspec.json.encode(told | {"prompt_eval_count": asked.tokens}), 0
    pieces = list(answer.pieces)
    message = _message(answer, "".join(pieces)) | _thinking("".join(answer.thoughts))
    tokens = len(pieces) + len(answer.thoughts)
    return msgspec.json.encode(_envelope(asked, stamp, message) | _end(asked, answer, tokens)), tokens


def events(asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
    """A stream of messages, each with what is new in it, up to one that is done."""
    tokens = 0

    def line(message: Json, **members: Any) -> bytes:
        return msgspec.json.encode(_envelope(asked, stamp, message) | {"done": False} | members)

    for thought in answer.thoughts:
        tokens += 1
        yield Event(line({"role": "assistant", "content": ""} | _thinking(thought)), tokens=1)
    # A call comes whole: its arguments are an object.
    for piece, counted in answer.whole_calls():
        tokens += counted
        yield Event(line(_message(answer, piece)), tokens=counted)
    yield Event(line({"role": "assistant", "content": ""}, **_end(asked, answer, tokens)), "finish")


def error(_: int, message: str, __: Reason = "status") -> bytes:
    """The body of an error, which has no types."""
    return msgspec.json.encode({"error": message})


def error_event(message: str) -> Event:
    """An error in the middle of a stream."""
    return Event(error(HTTPStatus.INTERNAL_SERVER_ERROR, message), "error")


def _message(answer: Answer, text: str) -> Json:
    if answer.tool is None:
        return {"role": "assistant", "content": text}
    call = {"function": {"name": answer.tool, "arguments": msgspec.json.decode(text)}}
    return {"role": "assistant", "content": "", "tool_calls": [call]}


def _thinking(text: str) -> Json:
    return {"thinking": text} if text else {}


def _envelope(asked: Asked, stamp: Stamp, message: Json) -> Json:
    created = f"2026-01-01T00:00:{stamp.number % 60:02}Z"
    return {"model": asked.model, "created_at": created, "message": message}


def _end(asked: Asked, answer: Answer, tokens: int) -> Json:
    counts = {"prompt_eval_count": asked.tokens, "eval_count": tokens} if answer.usage != "never" else {}
    return {"done": True, "done_reason": "stop", "total_duration": 1_000_000, **counts}
