"""Callers of the injector that are slow, silent, or too many."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from optipath_operator.inject import serving
from optipath_operator.inject.patience import Callers, Patience
from optipath_operator.inject.serving import CannotListen, Server, listen
from support.router import until

SOON, NEVER = 0.05, 3600.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Served:
    port: int
    callers: Callers
    cuts: list[None] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set, the application is at work."""

    async def has_three(self) -> bool:
        return len(self.callers.connections) == 3

    async def connect(self, said: bytes = b"") -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(said)
        return reader, writer


@asynccontextmanager
async def served(patience: Patience, most: int = 10, context: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    async def answer(request: Request) -> PlainTextResponse:
        length = len(await request.body())
        await running.answers.wait()
        return PlainTextResponse(f"{length}")

    with listen(0) as listening:
        cuts: list[None] = []
        callers = Callers(lambda: cuts.append(None), patience, most)
        running = Served(listening.getsockname()[1], callers, cuts)
        running.answers.set()
        server = Server(Starlette(routes=[Route("/", answer, methods=["POST"])]), callers, context)
        running_on = asyncio.create_task(server.serve([listening]))
        try:
            yield running
        finally:
            running.answers.set()
            server.should_exit = True
            await running_on


HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
UNFINISHED = {
    "nothing": b"",
    "half a head": b"POST / HTTP/1.1\r\nHost:",
    "half a body": HEAD + b"a",
    "half a second request": HEAD + b"abc" + HEAD[:20],
    "half a body that nobody wants": b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na",
}


@pytest.mark.case("W05")
@pytest.mark.parametrize("said", UNFINISHED.values(), ids=UNFINISHED)
async def test_who_does_not_finish_a_request_is_cut(said: bytes) -> None:
    async with served(Patience(request=SOON, answer=NEVER, idle=NEVER)) as running:
        reader, writer = await running.connect(said)
        await until_closed(reader)
        assert len(running.cuts) == 1
        writer.close()


@pytest.mark.case("W05")
async def test_a_byte_now_and_then_does_not_push_the_deadline_away() -> None:
    async with served(Patience(request=SOON, answer=NEVER, idle=NEVER)) as running:
        reader, writer = await running.connect(b"POST / HTTP/1.1\r\n")
        closed = asyncio.create_task(until_closed(reader))
        while not closed.done():
            writer.write(b"a")
            await asyncio.sleep(SOON / 10)
        assert len(running.cuts) == 1
        writer.close()


@pytest.mark.case("W05")
@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01\x02\x00"], ids=["nothing", "half a hello"])
async def test_who_does_not_finish_a_handshake_is_cut(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "HANDSHAKE_SECONDS", SOON)
    never = Patience(request=NEVER, answer=NEVER, idle=NEVER)
    async with served(never, context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as running:
        reader, writer = await running.connect(said)
        # uvicorn's own patience is a minute.
        async with asyncio.timeout(30):
            await until_closed(reader)
        writer.close()


async def test_who_has_been_served_may_rest_for_as_long_as_the_api_server_does() -> None:
    assert Patience().idle > 90
    async with served(Patience(request=NEVER, answer=NEVER, idle=SOON)) as running:
        reader, writer = await running.connect(HEAD + b"abc")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        await until_closed(reader)
        writer.close()


async def test_an_answer_that_is_long_in_coming_is_no_fault_of_the_caller_s() -> None:
    async with served(Patience(request=SOON, answer=NEVER, idle=NEVER)) as running:
        running.answers.clear()
        reader, writer = await running.connect(HEAD + b"abc")
        await asyncio.sleep(3 * SOON)
        running.answers.set()
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        assert not running.cuts
        writer.close()


@pytest.mark.case("W05")
async def test_where_there_are_too_many_the_one_that_is_waited_for_longest_makes_way() -> None:
    async with served(Patience(request=NEVER, answer=NEVER, idle=NEVER), most=3) as running:
        silent = [await running.connect() for _ in range(3)]
        await until(running.has_three)
        reader, writer = await running.connect(HEAD + b"abc")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        await until_closed(silent[0][0])
        assert (len(running.cuts), len(running.callers.connections)) == (1, 3)
        for _, each in (*silent, (reader, writer)):
            each.close()


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("", 0)) as taken, pytest.raises(CannotListen, match=str(taken.getsockname()[1])):
        listen(taken.getsockname()[1])


async def until_closed(reader: asyncio.StreamReader) -> None:
    """Read to the end, however it ends."""
    try:
        await reader.read()
    except ConnectionError:
        return
