"""What a streamed reply takes to look at."""

import json
from collections.abc import Iterator

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import KIB, request
from optipath_router.providers.openai.dialect import CHAT

_CHUNKS = 200
_PIECES = 4096


def streaming() -> Iterator[Figure]:
    """Reading the chunks of a stream, however they arrive; and one event of 1 MB in small pieces."""
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-5-mini",
        "choices": [{"index": 0, "delta": {"content": " word"}, "logprobs": None, "finish_reason": None}],
    }
    asked = request(KIB)
    event = b"data: " + json.dumps(chunk).encode() + b"\n\n"

    def each_alone() -> None:
        reader = CHAT.reader(asked)
        for _ in range(_CHUNKS):
            list(reader.feed(event))

    def all_at_once() -> None:
        list(CHAT.reader(asked).feed(event * _CHUNKS))

    long = b'data: {"choices": [], "x": "' + b"x" * 1_000_000 + b'"}\n\n'
    pieces = [long[at : at + _PIECES] for at in range(0, len(long), _PIECES)]

    def long_one() -> None:
        reader = CHAT.reader(asked)
        for piece in pieces:
            list(reader.feed(piece))

    yield Figure("read a chunk of a stream, each alone", microseconds(each_alone) / _CHUNKS, "µs")
    yield Figure("read a chunk of a stream, all in one piece", microseconds(all_at_once) / _CHUNKS, "µs")
    yield Figure("read an event of 1 MB in pieces of 4 KiB", microseconds(long_one), "µs")
