"""OpenAI's embeddings: a text's vector follows from the text alone."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from struct import pack
from typing import Any, Literal

import msgspec

from optipath_cli.simulator.behaviour import Reason
from optipath_cli.simulator.chat import Answer, Asked, Stamp
from optipath_cli.simulator.dialects import BadRequest, Event, openai
from optipath_cli.simulator.dialects.prompt import decoded

streams_lines = False
DIMENSIONS = 8


class _Body(msgspec.Struct):
    model: str
    input: str | list[str | int | list[int]]
    encoding_format: Literal["float", "base64"] | None = "float"


def vector(text: str) -> list[float]:
    """Eight numbers between 0 and 1."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return [byte / 256 for byte in digest[:DIMENSIONS]]


def serves(path: str) -> bool:
    """Whether texts to embed are posted to the path."""
    return path.endswith("/embeddings")


def read(_: str, body: bytes) -> Asked:
    """What the body asks for; raises BadRequest."""
    said = decoded(body, _Body)
    if not said.input:
        raise BadRequest("the input is empty")
    one = isinstance(said.input, str) or isinstance(said.input[0], int)
    inputs = tuple(map(str, [said.input] if one else said.input))
    return Asked(said.model, "\n".join(inputs), inputs=inputs, packed=said.encoding_format == "base64")


def reply(asked: Asked, _: Answer, __: Stamp) -> tuple[bytes, int]:
    """A list of embeddings; they take no tokens of output."""
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector(text)) if asked.packed else vector(text)}
        for index, text in enumerate(asked.inputs)
    ]
    usage = {"prompt_tokens": asked.tokens, "total_tokens": asked.tokens}
    return msgspec.json.encode({"object": "list", "data": data, "model": asked.model, "usage": usage}), 0


def events(_: Asked, __: Answer, ___: Stamp) -> Iterator[Event]:
    """Fail: nobody can ask for embeddings in a stream."""
    raise BadRequest("embeddings are not streamed")


def error(status: int, message: str, reason: Reason = "status") -> bytes:
    """The body of an error."""
    return openai.error(status, message, reason)


def error_event(message: str) -> Event:
    """An error, as a whole."""
    return Event(error(HTTPStatus.INTERNAL_SERVER_ERROR, message), "error")


def _packed(values: list[float]) -> Any:
    """Numbers of 32 bits each, in base64."""
    return b64encode(pack(f"<{len(values)}f", *values)).decode()
