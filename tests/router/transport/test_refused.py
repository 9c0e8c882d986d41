"""Answers that cannot be trusted: their end is in doubt, they are too long, or they are none."""

import httpx
import pytest

from optipath_router.call.connection import MAX_HEAD_BYTES, MAX_HEADERS
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken
from support.scripted import Do, ScriptedServer
from support.transports import Calling, fetch, request

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = b"x" * (MAX_HEAD_BYTES + 1)

REFUSED: dict[str, bytes] = {
    "no HTTP": b"<html>no such thing</html>",
    "another version of HTTP": b"HTTP/3.0 200 OK\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status of naught": b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI",
    "another protocol without a name": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "two lengths in one": HEAD + b"Content-Length: 5, 5\r\n\r\nhello",
    "a length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunks and a length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunks of chunks": HEAD + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n5\r\nhello\r\n0\r\n\r\n",
    "a coding that is none": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "a coding before chunks": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length with a sign": HEAD + b"Content-Length: +5\r\n\r\nhello",
    "a length below nothing": HEAD + b"Content-Length: -5\r\n\r\nhello",
    "a length beyond measure": HEAD + b"Content-Length: 99999999999999999999\r\n\r\nhello",
    "a length that is empty": HEAD + b"Content-Length:\r\n\r\nhello",
    "a folded header": HEAD + b"X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": HEAD + b"Content-Length : 0\r\n\r\n",
    "a header without a name": HEAD + b": a\r\n\r\n",
    "a header with a NUL": HEAD + b"X-A: b\0c\r\n\r\n",
    "a header with half a line break": HEAD + b"X-A: b\rc\r\n\r\n",
    "lines that end in half": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "a chunk size that is none": CHUNKED + b"hello\r\n",
    "a chunk size with a sign": CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
    "a chunk size with a prefix": CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk size beyond measure": CHUNKED + b"FFFFFFFFFFFFFFFFF\r\nhello",
    "a chunk longer than it said": CHUNKED + b"4\r\nhello\r\n0\r\n\r\n",
    "a length among the trailers": CHUNKED + b"5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
    "a header without an end": HEAD + b"X-A: " + LONG,
    "a header that is too long": HEAD + b"X-A: " + LONG + b"\r\n\r\n",
    "too many headers": HEAD + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n",
    "interim answers without an end": b"HTTP/1.1 102 Processing\r\n\r\n" * (MAX_HEAD_BYTES // 20),
    "a chunk extension without an end": CHUNKED + b"5;a=" + LONG,
    "trailers without an end": CHUNKED + b"5\r\nhello\r\n0\r\nX-A: " + LONG[:1000] * 300,
}
CUT: dict[str, bytes] = {
    "before the answer": b"",
    "in the head": HEAD + b"Content-Le",
    "after an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
    "before the body": HEAD + b"Content-Length: 5\r\n\r\n",
    "in the body": HEAD + b"Content-Length: 5\r\n\r\nhell",
    "in a chunk's size": CHUNKED + b"5\r\nhello\r\n",
    "in a chunk": CHUNKED + b"5\r\nhel",
    "before the last chunk": CHUNKED + b"5\r\nhello\r\n",
    "in the last chunk": CHUNKED + b"5\r\nhello\r\n0\r\n",
    "in the trailers": CHUNKED + b"5\r\nhello\r\n0\r\nX-A: b\r\n",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
async def test_an_answer_whose_end_is_in_doubt_is_none(calling: Calling, sent: bytes) -> None:
    async with ScriptedServer([Do.READ, sent]) as server:
        transport = calling.ours(server)
        with pytest.raises(UpstreamBroken) as raised:
            await fetch(transport, request(server.url))
        await server.left.get()
    assert raised.value.outcome is Outcome.BROKEN
    assert transport.pool.idle == 0


@pytest.mark.parametrize("end", [Do.FIN, Do.RESET])
@pytest.mark.parametrize("sent", CUT.values(), ids=CUT)
async def test_an_answer_that_breaks_off_never_ends_like_a_whole_one(calling: Calling, sent: bytes, end: Do) -> None:
    async with ScriptedServer([Do.READ, sent, end]) as server:
        with pytest.raises(UpstreamBroken) as raised:
            await fetch(calling.ours(server), request(server.url))
    assert raised.value.outcome is Outcome.BROKEN


async def test_an_answer_without_a_length_is_not_whole_where_it_was_reset(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, HEAD + b"\r\nhello", Do.RESET]) as server:
        with pytest.raises(UpstreamBroken):
            await fetch(calling.ours(server), request(server.url))


async def test_what_came_before_the_cut_is_given_out_first(calling: Calling) -> None:
    async with ScriptedServer([Do.READ, CHUNKED + b"5\r\nhello\r\n", Do.RESET]) as server:
        response = await calling.ours(server).handle_async_request(request(server.url))
        pieces = response.aiter_raw()
        assert await anext(pieces) == b"hello"
        with pytest.raises(UpstreamBroken):
            await anext(pieces)
        await response.aclose()


@pytest.mark.parametrize("value", ["a\r\nx-b: c", "a\nb", "a\rb", "a\0b"])
async def test_a_header_with_a_line_break_is_not_sent(calling: Calling, value: str) -> None:
    async with ScriptedServer([Do.READ]) as server:
        asked = httpx.Request("POST", server.url, headers={"x-a": value}, content=b"{}")
        with pytest.raises(TargetUnavailable, match="line break"):
            await fetch(calling.ours(server), asked)
    assert server.connections == 0
