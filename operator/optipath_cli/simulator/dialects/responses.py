"""OpenAI's Responses: a `response` of items, and the events in which it grows.

The shapes are those of the published API. Nothing is kept: `previous_response_id` is refused, as by a provider that
has forgotten it.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp, Tool
from optipath_cli.simulator.dialects import BadRequest, Event, openai
from optipath_cli.simulator.dialects.prompt import decoded, is_last, texts

Json = dict[str, Any]
streams_lines = False


class _Format(msgspec.Struct):
    type: str = "text"
    schema: Json | None = None


class _Text(msgspec.Struct):
    format: _Format | None = None


class _Tool(msgspec.Struct):
    type: str
    name: str | None = None
    parameters: Json | None = None


class _Body(msgspec.Struct):
    model: str
    input: Any = None
    instructions: str | None = None
    stream: bool | None = False
    tools: list[_Tool] | None = None
    text: _Text | None = None
    previous_response_id: str | None = None


def serves(path: str) -> bool:
    """Whether input is posted to the path."""
    return path.endswith("/responses")


def read(_: str, body: bytes) -> Asked:
    """What the body asks for; raises BadRequest."""
    said = decoded(body, _Body)
    if said.previous_response_id is not None:
        raise BadRequest(f"previous response {said.previous_response_id!r} is not kept here")
    functions = [tool for tool in said.tools or () if tool.type == "function" and tool.name]
    form = said.text.format if said.text else None
    return Asked(
        model=said.model,
        prompt="\n".join([*texts(said.instructions), *texts(said.input)]),
        streams=bool(said.stream),
        stream_usage=True,
        tool=Tool(functions[0].name or "", functions[0].parameters or {"type": "object"}) if functions else None,
        called=is_last(said.input, "function_call_output"),
        json=form is not None and form.type != "text",
        schema=form.schema if form else None,
    )


def reply(asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
    """A `response`, and the tokens in it."""
    pieces = list(answer.pieces)
    tokens = len(pieces) + len(answer.thoughts)
    return msgspec.json.encode(_response(asked, stamp, _items(answer, "".join(pieces), stamp), answer, tokens)), tokens


def events(asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
    """A stream from `response.created` to `response.completed`."""
    number = -1

    def event(kind: str, what: Any = "opening", tokens: int = 0, **members: Any) -> Event:
        nonlocal number
        number += 1
        return Event(msgspec.json.encode({"type": kind, "sequence_number": number, **members}), what, tokens, kind)

    begun = _response(asked, stamp, [], answer, 0) | {"status": "in_progress", "usage": None}
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    said: list[str] = []
    items = _items(answer, "", stamp)
    for place, item in enumerate(items):
        at: Json = {"item_id": item["id"], "output_index": place}
        yield event("response.output_item.added", output_index=place, item=item | {"status": "in_progress"})
        if item["type"] == "reasoning":
            thought = ""
            part = {"type": "summary_text", "text": ""}
            yield event("response.reasoning_summary_part.added", **at, summary_index=0, part=part)
            for words in answer.thoughts:
                thought += words
                kind = "response.reasoning_summary_text.delta"
                yield event(kind, "content", 1, **at, summary_index=0, delta=words)
            yield event("response.reasoning_summary_text.done", **at, summary_index=0, text=thought)
            part = {"type": "summary_text", "text": thought}
            yield event("response.reasoning_summary_part.done", **at, summary_index=0, part=part)
        elif item["type"] == "function_call":
            for piece in answer.pieces:
                said.append(piece)
                yield event("response.function_call_arguments.delta", "content", 1, **at, delta=piece)
            done: Json = {"arguments": "".join(said), "name": answer.tool}
            yield event("response.function_call_arguments.done", **at, **done)
        else:
            name = "refusal" if answer.declined else "output_text"
            yield event("response.content_part.added", **at, content_index=0, part=_part(answer, ""))
            logprobs: Json = {} if answer.declined else {"logprobs": []}
            for piece in answer.pieces:
                said.append(piece)
                yield event(f"response.{name}.delta", "content", 1, **at, content_index=0, delta=piece, **logprobs)
            text: Json = {"refusal" if answer.declined else "text": "".join(said)}
            yield event(f"response.{name}.done", **at, content_index=0, **text, **logprobs)
            yield event("response.content_part.done", **at, content_index=0, part=_part(answer, "".join(said)))
        whole = _items(answer, "".join(said), stamp)[place]
        yield event("response.output_item.done", output_index=place, item=whole)
    tokens = len(said) + len(answer.thoughts)
    ended = _response(asked, stamp, _items(answer, "".join(said), stamp), answer, tokens)
    yield event(f"response.{ended['status']}", "finish", response=ended)


def error(status: int, message: str, reason: Reason = "status") -> bytes:
    """The body of an error."""
    return openai.error(status, message, reason)


def error_event(message: str) -> Event:
    """An error in the middle of a stream."""
    told = {"type": "error", "code": "server_error", "message": message, "param": None, "sequence_number": 99}
    return Event(msgspec.json.encode(told), "error", name="error")


def _items(answer: Answer, text: str, stamp: Stamp) -> list[Json]:
    """What is said, as items: thoughts first."""
    items: list[Json] = []
    if answer.thoughts:
        summary = [{"type": "summary_text", "text": "".join(answer.thoughts)}] if text else []
        items.append({"type": "reasoning", "id": f"rs_simulated_{stamp.number}", "summary": summary})
    if answer.tool is not None:
        call = {"call_id": f"call_simulated_{stamp.number}", "name": answer.tool, "arguments": text}
        items.append({"type": "function_call", "id": f"fc_simulated_{stamp.number}", "status": "completed", **call})
    else:
        content = [_part(answer, text)] if text else []
        message = {"role": "assistant", "status": "completed", "content": content}
        items.append({"type": "message", "id": f"msg_simulated_{stamp.number}", **message})
    return items


def _part(answer: Answer, text: str) -> Json:
    if answer.declined:
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _response(asked: Asked, stamp: Stamp, items: list[Json], answer: Answer, tokens: int) -> Json:
    usage = {
        "input_tokens": asked.tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": tokens,
        "output_tokens_details": {"reasoning_tokens": len(answer.thoughts)},
        "total_tokens": asked.tokens + tokens,
    }
    return {
        "id": f"resp_simulated_{stamp.number}",
        "object": "response",
        "created_at": stamp.created,
        "status": "incomplete" if answer.filtered else "completed",
        "error": None,
        "incomplete_details": {"reason": "content_filter"} if answer.filtered else None,
        "instructions": None,
        "metadata": {},
        "model": asked.model,
        "output": items,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": usage if answer.usage != "never" else None,
    }
