"""Connections that are kept: when they are used again, when not, and what happens where one was closed meanwhile."""

import asyncio

import pytest

from optipath_router.errors import Outcome, UpstreamBroken
from support.scripted import Do, Script, ScriptedServer, turns
from support.transports import Calling, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"

REUSED: dict[str, bytes] = {
    "a length": OK,
    "chunks": CHUNKED,
    "chunks and trailers": CHUNKED[:-2] + b"X-Sum: 1\r\n\r\n",
    "no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "an error": b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno",
    "an interim answer before it": b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    "HTTP/1.0 that keeps": b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
}
NOT_REUSED: dict[str, tuple[bytes, ...]] = {
    "its last": (HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok",),
    "its last, among other options": (HEAD + b"Connection: foo, Close\r\nContent-Length: 2\r\n\r\nok",),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",),
    "a second answer with the first": (OK + OK,),
    "the first byte of a second answer": (OK + b"H",),
    "more body than it said": (OK + b"kay",),
    "a second answer after the first": (OK, OK),
    "a line break after the first": (OK, b"\r\n"),
    "a time-out, said while nobody asked": (OK, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize("sent", REUSED.values(), ids=REUSED)
async def test_a_connection_whose_answer_has_ended_is_used_again(calling: Calling, sent: bytes) -> None:
    async with ScriptedServer([Do.READ, sent] * 3) as server:
        transport = calling.ours(server)
        answers = [await fetch(transport, request(server.url)) for _ in range(3)]
    assert server.connections == 1
    assert [answer.reused for answer in answers] == [False, True, True]
    assert transport.repeated == 0


@pytest.mark.parametrize("sent", NOT_REUSED.values(), ids=NOT_REUSED)
async def test_a_connection_on_which_anything_is_left_is_closed(calling: Calling, sent: tuple[bytes, ...]) -> None:
    async with ScriptedServer([Do.READ, *sent], [Do.READ, OK]) as server:
        transport = calling.ours(server)
        first = await fetch(transport, request(server.url))
        await turns()
        second = await fetch(transport, request(server.url))
        assert await server.left.get() == 1
    assert (first.body, second.body) == (b"ok", b"ok")
    assert not second.reused
    assert transport.repeated == 0


async def test_what_comes_unasked_just_before_a_request_does_not_answer_it(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK], [Do.READ, OK]) as server:
        transport = calling.ours(server)
        await fetch(transport, request(server.url))
        server.say_now(HEAD + b"Content-Length: 5\r\n\r\nwrong")
        second = await fetch(transport, request(server.url))
    assert (second.body, second.reused, second.repeated) == (b"ok", False, False)


STALE: dict[str, Script] = {
    "closed as the request comes": [Do.READ, OK, Do.READ, Do.FIN],
    "reset as the request comes": [Do.READ, OK, Do.READ, Do.RESET],
}


@pytest.mark.case("T01")
@pytest.mark.parametrize("script", STALE.values(), ids=STALE)
async def test_a_request_on_a_connection_that_is_closed_is_repeated_once_on_a_fresh_one(
    calling: Calling, script: Script
) -> None:
    async with ScriptedServer(script, [Do.READ, OK]) as server:
        transport = calling.ours(server)
        await fetch(transport, request(server.url, b"one"))
        second = await fetch(transport, request(server.url, b"two"))
        assert transport.pool.taken == 1
    assert (second.body, second.reused, second.repeated) == (b"ok", False, True)
    assert [sent.rpartition(b"\r\n")[2] for sent in server.requests] == [b"one", b"two", b"two"]
    assert transport.repeated == 1


@pytest.mark.case("T01")
@pytest.mark.parametrize("end", [Do.FIN, Do.RESET])
async def test_five_hundred_connections_closed_while_idle_are_noticed_by_nobody(calling: Calling, end: Do) -> None:
    async with ScriptedServer([Do.READ, OK, Do.READ, OK, end]) as server:
        transport = calling.ours(server)
        bodies = [(await fetch(transport, request(server.url))).body for _ in range(1000)]
    assert bodies == [b"ok"] * 1000


@pytest.mark.case("T01")
@pytest.mark.parametrize("script", STALE.values(), ids=STALE)
async def test_the_second_time_it_is_the_servers_fault(calling: Calling, script: Script) -> None:
    async with ScriptedServer(script, [Do.READ, Do.FIN]) as server:
        transport = calling.ours(server)
        await fetch(transport, request(server.url))
        with pytest.raises(UpstreamBroken) as raised:
            await fetch(transport, request(server.url))
    assert raised.value.outcome is Outcome.BROKEN
    assert (transport.repeated, transport.pool.taken) == (1, 0)


@pytest.mark.case("T01")
async def test_after_a_byte_of_the_answer_nothing_is_repeated(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK, Do.READ, b"H", Do.FIN]) as server:
        transport = calling.ours(server)
        await fetch(transport, request(server.url))
        with pytest.raises(UpstreamBroken):
            await fetch(transport, request(server.url))
    assert (server.connections, transport.repeated) == (1, 0)


async def test_a_fresh_connection_that_is_closed_is_not_repeated(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, Do.FIN]) as server:
        transport = calling.ours(server)
        with pytest.raises(UpstreamBroken):
            await fetch(transport, request(server.url))
    assert (server.connections, transport.repeated) == (1, 0)


async def test_a_repeated_request_keeps_its_place_in_a_full_pool(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK, Do.READ, Do.FIN], [Do.READ, OK] * 9) as server:
        transport = calling.ours(server, limit=1)
        await fetch(transport, request(server.url))
        bodies = [b"stale", b"waits"]
        answers = await asyncio.gather(*(fetch(transport, request(server.url, body)) for body in bodies))
    assert [answer.repeated for answer in answers] == [True, False]
    assert [sent.rpartition(b"\r\n")[2] for sent in server.requests] == [b"{}", b"stale", b"stale", b"waits"]


async def test_a_request_that_leaves_while_it_would_be_repeated_gives_its_place_back(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK, Do.READ, Do.FIN]) as server:
        transport = calling.ours(server, limit=1)
        for turn in range(30):
            await fetch(transport, request(server.url))
            leaving = asyncio.create_task(fetch(transport, request(server.url)))
            await turns(turn)
            leaving.cancel()
            await asyncio.wait([leaving])
            assert (await fetch(transport, request(server.url))).body == b"ok"
            await turns()


async def test_the_connection_used_last_is_taken_first(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK] * 9) as server:
        transport = calling.ours(server)
        await asyncio.gather(*(fetch(transport, request(server.url)) for _ in range(3)))
        opened = server.connections
        for _ in range(3):
            assert (await fetch(transport, request(server.url))).reused
        assert (opened, server.connections, transport.pool.idle) == (3, 3, 3)


async def test_a_connection_that_nobody_uses_is_closed_after_a_while(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK] * 3) as server:
        transport = calling.ours(server, keepalive_seconds=0.02)
        await asyncio.gather(*(fetch(transport, request(server.url)) for _ in range(3)))
        assert sorted([await server.left.get() for _ in range(3)]) == [1, 2, 3]
        assert transport.pool.idle == 0


async def test_a_connection_in_use_is_not_closed_for_being_old(calling: Calling) -> None:
    go = asyncio.Event()
    async with ScriptedServer([Do.READ, OK, Do.READ, go, OK], [Do.READ, OK]) as server:
        transport = calling.ours(server, keepalive_seconds=0.02)
        await fetch(transport, request(server.url))
        long = asyncio.create_task(fetch(transport, request(server.url)))
        await server.asked(2)
        await fetch(transport, request(server.url))
        assert await server.left.get() == 2
        go.set()
        assert (await long).reused
