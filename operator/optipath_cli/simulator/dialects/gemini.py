"""Google's generateContent, plain and streamed, and its embeddings.

The shapes are those of the published API: candidates of parts, `usageMetadata`, and errors as
`{"error": {code, message, status}}`. A stream has no end mark.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp, Tool
from optipath_cli.simulator.dialects import BadRequest, Event
from optipath_cli.simulator.dialects.embeddings import vector
from optipath_cli.simulator.dialects.prompt import decoded, is_last, texts

Json = dict[str, Any]
streams_lines = False

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_PATH = re.compile(r"/models/([^/:?]+):(generateContent|streamGenerateContent|embedContent|batchEmbedContents)")


class _Body(msgspec.Struct, rename="camel"):
    contents: list[Any] = []
    system_instruction: Any = None
    tools: list[Json] | None = None
    generation_config: Json | None = None
    requests: list[Json] | None = None
    content: Any = None


def serves(path: str) -> bool:
    """Whether contents are posted to the path."""
    return _PATH.search(path) is not None


def read(target: str, body: bytes) -> Asked:
    """What is asked of the model in the path; raises BadRequest."""
    place = _PATH.search(target)
    if place is None:
        raise BadRequest(f"no model in {target}")
    said, method = decoded(body, _Body), place[2]
    streams = method == "streamGenerateContent"
    if streams and "alt=sse" not in target:
        raise BadRequest("the simulator streams with alt=sse alone")
    declared = [each for tool in said.tools or () for each in tool.get("functionDeclarations", ())]
    config = said.generation_config or {}
    embedded = [each.get("content") for each in said.requests or ()] or ([said.content] if said.content else [])
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    return Asked(
        model=unquote(place[1]),
        prompt="\n".join(texts([said.system_instruction, said.contents, embedded])),
        streams=streams,
        choices=int(config.get("candidateCount") or 1),
        stream_usage=True,
        tool=_tool(declared[0]) if declared else None,
        called=is_last(said.contents, "functionResponse"),
        json=config.get("responseMimeType") == "application/json",
        schema=_lower(schema) if schema else None,
        inputs=tuple("\n".join(texts(each)) for each in embedded),
        batch=method == "batchEmbedContents",
    )


def _tool(declared: Json) -> Tool:
    parameters = declared.get("parametersJsonSchema") or declared.get("parameters") or {"type": "object"}
    return Tool(declared["name"], _lower(parameters))


def _lower(schema: Any) -> Any:
    """A schema whose types are written as JSON Schema writes them; Google's own are in capitals."""
    if isinstance(schema, list):
        return [_lower(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: value.lower() if name == "type" and isinstance(value, str) else _lower(value)
        for name, value in schema.items()
    }


def reply(asked: Asked, answer: Answer, stamp: Stamp) -> tuple[bytes, int]:
    """A whole answer, and the tokens in it."""
    if asked.inputs:
        vectors = [{"values": vector(text)} for text in asked.inputs]
        return msgspec.json.encode({"embeddings": vectors} if asked.batch else {"embedding": vectors[0]}), 0
    pieces = list(answer.pieces)
    parts: list[Json] = []
    if answer.thoughts:
        parts.append({"text": "".join(answer.thoughts), "thought": True})
    parts.append(_part(answer, "".join(pieces)))
    tokens, thought = len(pieces) * asked.choices, len(answer.thoughts) * asked.choices
    content = {"role": "model", "parts": parts}
    candidates = [{"content": content, "finishReason": _finish(answer), "index": i} for i in range(asked.choices)]
    told = {"candidates": candidates, **_stamped(asked, stamp)}
    if answer.usage != "never":
        told["usageMetadata"] = _usage(asked, tokens, thought)
    return msgspec.json.encode(told), tokens + thought


def events(asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Event]:
    """A stream of answers, each with what is new in it; the last one has the finish."""
    tokens, thought = 0, len(answer.thoughts)

    def chunk(index: int, parts: list[Json], finish: str | None = None) -> bytes:
        candidate: Json = {"content": {"role": "model", "parts": parts}, "index": index}
        if finish is not None:
            candidate["finishReason"] = finish
        usage = {"usageMetadata": _usage(asked, tokens, thought)} if answer.usage != "never" else {}
        return msgspec.json.encode({"candidates": [candidate], **usage, **_stamped(asked, stamp)})

    for words in answer.thoughts:
        yield Event(chunk(0, [{"text": words, "thought": True}]), tokens=1)
    # A call comes whole: its arguments are an object.
    for piece, counted in answer.whole_calls():
        for index in range(asked.choices):
            tokens += counted
            yield Event(chunk(index, [_part(answer, piece)]), tokens=counted)
    for index in range(asked.choices):
        yield Event(chunk(index, [{"text": ""}], _finish(answer)), "finish")


def error(status: int, message: str, reason: Reason = "status") -> bytes:
    """The body of an error."""
    if reason == "wrong-key":
        message = f"API key not valid. Please pass a valid API key. {message}"
    named = STATUSES.get(status, "UNKNOWN")
    return msgspec.json.encode({"error": {"code": status, "message": message, "status": named}})


def error_event(message: str) -> Event:
    """An error in the middle of a stream."""
    return Event(error(HTTPStatus.INTERNAL_SERVER_ERROR, message), "error")


def _part(answer: Answer, text: str) -> Json:
    if answer.tool is None:
        return {"text": text}
    return {"functionCall": {"name": answer.tool, "args": msgspec.json.decode(text)}}


def _finish(answer: Answer) -> str:
    return "SAFETY" if answer.filtered else "STOP"


def _stamped(asked: Asked, stamp: Stamp) -> Json:
    return {"modelVersion": asked.model, "responseId": f"simulated-{stamp.number}"}


def _usage(asked: Asked, tokens: int, thought: int) -> Json:
    usage = {
        "promptTokenCount": asked.tokens,
        "candidatesTokenCount": tokens,
        "totalTokenCount": asked.tokens + tokens + thought,
    }
    return usage | ({"thoughtsTokenCount": thought} if thought else {})
