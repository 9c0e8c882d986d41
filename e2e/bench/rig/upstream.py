"""A provider that does what a model's name says, at once and cheaply.

| model | its answer |
|---|---|
| `whole…` | a completion; its name is the text |
| `paced-N-MS` | a stream of N chunks, one each so many milliseconds |
| `claude-N-MS` | the same as Anthropic streams it |
| `flood-N` | a stream of N chunks, each written alone, as fast as they are taken |
| `cut-N` | a stream that is reset after N chunks |
| `e500…`, `e429…` | that status |
| `reset…` | none: the connection is reset |
| `hang…` | none, ever |

A name may begin with `tls-`, which says nothing. Each chunk has in its text
the moment at which it was sent.
"""

import asyncio
import json
import re
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import httptools

_MODEL = re.compile(rb'"model":\s*"(?:tls-)?([^"]+)"')
_SENT_AT = re.compile(rb'"content":"at (\d+\.\d+)"')
_RESET: Final = struct.pack("ii", 1, 0)
_STREAM_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

ANSWER: Final = json.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "bench",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 150}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 150, "total_tokens": 350},
    }
).encode()
"""A completion of about 1 KiB."""


def ages(pieces: list[tuple[float, bytes]]) -> list[float]:
    """Seconds from the sending of each chunk to its arrival."""
    return [arrived - float(sent) for arrived, piece in pieces for sent in _SENT_AT.findall(piece)]


class Upstream:
    """What all connections of the provider have in common."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        """Set by each request."""
        self.deserted: asyncio.Queue[float] = asyncio.Queue()
        """Moments at which somebody left before an answer had ended."""


class _Connection(asyncio.Protocol):
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._parser = httptools.HttpRequestParser(self)
        self._body = b""
        self._busy = self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self._resume: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop has a class of its own for it.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, piece: bytes) -> None:
        self._body += piece

    def on_message_complete(self) -> None:
        asked, self._body = _MODEL.search(self._body), b""
        assert asked is not None, "a request names its model"
        self._busy = True
        self._upstream.asked.set()
        self._behave(asked[1].decode())

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._resume is not None:
            self._resume()

    def connection_lost(self, _: Exception | None) -> None:
        self._resume = None
        if self._timer is not None:
            self._timer.cancel()
        if self._busy:
            self._upstream.deserted.put_nowait(time.perf_counter())

    def _behave(self, model: str) -> None:
        match model.split("-"):
            case ["whole", *_]:
                self._answer(200, ANSWER.replace(b'"bench"', f'"{model}"'.encode()))
            case ["paced", chunks, milliseconds]:
                self._transport.write(_STREAM_HEAD + _sent(_event(role="assistant")))
                self._pace(_timed, _DONE, int(chunks), int(milliseconds) / 1000, time.perf_counter())
            case ["claude", chunks, milliseconds]:
                self._transport.write(_STREAM_HEAD + _sent(_CLAUDE_BEGINS))
                self._pace(_claude_timed, _CLAUDE_DONE, int(chunks), int(milliseconds) / 1000, time.perf_counter())
            case ["cut", chunks]:
                self._transport.write(_STREAM_HEAD + b"".join(_sent(_timed()) for _ in range(int(chunks))))
                # What is still in the buffer would be lost with a reset.
                asyncio.get_running_loop().call_later(0.02, self._reset)
            case ["flood", chunks]:
                # What waits to be sent would be sent together; a provider's chunks go one by one.
                self._transport.set_write_buffer_limits(high=0)
                self._transport.write(_STREAM_HEAD)
                self._flood(int(chunks))
            case ["e500" | "e429" as status, *_]:
                self._answer(int(status[1:]), b'{"error": {"message": "no", "type": "server_error", "code": null}}')
            case ["reset", *_]:
                self._reset()
            case ["hang", *_]:
                pass
            case _:
                raise ValueError(f"model {model!r} says nothing of how to answer")

    def _answer(self, status: int, body: bytes) -> None:
        self._busy = False
        head = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)

    def _pace(self, timed: Callable[[], bytes], done: bytes, left: int, seconds: float, due: float) -> None:
        if not left:
            self._finish(done)
            return
        self._transport.write(_sent(timed()))
        following = partial(self._pace, timed, done, left - 1, seconds, due + seconds)
        self._timer = asyncio.get_running_loop().call_later(due + seconds - time.perf_counter(), following)

    def _flood(self, left: int) -> None:
        self._resume = None
        if not left or self._transport.is_closing():
            self._finish(_DONE)
        elif self._paused:
            self._resume = partial(self._flood, left)
        else:
            # For the same reason one a turn of the loop.
            self._transport.write(_CHUNK)
            asyncio.get_running_loop().call_soon(self._flood, left - 1)

    def _finish(self, done: bytes) -> None:
        self._busy = False
        self._transport.write(done + b"0\r\n\r\n")

    def _reset(self) -> None:
        self._busy = False
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()


def _timed() -> bytes:
    return _event(content=f"at {time.perf_counter():.6f}")


def _event(*, role: str = "", content: str = "", finish: str = "") -> bytes:
    told = f'"role":"{role}","content":""' if role else f'"content":"{content}"' if content else ""
    reason = f'"{finish}"' if finish else "null"
    return (
        'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"bench","choices":[{"index":0,'
        f'"delta":{{{told}}},"logprobs":null,"finish_reason":{reason}}}]}}\n\n'
    ).encode()


def _sent(event: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(event), event)


def _claude(kind: str, members: str) -> bytes:
    return f'event: {kind}\ndata: {{"type":"{kind}",{members}}}\n\n'.encode()


def _claude_timed() -> bytes:
    said = f'"delta":{{"type":"text_delta","text":"at {time.perf_counter():.6f}"}}'
    return _claude("content_block_delta", f'"index":0,{said}')


_CHUNK: Final = _sent(_timed())
_DONE: Final = _sent(_event(finish="stop")) + _sent(b"data: [DONE]\n\n")
_CLAUDE_BEGINS: Final = _claude(
    "message_start",
    '"message":{"id":"msg_1","type":"message","role":"assistant","model":"bench","content":[],"stop_reason":null,'
    '"stop_sequence":null,"usage":{"input_tokens":200,"output_tokens":1}}',
) + _claude("content_block_start", '"index":0,"content_block":{"type":"text","text":""}')
_CLAUDE_DONE: Final = _sent(
    _claude("content_block_stop", '"index":0')
    + _claude("message_delta", '"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":200}')
    + b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
)


@dataclass(frozen=True, slots=True)
class Served:
    """Where the provider listens."""

    upstream: Upstream
    port: int
    tls_port: int


@asynccontextmanager
async def served(tls: ssl.SSLContext) -> AsyncIterator[Served]:
    """The provider in this loop, for as long as the block lasts."""
    upstream, loop = Upstream(), asyncio.get_running_loop()
    servers = [
        await loop.create_server(partial(_Connection, upstream), "127.0.0.1", 0, ssl=context, backlog=1024)
        for context in (None, tls)
    ]
    try:
        yield Served(upstream, *(int(server.sockets[0].getsockname()[1]) for server in servers))
    finally:
        for server in servers:
            server.close()
