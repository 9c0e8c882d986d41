"""Callers who are slow to send, slow to read, or gone. Time passes where a test looks ahead."""

import asyncio
import socket
from itertools import product

import pytest

from optipath_router.serving.caller import Phase
from optipath_router.serving.reader import Reader
from support.callers import PIECE, Connection, Door, opened, request
from support.router import until

HALF = b"POST / HTTP/1.1\r\nhost: localhost\r\nx: "


@pytest.mark.case("D05")
async def test_half_heads_are_cut_after_ten_seconds_and_others_are_served_meanwhile() -> None:
    async with opened() as door:
        slow = [await door.connect() for _ in range(100)]
        for connection in slow:
            await connection.send(HALF)
        await until(lambda: has_begun(door, 100))
        assert (await door.ask(request())).status == 200
        for _ in range(3):  # bytes of a head are no progress
            for connection in slow:
                await connection.send(b"y")
        door.look(9)
        assert not door.turned_away
        door.look(10.1)
        answers = [await connection.answer() for connection in slow]
        assert {await connection.closed() for connection in slow} == {b""}
        for connection in slow:
            connection.writer.close()
    assert {(answer.status, answer.error["code"]) for answer in answers} == {(408, "request_timeout")}
    assert door.turned_away == {"request_timeout": 100}


async def has_begun(door: Door, count: int) -> bool:
    return sum(each.phase is Phase.HEAD for each in door.callers()) >= count


@pytest.mark.case("D05")
async def test_a_body_may_be_slow_but_must_go_on() -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(request(content_length="99", body=b""))
        for size in range(1, 5):
            await connection.send(b"x")
            await until(lambda size=size: door.has_received(size))  # type: ignore[misc]  # lambdas with defaults have no type
            door.look(9)
        door.look(10.1)
        answer = await connection.answer()
        assert await connection.closed() == b""
        connection.writer.close()
        assert await door.application.left.get() == "/"
    assert answer.status == 408


async def test_who_says_nothing_is_closed_without_a_word() -> None:
    async with opened() as door:
        new, old = await door.connect(), await door.connect()
        await old.send(request())
        await old.answer()
        door.look(10.1)
        assert await new.closed() == b""
        door.look(74)
        await old.send(request())
        assert (await old.answer()).status == 200
        door.look(75.1)
        assert await old.closed() == b""
        for connection in (new, old):
            connection.writer.close()
    assert not door.turned_away


async def test_the_application_may_take_any_time() -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(request(target="/hold"))
        await until(lambda: door.has_received(2))
        door.look(3600)
        door.application.go_on.set()
        assert (await connection.answer()).status == 200
        connection.writer.close()


@pytest.mark.case("D05")
async def test_who_was_refused_and_goes_on_sending_is_closed_after_a_while() -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(request(content_length=str(33 * 2**20), body=b"x"))
        assert (await connection.answer()).status == 413
        await connection.send(PIECE)
        door.look(2.1)
        await connection.closed()
        connection.writer.close()


async def reads_nothing(door: Door, target: str = "/flood") -> Connection:
    """A caller with a small buffer, who asks for a lot and reads nothing of it."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(0)
    await asyncio.get_running_loop().sock_connect(raw, (door.address.host, door.address.port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1)
    connection = Connection(reader, writer)
    await connection.send(request(target=target))
    await until(lambda: has_filled(door))
    return connection


async def has_filled(door: Door) -> bool:
    return any(each.flow.write_paused for each in door.callers())


@pytest.mark.case("D04")
async def test_a_flood_stops_at_a_reader_who_reads_nothing_who_is_cut_after_thirty_seconds() -> None:
    async with opened() as door:
        stuck = await reads_nothing(door)
        (caller,) = door.callers()
        written = door.application.sent
        assert door.serving.room.held >= caller.transport.get_write_buffer_size() > 0
        assert caller.transport.get_write_buffer_size() < 2**18
        door.look(0)
        door.look(29)
        assert (await door.ask(request())).status == 200
        assert door.application.sent == written < 16 * 2**20
        door.look(30.1)
        assert await door.application.left.get() == "/flood"
        stuck.writer.close()
    assert door.turned_away == {"slow_reader": 1}


READERS = {
    "one who takes nothing": ([(9, False)] * 4, [0, 10, 20, 30]),
    "one who takes a little": ([(9, False), (9, False), (8, False), (8, False)], [0, 10, 0, 10]),
    "one to whom nothing is written": ([(0, False)] * 3, [0, 0, 0]),
    "one to whom more is written": ([(9, False), (12, False), (12, False)], [0, 0, 10]),
    "one to whom more may have been written": ([(9, True), (9, True), (9, False), (9, False)], [0, 0, 10, 20]),
}


@pytest.mark.parametrize(("looks", "idle"), READERS.values(), ids=READERS)
def test_a_reader(looks: list[tuple[int, bool]], idle: list[float]) -> None:
    reader = Reader()
    seen = [
        reader.idle_seconds(unread, growing=growing, now=1000 + 10 * turn)
        for turn, (unread, growing) in enumerate(looks)
    ]
    assert seen == idle


@pytest.mark.case("D04")
async def test_who_leaves_the_rest_of_a_whole_answer_unread_is_cut_too() -> None:
    async with opened() as door:
        stuck = await reads_nothing(door, "/long")
        door.look(0)
        door.look(29)
        assert not door.turned_away
        door.look(30.1)
        assert len(await stuck.closed()) < len(PIECE) * 200
        stuck.writer.close()
    assert door.turned_away == {"slow_reader": 1}


WAYS = ["closes", "resets", "closes its half"]
LEAVING = [
    *product(["in the body", "before the answer", "in the answer"], WAYS),
    ("before the answer", "sends another request and closes"),
    ("in the answer", "sends another request and closes"),
]


@pytest.mark.case("D01")
@pytest.mark.parametrize(("where", "how"), LEAVING)
async def test_a_caller_who_leaves_is_noticed(where: str, how: str) -> None:
    async with opened() as door:
        connection = await door.connect()
        match where:
            case "in the body":
                await connection.send(request(content_length="5", body=b"ab"))
            case "before the answer":
                await connection.send(request(target="/hold"))
            case _:
                await connection.send(request(target="/flood"))
                await connection.reader.readexactly(2**20)
        await until(lambda: door.has_received(2))
        if how.startswith("sends"):
            await connection.send(request())
        if how == "resets":
            connection.reset()
        elif how == "closes its half":
            connection.writer.write_eof()
        else:
            connection.writer.close()
        left = await door.application.left.get()
        connection.writer.close()
    assert left == {"in the body": "/", "before the answer": "/hold"}.get(where, "/flood")
