"""What answers look like on the wire, and what is read of them; httpx's own transport reads the same."""

from collections.abc import AsyncIterator

import httpx
import pytest

from support.scripted import Do, ScriptedServer
from support.transports import Calling, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# What is sent, and the status and body that are read.
ORDINARY: dict[str, tuple[bytes, int, bytes]] = {
    "a length": (HEAD + b"Content-Length: 5\r\n\r\nhello", 200, b"hello"),
    "a length of nothing": (HEAD + b"Content-Length: 0\r\n\r\n", 200, b""),
    "chunks": (CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 200, b"hello world"),
    "a chunk size in capitals": (CHUNKED + b"00A\r\n0123456789\r\n0\r\n\r\n", 200, b"0123456789"),
    "chunk extensions": (CHUNKED + b'5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n', 200, b"hello"),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-End: 2\r\n\r\n", 200, b"hello"),
    "no chunk but the last": (CHUNKED + b"0\r\n\r\n", 200, b""),
    "chunked, however it is written": (
        HEAD + b"transfer-ENCODING: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        200,
        b"hi",
    ),
    "interim answers": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        + HEAD
        + b"Content-Length: 2\r\n\r\nok",
        200,
        b"ok",
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", 304, b""),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
    "an error": (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nRetry-After: 1\r\n\r\nbusy", 503, b"busy"),
    "a redirect, which is not followed": (
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        307,
        b"",
    ),
    "a body that is compressed, which is left alone": (
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
        200,
        b"\x1f\x8b\x08",
    ),
    "an offer of another protocol, which is not taken": (
        HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok",
        200,
        b"ok",
    ),
    "the connection's last": (HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
}
TO_THE_END: dict[str, tuple[bytes, int, bytes]] = {
    "no length": (HEAD + b"\r\nhello", 200, b"hello"),
    "no length, and no body": (HEAD + b"\r\n", 200, b""),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nhello", 200, b"hello"),
    "HTTP/1.0 with a length": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello"),
}


@pytest.fixture(params=["ours", "httpx"])
def whose(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opened(whose: str, calling: Calling, server: ScriptedServer) -> httpx.AsyncBaseTransport:
    return calling.ours(server) if whose == "ours" else calling.httpx()


@pytest.mark.case("T07")
@pytest.mark.parametrize(("sent", "status", "body"), ORDINARY.values(), ids=ORDINARY)
async def test_an_answer_is_read_to_its_end(
    whose: str, calling: Calling, sent: bytes, status: int, body: bytes
) -> None:
    async with ScriptedServer([Do.READ, sent]) as server:
        got = await fetch(opened(whose, calling, server), request(server.url))
    assert (got.status, got.body) == (status, body)


@pytest.mark.parametrize(("sent", "status", "body"), TO_THE_END.values(), ids=TO_THE_END)
async def test_an_answer_may_end_with_its_connection(
    whose: str, calling: Calling, sent: bytes, status: int, body: bytes
) -> None:
    async with ScriptedServer([Do.READ, sent, Do.FIN]) as server:
        got = await fetch(opened(whose, calling, server), request(server.url))
    assert (got.status, got.body) == (status, body)


async def test_a_head_alone_has_no_body_whatever_its_length_says(whose: str, calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HEAD + b"Content-Length: 5\r\n\r\n"]) as server:
        got = await fetch(opened(whose, calling, server), request(server.url, b"", "HEAD"))
    assert (got.status, got.body) == (200, b"")


async def test_headers_come_as_they_were_sent(whose: str, calling: Calling) -> None:
    sent = HEAD + b"X-Two: 1\r\nx-two:   2  \r\nX-None:\r\nX-Odd: gr\xf6\xdfe\r\nContent-Length: 0\r\n\r\n"
    async with ScriptedServer([Do.READ, sent]) as server:
        got = await fetch(opened(whose, calling, server), request(server.url))
    assert [(name.lower(), value.strip()) for name, value in got.headers] == [
        (b"x-two", b"1"),
        (b"x-two", b"2"),
        (b"x-none", b""),
        (b"x-odd", b"gr\xf6\xdfe"),
        (b"content-length", b"0"),
    ]


async def test_a_request_is_sent_with_its_length_and_nothing_of_ours(whose: str, calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HEAD + b"Content-Length: 0\r\n\r\n"]) as server:
        asked = httpx.Request("POST", f"{server.url}/v1/a%20b?c=d", headers={"x-key": "1"}, content=b"body")
        await fetch(opened(whose, calling, server), asked)
    [sent] = server.requests
    lines = sent.lower().split(b"\r\n")
    assert lines[0] == b"post /v1/a%20b?c=d http/1.1"
    assert sorted(lines[1:4]) == [b"content-length: 4", b"host: 127.0.0.1:%d" % server.port, b"x-key: 1"]
    assert lines[4:] == [b"", b"body"]


async def test_a_request_may_be_made_of_the_cheapest_parts(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HEAD + b"Content-Length: 0\r\n\r\n"]) as server:
        asked = httpx.Request("POST", httpx.URL(server.url), headers=[], stream=httpx.ByteStream(b"body"))
        await fetch(calling.ours(server), asked)
    assert server.requests == [b"POST / HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-length: 4\r\n\r\nbody" % server.port]


async def test_pieces_of_a_request_are_sent_as_one(calling: Calling) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"bo"
        yield b"dy"

    async with ScriptedServer([Do.READ, HEAD + b"Content-Length: 0\r\n\r\n"]) as server:
        await fetch(calling.ours(server), httpx.Request("POST", server.url, content=parts()))
    [sent] = server.requests
    assert sent.endswith(b"content-length: 4\r\n\r\nbody")
    assert b"transfer-encoding" not in sent.lower()
