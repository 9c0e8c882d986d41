"""What a stream holds counts in the room: what comes before its first content, and what is no whole event yet."""

from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from optipath_router.call.attempt import Attempt
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.trail import Trail
from optipath_router.call.upstream import send
from optipath_router.chat.reply import Streamed
from optipath_router.errors import Outcome, RequestRejected, UpstreamError
from optipath_router.providers import DIALECTS
from optipath_router.providers.openai.dialect import CHAT
from optipath_router.room import Room
from optipath_snapshot import Resilience
from support.builders import provider, target
from support.clock import Clock
from support.requests import chat_request

CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
FINISH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
BEGUN = b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 100_000
ENDED = b'"}}]}\n\n'
PINGS = b": ping\n\n" * 5000


async def opened(room: Room, *pieces: bytes) -> Streamed:
    """A stream of these pieces that has come to its first content."""

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in pieces:
                yield piece

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Body()))
    endpoint = Endpoint(provider(), "acme.example", DIALECTS["OpenAICompatible"], transport)
    attempt = Attempt(chat_request(stream=True), target(), endpoint, CHAT, None, Resilience(), 1e9, Trail(Clock()))
    content = await send(attempt, Clock(), room, Clock())
    assert isinstance(content, Streamed)
    return content


async def held_beside(room: Room, stream: Streamed) -> Iterable[int]:
    """What was held when each event came."""
    return [room.held async for _ in stream.events]


async def test_an_ordinary_stream_takes_nothing() -> None:
    room = Room()
    assert set(await held_beside(room, await opened(room, CHUNK, CHUNK[:9], CHUNK[9:], FINISH))) == {0}


async def test_an_event_that_is_not_whole_is_counted_until_it_has_passed() -> None:
    room = Room()
    stream = await opened(room, CHUNK, BEGUN, ENDED, CHUNK, FINISH)
    _, whole, *after = await held_beside(room, stream)
    assert whole > len(BEGUN)
    assert set(after) == {0}


async def test_what_comes_before_the_first_content_is_counted_until_it_has_passed() -> None:
    room = Room()
    stream = await opened(room, PINGS, PINGS, CHUNK, FINISH)
    assert room.held > len(PINGS)
    first, *after = await held_beside(room, stream)
    assert first > len(PINGS)
    assert set(after) == {0}


@pytest.mark.parametrize("pieces", [(PINGS, CHUNK), (BEGUN, ENDED)], ids=["keep-alives", "a long event"])
async def test_a_stream_for_which_there_is_no_room_is_refused_before_it_has_begun(pieces: tuple[bytes, ...]) -> None:
    room = Room(20_000)
    with pytest.raises(RequestRejected) as raised:
        await opened(room, *pieces, FINISH)
    assert (raised.value.status, raised.value.code, room.held) == (503, "overloaded", 0)


async def test_a_stream_for_which_there_is_no_more_room_breaks_off() -> None:
    room = Room(20_000)
    stream = await opened(room, CHUNK, BEGUN, ENDED, FINISH)
    assert (await anext(stream.events)).raw == CHUNK
    with pytest.raises(UpstreamError, match="no room") as raised:
        await anext(stream.events)
    assert (raised.value.outcome, room.held) == (Outcome.NO_ROOM, 0)


async def test_a_stream_that_nobody_wants_any_more_gives_its_room_back() -> None:
    room = Room()
    stream = await opened(room, PINGS, CHUNK, FINISH)
    assert room.held
    await stream.events.aclose()
    assert room.held == 0
