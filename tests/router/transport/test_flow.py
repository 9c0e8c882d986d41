"""Large bodies in both directions, and peers that take or send them as they please."""

import asyncio
import tracemalloc

import pytest

from optipath_router.call.answer import MAX_WAITING_BYTES, PIECE_BYTES, Answer
from optipath_router.errors import Outcome, UpstreamBroken
from optipath_router.room import Room
from support.scripted import Do, Script, ScriptedServer, turns
from support.transports import Calling, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
BLOCK = 64 * 1024
FLOOD = [bytes([number % 251]) * BLOCK for number in range(1024)]


def flood_head() -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % (BLOCK * len(FLOOD))


async def test_a_reader_that_takes_nothing_stops_the_sender(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, flood_head(), *FLOOD]) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        before = -1
        while server.sent > before:
            before = server.sent
            await turns(100)
        # What the two kernels hold comes on top of what we do.
        assert server.sent < 16 * 2**20
        assert await anext(response.aiter_raw()) == FLOOD[0][:PIECE_BYTES]
        await response.aclose()


async def test_a_flood_is_read_whole_by_whoever_reads(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, flood_head(), *FLOOD, Do.READ, OK]) as server:
        transport = calling.ours(server)
        assert (await fetch(transport, request(server.url))).body == b"".join(FLOOD)
        assert (await fetch(transport, request(server.url))).reused


async def test_a_flood_that_is_given_up_is_stopped(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, flood_head(), *FLOOD]) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        await turns(100)
        await response.aclose()
        assert await server.left.get() == 1
    assert server.sent < BLOCK * len(FLOOD)


async def test_a_whole_answer_that_nobody_reads_leaves_a_connection_that_reads_on(calling: Calling) -> None:
    size = MAX_WAITING_BYTES + 1  # whichever read goes beyond the limit, is the last
    large = HEAD + b"Content-Length: %d\r\n\r\n" % size + bytes(size)
    async with ScriptedServer([Do.READ, large, Do.READ, OK]) as server:
        transport = calling.ours(server)
        response = await transport.handle_async_request(request(server.url))
        await server.has_sent(len(large))
        await turns(50)
        await response.aclose()
        assert (await fetch(transport, request(server.url))).body == b"ok"


async def test_pieces_are_given_out_as_they_come_and_joined_where_they_wait(calling: Calling) -> None:
    waiting = [b"1\r\n%c\r\n" % letter for letter in b"bcd"]
    go = asyncio.Event()
    script: Script = [Do.READ, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", go, *waiting, b"0\r\n\r\n"]
    async with ScriptedServer(script) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        pieces = response.aiter_raw()
        assert await anext(pieces) == b"a"
        go.set()
        await turns(50)
        assert [piece async for piece in pieces] == [b"bcd"]
        await response.aclose()


@pytest.mark.case("D04")
async def test_what_nobody_reads_takes_its_share_of_the_room(calling: Calling) -> None:
    room = Room()
    async with ScriptedServer([Do.READ, flood_head(), *FLOOD]) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        await turns(100)
        assert isinstance(response.stream, Answer)
        response.stream.count_in(room)
        assert room.held > MAX_WAITING_BYTES
        pieces = response.aiter_raw()
        while room.held:
            await anext(pieces)
        await turns(100)
        assert room.held > MAX_WAITING_BYTES
        await response.aclose()
        assert room.held == 0


async def test_whoever_finds_all_of_it_there_lets_others_have_their_turn(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, flood_head(), *FLOOD]) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        pieces = response.aiter_raw()
        await turns(100)
        asked = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(asked.set_result, None)
        read = 0
        while not asked.done():
            read += len(await anext(pieces))
        assert read <= 2 * PIECE_BYTES
        await response.aclose()


async def test_chunks_of_two_bytes_are_held_in_little_more_than_their_bytes() -> None:
    answer = Answer(read_seconds=None, abort=lambda: None, resume=lambda: None)
    chunks = [b"%02d" % number for number in range(100)] * 500
    tracemalloc.start()
    try:
        for chunk in chunks:
            answer.add(chunk)
        assert tracemalloc.get_traced_memory()[1] < 2 * len(b"".join(chunks))
    finally:
        tracemalloc.stop()
    answer.complete = True
    assert b"".join([piece async for piece in answer]) == b"".join(chunks)


@pytest.mark.parametrize("size", [0, 1, 128 * 1024, 128 * 1024 + 1, 9 * 2**20])
async def test_a_request_of_any_size_arrives_whole(calling: Calling, size: int) -> None:
    body = bytes(range(251)) * (size // 251 + 1)
    async with ScriptedServer([Do.READ, OK] * 2) as server:
        transport = calling.ours(server)
        for _ in range(2):
            assert (await fetch(transport, request(server.url, body[:size]))).body == b"ok"
    assert [sent.partition(b"\r\n\r\n")[2] == body[:size] for sent in server.requests] == [True, True]
    assert server.connections == 1


async def test_a_request_waits_for_whoever_is_slow_to_read_it(calling: Calling) -> None:
    go, body = asyncio.Event(), bytes(32 * 2**20)
    async with ScriptedServer([go, Do.READ, OK]) as server:
        asking = asyncio.create_task(fetch(calling.ours(server), request(server.url, body)))
        await turns(100)
        assert not asking.done()
        go.set()
        assert (await asking).body == b"ok"
    assert server.requests[0].endswith(body)


async def test_a_request_that_nobody_takes_is_given_up(calling: Calling) -> None:
    async with ScriptedServer([asyncio.Event()]) as server:
        transport = calling.ours(server)
        with pytest.raises(UpstreamBroken, match="took nothing of the request") as raised:
            await fetch(transport, request(server.url, bytes(32 * 2**20), times={"write": 0.02}))
        assert transport.pool.idle == 0
    assert raised.value.outcome is Outcome.TIMEOUT


async def test_a_request_is_not_sent_to_its_end_where_the_answer_is_there_before(calling: Calling) -> None:
    no = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
    async with ScriptedServer([no, asyncio.Event()], [Do.READ, OK]) as server:
        transport = calling.ours(server)
        answer = await fetch(transport, request(server.url, bytes(32 * 2**20)))
        assert (answer.status, answer.body) == (413, b"no")
        assert (await fetch(transport, request(server.url))).reused is False


async def test_a_request_that_is_cancelled_while_it_is_sent_closes_its_connection(calling: Calling) -> None:
    async with ScriptedServer([asyncio.Event()]) as server:
        transport = calling.ours(server)
        asking = asyncio.create_task(fetch(transport, request(server.url, bytes(32 * 2**20))))
        await turns(100)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await turns()
        assert transport.pool.taken == 0


async def test_a_peer_that_closes_while_it_is_sent_a_request_ends_it(calling: Calling) -> None:
    async with ScriptedServer([Do.RESET]) as server:
        with pytest.raises(UpstreamBroken):
            await fetch(calling.ours(server), request(server.url, bytes(32 * 2**20)))
