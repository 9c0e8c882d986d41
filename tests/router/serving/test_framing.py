"""Bytes on the wire: which requests are taken, which are refused, and what is read of them."""

import pytest

from support.callers import opened, request
from support.router import until

HEAD = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
UPGRADE = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2_settings": "AAMAAABkAAQ"}

REFUSED = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/2 by another method": b"GET / HTTP/2.0\r\nhost: localhost\r\n\r\n",
    "HTTP/2, and a wish for it": request("GET", body=b"", **UPGRADE).replace(b"1.1", b"2.0"),
    "two lengths": HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\naa",
    "one length twice": HEAD + b"content-length: 1\r\ncontent-length: 1\r\n\r\na",
    "a list of lengths": HEAD + b"content-length: 1, 1\r\n\r\na",
    "a signed length": HEAD + b"content-length: +1\r\n\r\na",
    "a length in another base": HEAD + b"content-length: 0x1\r\n\r\na",
    "an endless length": HEAD + b"content-length: 99999999999999999999\r\n\r\na",
    "a length, then chunks": HEAD + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks, then a length": HEAD + b"transfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n0\r\n\r\n",
    "xchunked": HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "identity": HEAD + b"transfer-encoding: identity\r\n\r\n",
    "chunked twice": HEAD + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and another": HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "another and chunked": HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": HEAD.replace(b"1.1", b"1.0") + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded line": HEAD + b"a: b\r\n c\r\n\r\n",
    "a bare CR": HEAD + b"a: b\rc\r\n\r\n",
    "a bare LF": HEAD + b"a: b\nc: d\r\n\r\n",
    "a space before the colon": HEAD + b"content-length : 1\r\n\r\na",
    "a space before the name": HEAD + b" content-length: 1\r\n\r\na",
    "NUL in a value": HEAD + b"a: b\0\r\n\r\n",
    "a line that is no header": HEAD + b"a\r\n\r\n",
    "two targets": b"GET /a /b HTTP/1.1\r\nhost: localhost\r\n\r\n",
    "somebody else's target": request(target="http://evil.example/"),
    "a target with a name and a password": request(target="http://a:b@localhost/"),
    "a target without a path": request(target="http://localhost"),
    "a target with an impossible port": request(target="http://localhost:99999/"),
    "a target beyond ASCII": request(target="/\xff"),
    "https": request(target="https://localhost/"),
    "an asterisk": request("OPTIONS", "*"),
    "a tunnel": request("CONNECT", "localhost:7080"),
    "a chunk longer than it says": HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "a chunk of negative size": HEAD + b"transfer-encoding: chunked\r\n\r\n-1\r\n",
    "a chunk of endless size": HEAD + b"transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "a chunk with LF alone": HEAD + b"transfer-encoding: chunked\r\n\r\n1\na\n0\n\n",
}


@pytest.mark.case("D05", "X06")
@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
async def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(data: bytes) -> None:
    async with opened() as door:
        connection = await door.connect()
        await connection.send(data)
        answer = await connection.answer()
        assert await connection.closed() == b""
        connection.writer.close()
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert (answer.error["type"], answer.error["code"]) == ("invalid_request_error", "invalid_request")
    assert "x-should-retry" not in answer.headers
    assert door.turned_away == {"invalid_request": 1}
    assert [scope["path"] for scope in door.application.asked] in ([], ["/"])


CHUNKS = b"transfer-encoding: chunked\r\n\r\n2;name=value\r\nab\r\n1\r\nc\r\n0\r\nx-trailer: 1\r\nhost: evil\r\n\r\n"
TAKEN = {
    "a length": (request(body=b"abc"), 3),
    "no body": (request("GET", body=b"", content_type=None, content_length=None), 0),
    "chunks with extensions and trailers": (HEAD + CHUNKS, 3),
    "capitals": (HEAD + CHUNKS.replace(b"chunked", b"Chunked"), 3),
    "empty lines before it": (b"\r\n\r\n" + request(body=b"abc"), 3),
    "our own absolute target": (request(target="http://LOCALHOST:7080/x", body=b"abc"), 3),
    "HTTP/1.0": (request(body=b"abc").replace(b"1.1", b"1.0"), 3),
    "a wish for HTTP/2": (request(body=b"abc", **UPGRADE), 3),
    "a wish for HTTP/2, and chunks": (request(**UPGRADE, content_length=None, body=b"")[:-2] + CHUNKS, 3),
    "a wish for HTTP/2, and for the end of the connection": (
        request(body=b"abc", **UPGRADE | {"connection": "close, upgrade"}),
        3,
    ),
    "a wish for HTTP/2 in HTTP/1.0": (request(body=b"abc", **UPGRADE).replace(b"HTTP/1.1", b"HTTP/1.0"), 3),
    "a wish for a web socket": (request("GET", body=b"", connection="upgrade", upgrade="websocket"), 0),
}


@pytest.mark.parametrize("pieces", ["whole", "byte by byte"])
@pytest.mark.parametrize(("data", "size"), TAKEN.values(), ids=TAKEN)
async def test_a_good_request_is_taken_in_any_pieces(data: bytes, size: int, pieces: str) -> None:
    async with opened() as door:
        connection = await door.connect()
        for piece in [data] if pieces == "whole" else [data[at : at + 1] for at in range(len(data))]:
            await connection.send(piece)
        answer = await connection.answer()
        connection.writer.close()
    assert (answer.status, answer.body) == (200, str(size).encode())
    (asked,) = door.application.asked
    assert not {b"x-trailer", b"upgrade"} & {name for name, _ in asked["headers"]}
    assert [value for name, value in asked["headers"] if name == b"host"] != [b"evil"]
    assert not door.turned_away


async def test_a_connection_is_kept_for_the_next_request() -> None:
    async with opened() as door:
        connection = await door.connect()
        for size in (1, 5, 3):
            await connection.send(request(body=b"x" * size))
            answer = await connection.answer()
            assert (answer.body, "connection" in answer.headers) == (str(size).encode(), False)
        connection.writer.close()


@pytest.mark.parametrize("sent", ["together", "one after the other"])
async def test_a_second_request_before_the_first_answer_is_not_served(sent: str) -> None:
    first, second = request(target="/hold"), request(target="/second")
    async with opened() as door:
        connection = await door.connect()
        await connection.send(first + second if sent == "together" else first)
        await until(lambda: door.has_received(2))
        if sent != "together":
            await connection.send(second)
            await until(door.takes_no_more)
        door.application.go_on.set()
        answer = await connection.answer()
        assert await connection.closed() == b""
        connection.writer.close()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert [scope["path"] for scope in door.application.asked] == ["/hold"]
