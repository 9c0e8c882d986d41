"""What holds for any cut of the bytes, and for any mix of requests and of callers who leave."""

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optipath_router.errors import UpstreamBroken
from support.pieces import cut
from support.scripted import Do, Script, ScriptedServer, Step, turns
from support.transports import Calling, Got, fetch, request

CHUNKS = b"5;a=b\r\nhello\r\n7\r\n, world\r\n0\r\nX-Sum: 1\r\n\r\n"
CHUNKED = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n" + CHUNKS
SIZED = b"HTTP/1.1 429 Busy\r\nContent-Length: 12\r\nX-A: b\r\n\r\nhello, world"
REFUSED = CHUNKED.replace(b"7\r\n", b"8\r\n")


@settings(max_examples=60)
@given(
    whole=st.sampled_from([CHUNKED, SIZED]),
    cuts=st.lists(st.integers(0, len(CHUNKED)), max_size=40),
)
def test_any_pieces_make_the_same_answer(whole: bytes, cuts: list[int]) -> None:
    async def story() -> None:
        async with Calling() as calling, ScriptedServer([Do.READ, *cut(whole, cuts), Do.READ, SIZED]) as server:
            transport = calling.ours(server)
            answer = await fetch(transport, request(server.url))
            assert (answer.status, answer.body) == (429 if whole is SIZED else 200, b"hello, world")
            assert answer.headers[-1] == (b"X-A", b"b")
            assert (await fetch(transport, request(server.url))).reused

    asyncio.run(story())


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, len(REFUSED)), max_size=40))
def test_any_pieces_of_a_broken_answer_are_refused(cuts: list[int]) -> None:
    async def story() -> None:
        async with Calling() as calling, ScriptedServer([Do.READ, *cut(REFUSED, cuts), Do.FIN]) as server:
            with pytest.raises(UpstreamBroken):
                await fetch(calling.ours(server), request(server.url))

    asyncio.run(story())


def echo(sent: bytes) -> bytes:
    """An answer of many pieces that says what was asked, over and over."""
    nonce = sent.rpartition(b"\r\n")[2]
    chunk = b"%x\r\n%b\r\n" % (len(nonce), nonce)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n"


class Pieces:
    """An echo that is sent piece by piece, so that callers leave in all its phases."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._left = draw, b""

    def __call__(self, sent: bytes) -> bytes:
        self._left = echo(sent)
        return self.rest(sent)

    def rest(self, _: bytes) -> bytes:
        size = self._draw.randrange(len(self._left) + 1)
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def end(self, _: bytes) -> bytes:
        piece, self._left = self._left, b""
        return piece


def connection(draw: random.Random) -> Script:
    """A connection that serves some requests, and is closed or reset between two, at the worst time."""
    pieces = Pieces(draw)
    end = draw.choice([Do.FIN, Do.RESET])
    served: list[Step] = [Do.READ, pieces, pieces.rest, pieces.end]
    last: list[Step] = [Do.READ, end] if draw.random() < 0.5 else [end]
    return served * draw.randrange(1, 40) + last


@pytest.mark.case("X10", "T01")
async def test_two_thousand_requests_of_which_a_third_is_cancelled_mix_nothing_and_leave_nothing(
    calling: Calling,
) -> None:
    draw = random.Random(4)
    ends = Counter[str]()
    async with ScriptedServer(*(connection(draw) for _ in range(3000))) as server:
        transport = calling.ours(server, limit=20)

        async def one(number: int) -> None:
            nonce = b"nonce-%05d" % number
            try:
                got = await fetch(transport, request(server.url, nonce))
            except UpstreamBroken:
                ends["broken"] += 1
            else:
                assert got == Got(200, got.headers, nonce * 20, got.reused, got.repeated)
                ends["whole"] += 1

        async def caller(first: int) -> None:
            for number in range(first, 2000, 50):
                task = asyncio.create_task(one(number))
                if draw.random() < 0.33:
                    await turns(draw.randrange(60))
                    ends["cancelled"] += task.cancel()
                await asyncio.wait([task])
                if not task.cancelled():
                    task.result()

        await asyncio.gather(*map(caller, range(50)))
        assert ends["whole"] > 1000
        assert ends["cancelled"] > 100
        assert transport.pool.waiting == 0
        assert transport.pool.taken == transport.pool.idle <= 20
        await transport.aclose()
        await turns(1000)
        assert server.open == 0
