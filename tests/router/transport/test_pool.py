"""As many connections as are allowed, given out in the order of asking; and how they end."""

import asyncio
from typing import Any, cast

import pytest

from optipath_router.call.connection import Connection
from optipath_router.call.idle import Idle
from optipath_router.call.pool import Pool
from optipath_router.call.pools import Origin, Pools
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken
from support.scripted import Do, Script, ScriptedServer, turns
from support.transports import LOOPBACK, Calling, Got, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
HALF = HEAD + b"Content-Length: 2\r\n\r\no"


async def test_no_more_connections_are_open_than_allowed_and_whoever_came_first_is_served_first(
    calling: Calling,
) -> None:
    async with ScriptedServer([Do.READ, OK] * 20) as server:
        transport = calling.ours(server, limit=2)
        bodies = [b"%d" % number for number in range(20)]
        await asyncio.gather(*(fetch(transport, request(server.url, body)) for body in bodies))
        assert transport.pool.taken == 2
    assert server.most_open == 2
    # Two are under way at once, so that neighbours may change places.
    came = [int(sent.rpartition(b"\r\n")[2]) for sent in server.requests]
    assert all(abs(place - number) <= 1 for place, number in enumerate(came))


async def test_the_place_of_a_connection_that_is_closed_goes_to_the_next_in_line(calling: Calling) -> None:
    last = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok"
    async with ScriptedServer([Do.READ, last]) as server:
        transport = calling.ours(server, limit=2)
        answers = await asyncio.gather(*(fetch(transport, request(server.url)) for _ in range(10)))
        assert transport.pool.taken == 0
    assert [answer.body for answer in answers] == [b"ok"] * 10
    assert server.connections == 10


@pytest.mark.parametrize("bound", ["pool", "connect"])
async def test_who_waits_too_long_goes_without(calling: Calling, bound: str) -> None:
    async with ScriptedServer([Do.READ]) as server:
        transport = calling.ours(server, limit=1)
        holding = asyncio.create_task(fetch(transport, request(server.url)))
        await turns(20)
        with pytest.raises(TargetUnavailable, match="none of its 1 connections was free") as raised:
            await fetch(transport, request(server.url, times={bound: 0.01}))
        assert raised.value.outcome is Outcome.CONCURRENCY
        assert transport.pool.waiting == 0
        await given_up(holding)
        assert transport.pool.taken == 0


async def test_who_is_given_a_connection_of_no_use_waits_no_longer_for_that() -> None:
    async def connect(_: object, __: float | None) -> Any:
        return Useless(pool)

    pool = Pool(connect, idle=Idle(9), limit=1, keepalive_seconds=60)

    def take(seconds: float | None) -> asyncio.Task[Connection]:
        return asyncio.create_task(pool.take(pool_seconds=seconds, connect_seconds=None))

    connection = await take(None)
    early = take(0.06)
    with pytest.raises(TargetUnavailable):
        await take(0.03)
    next_in_line, late = take(None), take(0.045)
    await asyncio.sleep(0)
    pool._free(connection)
    done, _ = await asyncio.wait((early, late), return_when=asyncio.FIRST_COMPLETED)
    assert early in done
    assert next_in_line.done()
    await asyncio.wait([late])
    assert [task.exception().__class__ for task in (early, late)] == [TargetUnavailable] * 2


class Useless:
    """A connection on which something is left whenever it might be used again."""

    is_open, usable = True, False

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def abort(self) -> None:
        self._pool._lost(cast("Connection", self))


async def test_idle_connections_of_all_origins_are_bounded_together(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK] * 3) as first, ScriptedServer([Do.READ, OK] * 3) as second:
        idle = Idle(1)
        one, other = calling.ours(first, idle=idle), calling.ours(second, idle=idle)
        await fetch(one, request(first.url))
        await fetch(other, request(second.url))
        assert await first.left.get() == 1
        assert (await fetch(other, request(second.url))).reused
        assert not (await fetch(one, request(first.url))).reused
        assert await second.left.get() == 1
        assert (one.pool.idle, other.pool.idle) == (1, 0)


async def test_pools_are_closed_also_while_a_runtime_is_built() -> None:
    async with ScriptedServer([Do.READ, OK]) as server:
        pools = Pools()
        transport = pools.transport(Origin("http", "127.0.0.1", server.port, None, LOOPBACK))
        await transport.pool.take(pool_seconds=None, connect_seconds=None)
        closing = asyncio.create_task(pools.close())
        await asyncio.sleep(0)
        pools.transport(Origin("http", "127.0.0.2", server.port, None, LOOPBACK))
        await closing
        assert await server.left.get() == 1


async def test_who_leaves_the_line_takes_nothing_along(calling: Calling) -> None:
    go = asyncio.Event()
    script: Script = [Do.READ, go, *(OK, Do.READ) * 9]
    async with ScriptedServer(script) as server:
        transport = calling.ours(server, limit=1)
        tasks = [asyncio.create_task(fetch(transport, request(server.url, b"%d" % number))) for number in range(6)]
        await server.asked()
        for leaving in (tasks[1], tasks[2], tasks[5]):
            leaving.cancel()
        await turns()
        assert transport.pool.waiting == 2
        go.set()
        served = [await task for task in (tasks[0], tasks[3], tasks[4])]
    assert [answer.body for answer in served] == [b"ok"] * 3
    assert [sent.rpartition(b"\r\n")[2] for sent in server.requests] == [b"0", b"3", b"4"]


@pytest.mark.parametrize("last", [False, True], ids=["given a connection", "given a place"])
async def test_who_leaves_when_it_is_his_turn_passes_it_on(*, calling: Calling, last: bool) -> None:
    answer = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok" if last else OK
    script: Script = [Do.READ, answer] if last else [Do.READ, answer] * 99
    async with ScriptedServer(script) as server:
        transport = calling.ours(server, limit=1)
        for turn in range(25):
            first, leaving, third = (asyncio.create_task(fetch(transport, request(server.url))) for _ in range(3))
            await turns(turn)
            leaving.cancel()
            await asyncio.wait([leaving])
            assert [(await each).body for each in (first, third)] == [b"ok", b"ok"]
            assert transport.pool.waiting == 0
            assert transport.pool.taken <= 1


async def test_a_cancelled_request_closes_its_connection_at_once(calling: Calling) -> None:
    async with ScriptedServer([Do.READ]) as server:
        transport = calling.ours(server)
        leaving = asyncio.create_task(fetch(transport, request(server.url)))
        await server.asked()
        await given_up(leaving)
        assert await server.left.get() == 1
        assert (transport.pool.taken, transport.pool.idle) == (0, 0)


async def test_a_reader_that_is_cancelled_closes_its_connection_at_once(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HALF]) as server:
        transport = calling.ours(server)
        leaving = asyncio.create_task(fetch(transport, request(server.url)))
        await server.has_sent(len(HALF))
        await given_up(leaving)
        assert await server.left.get() == 1
        assert transport.pool.taken == 0


async def test_an_answer_that_is_closed_before_its_end_closes_its_connection(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HALF]) as server:
        transport = calling.ours(server)
        response = await transport.handle_async_request(request(server.url))
        await response.aclose()
        assert await server.left.get() == 1
        assert transport.pool.taken == 0


async def test_an_answer_that_has_ended_may_be_closed_unread(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, OK] * 2) as server:
        transport = calling.ours(server)
        response = await transport.handle_async_request(request(server.url))
        await turns()
        await response.aclose()
        assert (await fetch(transport, request(server.url))).reused
    assert server.connections == 1


@pytest.mark.parametrize("sent", [b"", HALF], ids=["the head", "the body"])
async def test_silence_is_bounded_where_asked_for(calling: Calling, sent: bytes) -> None:
    async with ScriptedServer([Do.READ, sent]) as server:
        transport = calling.ours(server)
        with pytest.raises(UpstreamBroken, match="it sent nothing") as raised:
            await fetch(transport, request(server.url, times={"read": 0.02}))
        assert await server.left.get() == 1
    assert raised.value.outcome is Outcome.TIMEOUT


async def test_a_retired_transport_ends_what_is_under_way_and_keeps_nothing(calling: Calling) -> None:
    go = asyncio.Event()
    async with ScriptedServer([Do.READ, HALF, go, b"k"], [Do.READ, OK]) as server:
        transport = calling.ours(server)
        under_way = await transport.handle_async_request(request(server.url))
        await fetch(transport, request(server.url))
        transport.retire()
        assert await server.left.get() == 2
        go.set()
        assert b"".join([piece async for piece in under_way.aiter_raw()]) == b"ok"
        assert await server.left.get() == 1
        assert (await fetch(transport, request(server.url))).body == b"ok"
        assert await server.left.get() == 3
        assert (transport.pool.taken, transport.pool.idle) == (0, 0)


async def test_closing_closes_all_whatever_it_is_doing(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HALF], [Do.READ], [Do.READ, OK]) as server:
        transport = calling.ours(server)
        answering = await transport.handle_async_request(request(server.url))
        asked = asyncio.create_task(fetch(transport, request(server.url)))
        await server.asked(2)
        await fetch(transport, request(server.url))
        await transport.aclose()
        assert (transport.pool.taken, transport.pool.idle) == (0, 0)
        assert sorted([await server.left.get() for _ in range(3)]) == [1, 2, 3]
        with pytest.raises(UpstreamBroken):
            await asked
        with pytest.raises(UpstreamBroken):
            assert [piece async for piece in answering.aiter_raw()] == []


async def test_an_answer_without_a_length_is_not_whole_because_we_closed_it(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HEAD + b"\r\n"]) as server:
        transport = calling.ours(server)
        response = await transport.handle_async_request(request(server.url))
        await transport.aclose()
        with pytest.raises(UpstreamBroken):
            assert [piece async for piece in response.aiter_raw()] == []


async def test_closing_sends_away_who_is_in_line(calling: Calling) -> None:
    async with ScriptedServer([Do.READ]) as server:
        transport = calling.ours(server, limit=1)
        asked, waiting = (asyncio.create_task(fetch(transport, request(server.url))) for _ in range(2))
        await server.asked()
        await transport.aclose()
        with pytest.raises(UpstreamBroken):
            await asked
        with pytest.raises(TargetUnavailable):
            await waiting


async def given_up(task: asyncio.Task[Got]) -> None:
    """Cancel a task, and let the loop go round once more than the task needs."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await turns()
