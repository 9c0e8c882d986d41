"""An application's answer, from its messages to what is written for them; and what it is told of its caller."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from optipath_router.api.exchange import Leaving, read_body
from optipath_router.room import Room
from optipath_router.serving.caller import Caller
from optipath_router.serving.serving import Serving
from support.callers import LIMITS, request

App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Wire(asyncio.Transport):
    """The other side of a connection, which remembers what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = self.paused = False

    @property
    def written(self) -> bytes:
        return b"".join(self.writes)

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.writes.extend(list_of_data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return 0


class Served:
    """A connection, and the application behind it."""

    def __init__(self, application: App) -> None:
        config = uvicorn.Config(application, interface="asgi3", ws="none", lifespan="off", log_config=None)
        config.load()
        self.wire, self.serving = Wire(), Serving(LIMITS, Room(), lambda _: None)
        self.serving.common = b"date: now\r\n"
        self.caller = Caller(config, self.serving, {}, asyncio.get_running_loop())
        self.caller.connection_made(self.wire)

    async def take(self, data: bytes) -> Wire:
        """Receive something, and let the application end."""
        self.caller.data_received(data)
        return await self.ended()

    async def ended(self) -> Wire:
        """What was written, once the application has ended."""
        await asyncio.gather(*self.serving.tasks)
        return self.wire


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def piece(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def length(size: int) -> tuple[bytes, bytes]:
    return b"content-length", str(size).encode()


def sends(*messages: Message) -> App:
    """An application that sends this, and no more."""

    async def application(_: Scope, __: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return application


POST, GET, HEAD = request(), request("GET", body=b""), request("HEAD", body=b"")
OLD = GET.replace(b"HTTP/1.1", b"HTTP/1.0")
ONE_WRITE = [b"HTTP/1.1 200 OK\r\ndate: now\r\na: b\r\ncontent-length: 3\r\n\r\nabc"]
CHUNKS = [
    b"HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n",
    b"1\r\nc\r\n",
    b"0\r\n\r\n",
]

WRITTEN = {
    "head and body leave together": (GET, [start(200, (b"a", b"b"), length(3)), piece(b"abc")], ONE_WRITE),
    "a stream's head leaves with its first piece": (
        GET,
        [start(), piece(b"ab", more=True), piece(b"c", more=True), piece(b"")],
        CHUNKS,
    ),
    "an empty piece is no end of a stream": (
        GET,
        [start(), piece(b"", more=True), piece(b"ab")],
        [CHUNKS[0].removesuffix(b"2\r\nab\r\n"), b"2\r\nab\r\n0\r\n\r\n"],
    ),
    "a body of known length in pieces": (
        GET,
        [start(201, length(3)), piece(b"ab", more=True), piece(b"c")],
        [b"HTTP/1.1 201 Created\r\ndate: now\r\ncontent-length: 3\r\n\r\nab", b"c"],
    ),
    "a HEAD is told of a body and gets none": (
        HEAD,
        [start(200, length(3)), piece(b"abc")],
        [b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 3\r\n\r\n"],
    ),
    "204 has no body and no length": (
        GET,
        [start(204), piece(b"")],
        [b"HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n"],
    ),
    "304 may tell a length": (
        GET,
        [start(304, length(3)), piece(b"")],
        [b"HTTP/1.1 304 Not Modified\r\ndate: now\r\ncontent-length: 3\r\n\r\n"],
    ),
    "a status without a name": (
        GET,
        [start(599, length(0)), piece(b"")],
        [b"HTTP/1.1 599 \r\ndate: now\r\ncontent-length: 0\r\n\r\n"],
    ),
}


@pytest.mark.parametrize(("asked", "messages", "writes"), WRITTEN.values(), ids=WRITTEN)
async def test_an_answer_is_written_in_as_few_pieces_as_it_comes_in(
    asked: bytes, messages: list[Message], writes: list[bytes]
) -> None:
    served = Served(sends(*messages))
    for _ in range(2):
        wire = await served.take(asked)
        assert wire.writes == writes
        assert not wire.closed
        wire.writes.clear()


LARGE = b"x" * 2**17
APART = {
    "of a known length": (
        GET,
        [start(200, length(len(LARGE))), piece(LARGE)],
        [b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 131072\r\n\r\n", LARGE],
    ),
    "of a stream": (
        GET,
        [start(), piece(LARGE, more=True), piece(LARGE)],
        [
            b"HTTP/1.1 200 OK\r\ndate: now\r\ntransfer-encoding: chunked\r\n\r\n20000\r\n",
            LARGE,
            b"\r\n",
            b"20000\r\n",
            LARGE,
            b"\r\n0\r\n\r\n",
        ],
    ),
    "that nobody asked for": (
        HEAD,
        [start(200, length(len(LARGE))), piece(LARGE)],
        [b"HTTP/1.1 200 OK\r\ndate: now\r\ncontent-length: 131072\r\n\r\n"],
    ),
}


@pytest.mark.case("B01")
@pytest.mark.parametrize(("asked", "messages", "writes"), APART.values(), ids=APART)
async def test_a_large_piece_is_not_copied(asked: bytes, messages: list[Message], writes: list[bytes]) -> None:
    wire = await Served(sends(*messages)).take(asked)
    assert wire.writes == writes
    assert all(written is LARGE for written in wire.writes if len(written) == len(LARGE))


CLOSING = {
    "a caller who wants no more": (request("GET", body=b"", connection="close"), start(200, length(3))),
    "a caller of HTTP/1.0": (OLD, start(200, length(3))),
    "a caller of HTTP/1.0, by a body without a length": (OLD, start()),
    "an application": (GET, start(200, length(3), (b"connection", b"close"))),
}


@pytest.mark.parametrize(("asked", "begin"), CLOSING.values(), ids=CLOSING)
async def test_a_connection_is_closed_after_the_answer_by(asked: bytes, begin: Message) -> None:
    wire = await Served(sends(begin, piece(b"abc"))).take(asked)
    head, _, body = wire.written.partition(b"\r\n\r\n")
    assert head.count(b"connection: close") == 1
    assert b"chunked" not in head
    assert (body, wire.closed) == (b"abc", True)


MISTAKES = {
    "says nothing": [],
    "breaks a line in a value": [start(200, (b"a", b"b\r\nset-cookie: c"), length(3)), piece(b"abc")],
    "begins a line in a value": [start(200, (b"a", b"\nb"), length(3)), piece(b"abc")],
    "breaks a line by CR": [start(200, (b"a", b"b\rc"), length(3)), piece(b"abc")],
    "breaks a line in a name": [start(200, (b"a\r\nb", b"c"), length(3)), piece(b"abc")],
    "has NUL in a value": [start(200, (b"a", b"b\0"), length(3)), piece(b"abc")],
    "begins twice": [start(), start()],
    "begins in the middle": [piece(b"abc")],
    "sends what nobody knows": [{"type": "http.response.trailers"}],
    "says more than it said it would": [start(200, length(2)), piece(b"abc")],
    "says less than it said it would": [start(200, length(4)), piece(b"abc")],
}


@pytest.mark.parametrize("messages", MISTAKES.values(), ids=MISTAKES)
async def test_nothing_is_written_of_an_application_that(
    messages: list[Message], caplog: pytest.LogCaptureFixture
) -> None:
    wire = await Served(sends(*messages)).take(GET)
    head, _, body = wire.written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b'"code":"internal_error"' in body
    assert b"set-cookie" not in wire.written
    assert [record.getMessage() for record in caplog.records] == ["GET / was not answered as it should be"]


async def test_what_a_head_said_that_nobody_saw_is_forgotten_with_it() -> None:
    wire = await Served(sends(start(204), start())).take(GET)
    assert b'"code":"internal_error"' in wire.written


async def test_a_mistake_after_the_beginning_cuts_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    wire = await Served(sends(start(200, length(3)), piece(b"ab", more=True), piece(b"cd"))).take(GET)
    assert wire.written.endswith(b"\r\n\r\nab")
    assert wire.closed
    assert caplog.records


@pytest.mark.parametrize(("messages", "written"), [([start()], b""), ([start(), piece(b"ab", more=True)], CHUNKS[0])])
async def test_an_application_that_ends_before_its_answer_wants_the_connection_cut(
    messages: list[Message], written: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    wire = await Served(sends(*messages)).take(GET)
    assert (wire.written, wire.closed) == (written, True)
    assert not caplog.records


async def test_a_cancelled_application_has_its_connection_cut() -> None:
    async def application(_: Scope, __: Receive, ___: Send) -> None:
        await asyncio.Event().wait()

    served = Served(application)
    served.caller.data_received(GET)
    (task,) = served.serving.tasks
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (served.wire.written, served.wire.closed) == (b"", True)


async def test_a_body_that_nobody_reads_is_not_taken_at_any_length() -> None:
    read = asyncio.Event()

    async def application(_: Scope, receive: Receive, send: Send) -> None:
        await read.wait()
        body = await read_body(receive)
        await send(start(200, length(len(body))))
        await send(piece(body))

    served = Served(application)
    served.caller.data_received(request(body=b"", content_length="100000"))
    paused = []
    for size in (60_000, 40_000):
        served.caller.data_received(b"x" * size)
        paused.append(served.wire.paused)
    read.set()
    wire = await served.ended()
    assert wire.written.endswith(b"x" * 100_000)
    assert [*paused, wire.paused] == [False, True, False]


@pytest.mark.case("D01")
@pytest.mark.parametrize("when", ["before it was watched", "while it was watched", "after it was forgotten"])
async def test_leaving_is_told_at_once_to_who_watches(when: str) -> None:
    told, reached, go_on = list[bool](), asyncio.Event(), asyncio.Event()

    async def pause() -> None:
        reached.set()
        await go_on.wait()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await read_body(receive)
        leaving = Leaving(scope, receive)
        if when == "before it was watched":
            await pause()
        leaving.watch(lambda: told.append(leaving.happened))
        if when == "after it was forgotten":
            leaving.forget()
        await pause()
        assert (await receive())["type"] == "http.disconnect"
        await send(start())
        await send(piece(b"for nobody"))

    served = Served(application)
    served.caller.data_received(POST)
    await reached.wait()
    served.caller.connection_lost(None)
    assert told == ([True] if when == "while it was watched" else [])
    go_on.set()
    wire = await served.ended()
    assert told == ([] if when == "after it was forgotten" else [True])
    assert wire.written == b""


async def test_whoever_waits_learns_that_nobody_does() -> None:
    told: list[Message] = []

    async def application(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        both = asyncio.gather(receive(), receive())
        await asyncio.sleep(0)
        await send(start(200, length(0)))
        await send(piece(b""))
        told.extend(await both)

    await Served(application).take(POST)
    assert told == [{"type": "http.disconnect"}] * 2
