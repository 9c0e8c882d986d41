"""How much a caller may send, and how many callers there may be."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace

import pytest

from optipath_router.room import Room, connections_within
from optipath_router.serving.limits import Patience
from optipath_router.serving.serving import Serving
from support.callers import LIMITS, opened, request
from support.router import until

SMALL = replace(LIMITS, body_bytes=1000)
CHUNKED = request(content_length=None, transfer_encoding="chunked", body=b"")


@pytest.mark.case("D05")
@pytest.mark.parametrize("expect", [None, "100-continue"])
async def test_a_length_beyond_the_limit_is_refused_before_the_body_is_sent(expect: str | None) -> None:
    async with opened() as door:
        answer = await door.ask(request(content_length=str(33 * 2**20), expect=expect, body=b""))
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")
    assert door.application.asked == []


async def test_a_caller_who_asks_first_is_told_to_go_on() -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(request(content_length="3", expect="100-continue", body=b""))
        assert await connection.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await connection.send(b"abc")
        assert (await connection.answer()).body == b"3"
        connection.writer.close()


@pytest.mark.case("D05")
async def test_who_sends_all_of_a_body_that_is_too_long_can_still_read_the_answer() -> None:
    async with opened(SMALL) as door:
        answer = await door.ask(request(body=b"x" * 2**22))
    assert (answer.status, answer.headers["connection"]) == (413, "close")


@pytest.mark.case("D05")
async def test_chunks_beyond_the_limit_are_refused_as_soon_as_they_are() -> None:
    async with opened(SMALL) as door:
        connection = await door.connect()
        await connection.send(CHUNKED + b"3e8\r\n" + b"x" * 1000 + b"\r\n")
        await until(lambda: door.has_received(1000))
        await connection.send(b"1\r\nx\r\n")
        answer = await connection.answer()
        connection.writer.close()
        assert await door.application.left.get() == "/"
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")


HEADS = {
    "a long target": request("GET", "/" + "x" * 70_000),
    "a long value": request(x="y" * 70_000),
    "many long values": request()[:-4] + (b"x: " + b"y" * 1000 + b"\r\n") * 70 + b"\r\n{}",
    "many headers": request()[:-4] + b"x: y\r\n" * 150 + b"\r\n{}",
    "a value without end": request()[:-4] + b"x: " + b"y" * 200_000,
    "trailers without end": CHUNKED + b"0\r\n" + b"x: y\r\n" * 40_000,
    "a chunk extension without end": CHUNKED + b"1;" + b"x" * 200_000,
}


@pytest.mark.case("D05")
@pytest.mark.parametrize("data", HEADS.values(), ids=HEADS)
async def test_headers_are_bounded(data: bytes) -> None:
    async with opened() as door:
        answer = await door.ask(data)
    assert (answer.status, answer.error["code"]) == (431, "invalid_request")


async def test_a_long_body_is_no_long_head() -> None:
    async with opened() as door:
        assert (await door.ask(request(body=b"x" * 2**20))).body == str(2**20).encode()


@pytest.mark.case("D08")
async def test_beyond_the_limit_a_request_is_told_to_come_back_before_its_body_is_sent() -> None:
    async with opened(replace(LIMITS, requests=2)) as door:
        served = [await door.connect() for _ in range(2)]
        for connection in served:
            await connection.send(request(target="/hold"))
        await until(lambda: door.has_received(4))
        shed = await door.ask(request(content_length="10", body=b""))
        door.application.go_on.set()
        assert [(await connection.answer()).status for connection in served] == [200, 200]
        assert (await door.ask(request())).status == 200
        for connection in served:
            connection.writer.close()
    assert (shed.status, shed.error["code"], shed.headers["connection"]) == (503, "overloaded", "close")
    assert (shed.headers["retry-after"], shed.headers["x-should-retry"]) == ("1", "true")
    assert door.turned_away == {"overloaded": 1}
    assert len(door.application.asked) == 3


@pytest.mark.case("D08")
@pytest.mark.parametrize("length", ["declared", "in chunks"])
async def test_bodies_together_have_so_much_room_and_no_more(length: str) -> None:
    # Each body is counted twice: as it came, and as it is sent on.
    body = b"x" * 300
    data = request(body=body) if length == "declared" else CHUNKED + b"12c\r\n" + body + b"\r\n0\r\n\r\n"
    async with opened(room=Room(1000)) as door:
        first = await door.connect()
        await first.send(request(target="/hold", body=body))
        await until(lambda: door.has_received(300))
        shed = await door.ask(data)
        door.application.go_on.set()
        assert (await first.answer()).body == b"300"
        assert (await door.ask(data)).body == b"300"
        first.writer.close()
    assert (shed.status, shed.error["code"], shed.headers["retry-after"]) == (503, "overloaded", "1")


@pytest.mark.case("D07")
async def test_connections_beyond_the_limit_are_told_so_and_those_far_beyond_it_are_cut() -> None:
    async with opened(replace(LIMITS, connections=1, refusing=1)) as door:
        first, second, third = [await door.connect() for _ in range(3)]
        assert await third.closed() == b""
        await second.send(request())
        refused = await second.answer()
        assert await second.closed() == b""
        await first.send(request())
        assert (await first.answer()).status == 200
        for connection in (second, third):
            connection.writer.close()
        await until(lambda: only_one_is_left(door.serving))
        first.writer.close()
    assert (refused.status, refused.error["code"]) == (503, "overloaded")
    assert door.turned_away == {"overloaded": 2}


IDLE = {
    "says nothing": (b"", False),
    "says half of something": (b"GET / HT", False),
    "has been answered": (request(), True),
    "has been refused": (b"?", True),
    "has been answered too soon for the rest of its body": (request(target="/hasty", content_length="9"), True),
}


@pytest.mark.case("D05", "D07")
@pytest.mark.parametrize(("said", "answered"), IDLE.values(), ids=IDLE)
async def test_on_a_full_port_whoever_waits_longest_makes_way(*, said: bytes, answered: bool) -> None:
    async with opened(replace(LIMITS, connections=3, patience=Patience(begin=0))) as door:
        served, idle = await door.connect(), [await door.connect() for _ in range(2)]
        await served.send(request(target="/hold"))
        await until(lambda: door.has_received(2))
        for connection in idle:
            await connection.send(said)
            if answered:
                await connection.answer()
        assert (await door.ask(request("GET", body=b""))).status == 200
        await idle[0].closed()
        assert len(door.callers()) in (2, 3)  # and the latest one, unless it has closed already
        door.application.go_on.set()
        assert (await served.answer()).status == 200
        for connection in (served, *idle):
            connection.writer.close()
    assert door.turned_away["overloaded"] == 1


async def only_one_is_left(serving: Serving) -> bool:
    return len(serving.connections) == 1


@pytest.mark.parametrize(("files", "connections"), [(128, 16), (1024, 240), (10**6, 4096), (10, 1)])
def test_connections_are_as_many_as_files_allow_with_some_for_providers(files: int, connections: int) -> None:
    assert connections_within(files) == connections


@pytest.mark.case("D07")
def test_the_log_tells_of_any_number_of_callers_turned_away_once_in_ten_seconds(
    caplog: pytest.LogCaptureFixture,
) -> None:
    counter = Counter[str]()
    serving = Serving(LIMITS, Room(), lambda reason: counter.update([reason]))
    with caplog.at_level(logging.WARNING):
        for tenth in range(250):
            for _ in range(10):
                serving.turned_away("overloaded")
            serving.tell(1000 + tenth / 10)
    told = [record.__dict__["reasons"]["overloaded"] for record in caplog.records]
    assert told == [10, 1000, 1000]
    assert counter == {"overloaded": 2500}


async def test_who_answers_before_the_body_has_come_goes_on_with_the_connection() -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(request(target="/hasty", content_length="9", body=b"xxx"))
        assert (await connection.answer()).status == 200
        await connection.send(b"y" * 6 + request(body=b"abc"))
        assert (await connection.answer()).body == b"3"
        connection.writer.close()
        await asyncio.sleep(0)
