"""Cases D05 and X06 at a whole router: half, slow, ambiguous and too long requests, and other people's pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optipath_cli.simulator import Simulator
from support.callers import Answer, Connection, request
from support.hurried import hurried
from support.requests import body
from support.router import Files, Router, chain, program, running
from support.soak import SOAKING, many

PATH = "/v1/chat/completions"
MIB = 2**20


@asynccontextmanager
async def connected(router: Router) -> AsyncIterator[Connection]:
    """A connection to the API, closed when the block ends."""
    address = router.bound.api[0]
    connection = Connection(*await asyncio.open_connection(address.host, address.port))
    try:
        yield connection
    finally:
        connection.writer.close()


async def opened(router: Router, data: bytes) -> Connection:
    """A connection on which this was sent, and nothing after it."""
    address = router.bound.api[0]
    connection = Connection(*await asyncio.open_connection(address.host, address.port))
    await connection.send(data)
    return connection


@pytest.mark.case("D05")
async def test_half_heads_and_slow_bodies_are_closed_and_others_are_served_meanwhile(
    simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    half_head = f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\nx: ".encode()
    half_body = request(target=PATH, body=b"{", content_length="100")
    async with program(files.environment(), hurried(1 if SOAKING else 20)) as started:
        router = started.router
        slow = await asyncio.gather(
            *(opened(router, half_head) for _ in range(many(500, 150))),
            *(opened(router, half_body) for _ in range(50)),
        )
        served = [(await router.ask()).status_code for _ in range(20)]
        async with asyncio.timeout(15):
            ends = await asyncio.gather(*(ending(connection) for connection in slow))
        assert (await router.ask()).status_code == 200
    assert served == [200] * 20
    assert {(answer.status, answer.error["code"], rest) for answer, rest in ends} == {(408, "request_timeout", b"")}


async def ending(connection: Connection) -> tuple[Answer, bytes]:
    """The answer on a connection, and what came after it until it was closed."""
    try:
        return await connection.answer(), await connection.closed()
    finally:
        connection.writer.close()


ASKED = body("auto")
AMBIGUOUS: dict[str, bytes] = {
    "two lengths": request(target=PATH, body=ASKED).replace(b"\r\n\r\n", b"\r\ncontent-length: 3\r\n\r\n"),
    "the same length twice": request(target=PATH, body=ASKED).replace(
        b"\r\n\r\n", b"\r\ncontent-length: %d\r\n\r\n" % len(ASKED)
    ),
    "a length and chunks": request(target=PATH, transfer_encoding="chunked", body=b"2\r\n{}\r\n0\r\n\r\n"),
    "chunks of another name": request(
        target=PATH, content_length=None, transfer_encoding="xchunked", body=b"2\r\n{}\r\n0\r\n\r\n"
    ),
    "chunks, then something else": request(
        target=PATH, content_length=None, transfer_encoding="chunked, identity", body=b"2\r\n{}\r\n0\r\n\r\n"
    ),
    "a length that is no number": request(target=PATH, content_length="+2"),
    "a space before the colon": request(target=PATH).replace(b"content-length:", b"content-length :"),
}


@pytest.mark.case("D05")
@pytest.mark.parametrize("data", AMBIGUOUS.values(), ids=AMBIGUOUS)
async def test_what_can_be_read_in_two_ways_is_refused_and_nobody_is_asked(
    data: bytes, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings()) as router, connected(router) as connection:
        # What follows on the same connection might be the second reading.
        await connection.send(data + request(target=PATH, body=ASKED))
        answer = await connection.answer()
        assert (answer.status, answer.error["code"], answer.headers["connection"]) == (400, "invalid_request", "close")
        assert await connection.closed() == b""
        assert (await router.ask()).status_code == 200
    assert simulator.stats.count == 1


@pytest.mark.case("D05")
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_of_33_mib_is_refused_without_reading_all_of_it(
    *, declared: bool, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    framing = (
        {"content_length": str(33 * MIB)} if declared else {"content_length": None, "transfer_encoding": "chunked"}
    )
    async with running(files.settings()) as router, connected(router) as connection:
        await connection.send(request(target=PATH, body=b"", **framing))
        sent, answering = 0, asyncio.create_task(connection.answer())
        piece = b"x" * MIB
        while not answering.done() and sent < 64 and not declared:
            await connection.send(b"100000\r\n" + piece + b"\r\n")
            sent += 1
        answer = await answering
        assert (await router.ask()).status_code == 200
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")
    assert sent < 40
    assert simulator.stats.count == 1


CALLS: dict[str, tuple[bytes, int]] = {
    "another name": (request(target=PATH, body=ASKED, host="evil.example"), 421),
    "none": (request(target=PATH, body=ASKED, host=None), 400),
    "an empty one": (request(target=PATH, body=ASKED, host=""), 400),
    "two": (request(target=PATH, body=ASKED).replace(b"\r\n\r\n", b"\r\nhost: evil.example\r\n\r\n"), 400),
    "an absolute target": (request(target=f"http://evil.example{PATH}", body=ASKED), 400),
    "one that begins like ours": (request(target=PATH, body=ASKED, host="localhost.evil"), 421),
    "ours in capitals": (request(target=PATH, body=ASKED, host="LOCALHOST:7080"), 200),
    "ours with a dot at its end": (request(target=PATH, body=ASKED, host="localhost."), 421),
    "ours, from an evil page": (request(target=PATH, body=ASKED, origin="https://evil.example"), 403),
    "ours, from a page without a name": (request(target=PATH, body=ASKED, origin="null"), 403),
    "ours, with text": (request(target=PATH, body=ASKED, content_type="text/plain"), 415),
    "ours, with nothing said of the body": (request(target=PATH, body=ASKED, content_type=None), 415),
}


@pytest.mark.case("X06")
@pytest.mark.parametrize(("data", "status"), CALLS.values(), ids=CALLS)
async def test_only_who_calls_us_by_our_name_is_served(
    data: bytes, status: int, simulator: Simulator, files: Files
) -> None:
    files.put(chain(simulator.url, "ok"))
    async with running(files.settings()) as router, connected(router) as connection:
        await connection.send(data)
        answer = await connection.answer()
        # Probes ask by an address that is none of ours.
        probed = await router.http.get(f"{router.admin}/readyz", headers={"host": "10.1.2.3:7081"})
    assert (answer.status, probed.status_code) == (status, 200)
    assert simulator.stats.count == (status == 200)


@pytest.mark.case("X06")
async def test_from_another_address_there_are_probes_and_nothing_else(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "ok"))
    async with program(files.environment(OPTIPATH_ADMIN="0.0.0.0:0")) as started:
        router = started.router
        api, admin = router.bound.api[0].port, router.bound.admin[0].port
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.2", api)
        probes = [
            (await router.http.get(f"http://127.0.0.2:{admin}{path}")).status_code
            for path in ("/livez", "/readyz", "/startupz", "/metrics", "/snapshot")
        ]
        elsewhere = [
            (await router.http.get(f"http://127.0.0.2:{admin}{path}")).status_code
            for path in ("/v1/models", "/optipath/decisions/x")
        ]
        posted = await router.http.post(f"http://127.0.0.2:{admin}{PATH}", content=ASKED)
    assert probes == [200] * 5
    assert elsewhere == [404] * 2
    assert posted.status_code in (404, 413)
    assert simulator.stats.count == 0
