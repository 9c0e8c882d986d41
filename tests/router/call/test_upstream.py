"""One try at one target, over a transport that the test plays."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from email.utils import formatdate
from itertools import cycle
from typing import Any

import httpx
import pytest
from msgspec import structs

from optipath_router.call import stream as streams
from optipath_router.call.attempt import Attempt
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.trail import Trail
from optipath_router.call.transport import Transport
from optipath_router.call.upstream import ContextTooLong
from optipath_router.call.upstream import send as send_within
from optipath_router.chat.reply import Content, Streamed, Whole
from optipath_router.chat.usage import Usage
from optipath_router.credentials import Key
from optipath_router.errors import (
    Outcome,
    RequestRejected,
    TargetUnavailable,
    UpstreamBroken,
    UpstreamBusy,
    UpstreamError,
)
from optipath_router.providers import DIALECTS
from optipath_router.providers.openai.dialect import CHAT
from optipath_router.room import Room
from optipath_snapshot import Egress, Header, Resilience
from support.builders import provider, target
from support.clock import Clock
from support.requests import chat_request

CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'
FINISH = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
DONE = b"data: [DONE]\n\n"
ANSWER = b'{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}]}'
PING = b": ping\n\n"


WALL = 1_700_000_000.0


async def send(attempt: Attempt, now: Callable[[], float]) -> Content:
    return await send_within(attempt, now, Room(), lambda: WALL)


Pieces = Iterable[bytes | Callable[[], Any]]


class Provider:
    """A provider that sends pieces, calls what is a function between them, and remembers what it was asked."""

    def __init__(self, pieces: Pieces, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self._pieces, self._status, self._headers = pieces, status, headers
        self.asked: list[httpx.Request] = []
        self.closed = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self._status, headers=self._headers, stream=_Stream(self))

    async def body(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            elif asyncio.iscoroutine(done := piece()):
                await done


class _Stream(httpx.AsyncByteStream):
    def __init__(self, of: Provider) -> None:
        self._of = of

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._of.body()

    async def aclose(self) -> None:
        self._of.closed = True


def attempt(
    provider_: Provider, *, stream: bool = False, key: Key | None = None, deadline: float = 1e9, **given: Any
) -> Attempt:
    resilience = Resilience(**given.pop("resilience", {}))
    request = chat_request(**({"stream": True} if stream else {}), headers={"connection": "x", "te": "trailers"})
    endpoint = Endpoint(provider(**given), "acme.example", DIALECTS["OpenAICompatible"], httpx.MockTransport(provider_))
    return Attempt(request, target(), endpoint, CHAT, key, resilience, deadline, Trail(Clock()))


async def turn() -> None:
    """A turn of the loop, in which a time-out strikes that is due."""
    await asyncio.sleep(0)


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_is_sent_is_ours_and_no_header_of_the_callers() -> None:
    acme = Provider([ANSWER])
    given = attempt(acme, key=Key("acme", "sk-1"), headers=(Header(name="x-org", value="größe"),))
    await send(given, Clock())
    [request] = acme.asked
    assert dict(request.headers.raw) == {
        b"host": b"acme.example",
        b"x-org": "größe".encode(),
        b"content-type": b"application/json",
        b"accept": b"application/json",
        b"accept-encoding": b"identity",
        b"user-agent": b"optipath",
        b"authorization": b"Bearer sk-1",
        b"content-length": str(len(given.request.body)).encode(),
    }
    assert request.content == given.request.body
    assert acme.closed


async def test_a_url_that_nobody_can_call_is_no_error_of_the_programs() -> None:
    with pytest.raises(TargetUnavailable, match="its URL cannot be called"):
        await send(attempt(Provider([]), url="https://\N{SNOWMAN}.example/v1"), Clock())


@pytest.mark.case("T07")
@pytest.mark.parametrize("stream", [False, True])
async def test_only_what_the_caller_needs_of_a_providers_headers_is_passed_on(*, stream: bool) -> None:
    quiet = {"set-cookie": "a=b", "openai-organization": "org", "via": "x", "server": "y", "x-internal": "z"}
    kind = "text/event-stream" if stream else "application/json"
    acme = Provider([CHUNK + FINISH] if stream else [ANSWER], headers={"content-type": kind, **quiet})
    answer = await send(attempt(acme, stream=stream), Clock())
    assert answer.headers == ((b"content-type", kind.encode()),)
    if isinstance(answer, Streamed):
        await answer.events.aclose()


@pytest.mark.parametrize("status", [400, 422])
async def test_a_refusal_is_passed_byte_for_byte(status: int) -> None:
    body = b'{ "error": {"message":"\xc3\xa4", "x": [1 ,2]}}'
    answer = await send(attempt(Provider([body[:9], body[9:]], status), stream=True), Clock())
    assert isinstance(answer, Whole)
    assert (answer.status, answer.body) == (status, body)


BROKEN = {
    "no choices": b'{"id":"x"}',
    "choices null": b'{"choices":null}',
    "null": b"null",
    "an error with status 200": b'{"error":{"message":"no"}}',
    "a wrong type": b'{"choices":7}',
    "html": b"<html>",
}


@pytest.mark.case("B01")
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
async def test_nonsense_is_no_answer(body: bytes) -> None:
    acme = Provider([body])
    with pytest.raises(UpstreamBroken):
        await send(attempt(acme), Clock())
    assert acme.closed


@pytest.mark.case("B02")
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_packed_is_not_unpacked(*, stream: bool) -> None:
    acme = Provider([b"\x1f\x8b"], headers={"content-encoding": "gzip"})
    with pytest.raises(UpstreamBroken, match="compressed"):
        await send(attempt(acme, stream=stream), Clock())
    assert acme.closed


@pytest.mark.case("B01")
async def test_an_answer_that_is_too_long_is_given_up() -> None:
    acme = Provider(b"x" * 2**20 for _ in range(33))
    with pytest.raises(UpstreamBroken, match="longer than"):
        await send(attempt(acme), Clock())
    assert acme.closed


async def test_keep_alives_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_HEAD_BYTES", 100)
    acme = Provider([PING] * 20)
    with pytest.raises(UpstreamBroken, match="held no content"):
        await send(attempt(acme, stream=True), Clock())
    assert acme.closed


@pytest.mark.case("S01")
@pytest.mark.parametrize("keep_alive", [PING, b"\n"])
async def test_keep_alives_are_no_progress_towards_the_first_content(keep_alive: bytes) -> None:
    acme = Provider(cycle([keep_alive, turn]))
    given = attempt(acme, stream=keep_alive is PING, resilience={"first_token_timeout_seconds": 0.02})
    with pytest.raises(UpstreamBroken) as raised:
        await send(given, asyncio.get_running_loop().time)
    assert raised.value.outcome is Outcome.TIMEOUT
    assert acme.closed


async def read(answer: Whole | Streamed) -> list[bytes]:
    assert isinstance(answer, Streamed)
    return [event.raw async for event in answer.events]


@pytest.mark.case("S03")
async def test_keep_alives_are_no_progress_inside_a_stream() -> None:
    clock = Clock()
    acme = Provider([CHUNK, PING, lambda: clock.advance(31), PING, forever])
    answer = await send(attempt(acme, stream=True), clock)
    with pytest.raises(UpstreamBroken, match="silent for too long"):
        await read(answer)
    assert acme.closed


@pytest.mark.case("S03")
async def test_a_slow_stream_that_makes_progress_is_not_cut() -> None:
    clock = Clock()
    slowly: list[bytes | Callable[[], Any]] = [CHUNK, lambda: clock.advance(29)]
    acme = Provider([*slowly * 9, FINISH, DONE])
    assert await read(await send(attempt(acme, stream=True), clock)) == [CHUNK] * 9 + [FINISH, DONE]
    assert acme.closed


@pytest.mark.case("D04")
async def test_a_caller_who_reads_slowly_is_not_the_providers_silence() -> None:
    clock = Clock()
    acme = Provider([CHUNK, CHUNK, turn, CHUNK, turn, FINISH])
    answer = await send(attempt(acme, stream=True), clock)
    assert isinstance(answer, Streamed)
    seen = []
    async for event in answer.events:
        seen.append(event.raw)
        clock.advance(100)
    assert seen == [CHUNK, CHUNK, CHUNK, FINISH]


async def test_the_deadline_cuts_a_stream_that_goes_on_and_on() -> None:
    clock = Clock()
    slowly: list[bytes | Callable[[], Any]] = [CHUNK, lambda: clock.advance(29)]
    acme = Provider([*slowly * 99, forever])
    answer = await send(attempt(acme, stream=True, deadline=clock() + 100), clock)
    with pytest.raises(UpstreamBroken):
        await read(answer)
    assert acme.closed


@pytest.mark.parametrize("after", [forever, lambda: (_ for _ in ()).throw(UpstreamBroken(Outcome.BROKEN, "reset"))])
async def test_what_goes_wrong_after_the_finish_takes_nothing_from_the_answer(after: Callable[[], Any]) -> None:
    acme = Provider([CHUNK, FINISH, after])
    given = attempt(acme, stream=True, resilience={"idle_timeout_seconds": 0.01})
    assert await read(await send(given, asyncio.get_running_loop().time)) == [CHUNK, FINISH]
    assert acme.closed


@pytest.mark.case("S05")
async def test_an_end_mark_before_the_finish_is_no_end() -> None:
    answer = await send(attempt(Provider([CHUNK, DONE]), stream=True), Clock())
    with pytest.raises(UpstreamBroken, match="before it was finished"):
        await read(answer)


async def test_a_stream_that_is_closed_closes_what_is_below() -> None:
    acme = Provider([CHUNK, CHUNK, forever])
    answer = await send(attempt(acme, stream=True), Clock())
    assert isinstance(answer, Streamed)
    await anext(answer.events)
    await answer.events.aclose()
    assert acme.closed


@pytest.mark.case("S05")
@pytest.mark.parametrize("pieces", [[], [PING], [DONE], [CHUNK]], ids=["nothing", "a keep-alive", "an end", "a word"])
async def test_a_stream_that_ends_before_it_is_finished_is_no_answer(pieces: list[bytes]) -> None:
    acme = Provider(pieces)
    with pytest.raises(UpstreamBroken):
        await read(await send(attempt(acme, stream=True), Clock()))
    assert acme.closed


@pytest.mark.case("U07")
async def test_a_prompt_that_is_too_long_is_told_apart_and_keeps_the_providers_words() -> None:
    body = b'{"error":{"message":"maximum context length is 10 tokens","code":"context_length_exceeded"}}'
    with pytest.raises(ContextTooLong) as raised:
        await send(attempt(Provider([body], 400)), Clock())
    assert (raised.value.answer.status, raised.value.answer.body) == (400, body)


async def test_the_opening_and_the_first_content_are_one_piece() -> None:
    role = b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'
    acme = Provider([PING, role, CHUNK, FINISH])
    assert await read(await send(attempt(acme, stream=True), Clock())) == [PING + role + CHUNK, FINISH]


@pytest.mark.case("B01")
async def test_an_answer_for_which_there_is_no_room_is_not_read() -> None:
    room = Room(2000)
    acme = Provider([b"x" * 600, b"x" * 600])
    with pytest.raises(RequestRejected) as raised:
        await send_within(attempt(acme), Clock(), room, lambda: WALL)
    assert (raised.value.status, raised.value.code, room.held, acme.closed) == (503, "overloaded", 0, True)


@pytest.mark.case("B01")
async def test_an_answer_keeps_room_for_its_copies_until_it_is_released_or_dropped() -> None:
    room = Room()
    answer = await send_within(attempt(Provider([ANSWER])), Clock(), room, lambda: WALL)
    assert isinstance(answer, Whole)
    assert room.held == 2 * len(ANSWER)
    answer.release()
    answer.release()
    assert room.held == 0
    answer = await send_within(attempt(Provider([b"no"], 400)), Clock(), room, lambda: WALL)
    assert room.held == 4
    del answer
    assert room.held == 0


@pytest.mark.case("B01")
@pytest.mark.parametrize(("status", "body"), [(200, b"no JSON"), (500, b"down"), (401, b"no")])
async def test_what_is_no_answer_keeps_no_room(status: int, body: bytes) -> None:
    room = Room()
    with pytest.raises(UpstreamError):
        await send_within(attempt(Provider([body], status)), Clock(), room, lambda: WALL)
    assert room.held == 0


@pytest.mark.case("U01")
@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": formatdate(WALL + 30, usegmt=True)},
        {"x-ratelimit-reset": str(int(WALL + 30) * 1000), "x-ratelimit-remaining": "0"},
    ],
)
async def test_a_date_to_wait_for_needs_no_date_of_the_providers(headers: dict[str, str]) -> None:
    with pytest.raises(UpstreamBusy) as raised:
        await send(attempt(Provider([b""], 429, headers)), Clock())
    assert raised.value.retry_after_seconds == 30


def told(*, stream: bool, code: str, message: str = "no") -> Provider:
    """A provider that tells an error though its status is 200."""
    body = b'{"error":{"message":"%b","code":"%b"}}' % (message.encode(), code.encode())
    return Provider([b"data: " + body + b"\n\n"] if stream else [body], headers={"content-type": "application/json"})


@pytest.mark.case("U07", "U08")
@pytest.mark.parametrize("code", ["400", "content_filter"])
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_caller_must_mend_is_told_as_such_whatever_its_status(*, stream: bool, code: str) -> None:
    acme = told(stream=stream, code=code)
    answer = await send(attempt(acme, stream=stream), Clock())
    assert isinstance(answer, Whole)
    assert (answer.status, answer.headers) == (400, ((b"content-type", b"application/json"),))
    assert json.loads(answer.body) == {"error": {"message": "no", "code": code}}
    assert acme.closed


TOLD = {
    "context_length_exceeded": Outcome.CONTEXT_LENGTH,
    "insufficient_quota": Outcome.QUOTA,
    "invalid_api_key": Outcome.AUTH,
    "rate_limit_exceeded": Outcome.BUSY,
    "overloaded_error": Outcome.OVERLOADED,
}


@pytest.mark.case("S07", "B01", "U03", "U07")
@pytest.mark.parametrize(("code", "outcome"), TOLD.items())
@pytest.mark.parametrize("stream", [False, True])
async def test_an_error_with_status_200_is_what_it_is(*, stream: bool, code: str, outcome: Outcome) -> None:
    acme = told(stream=stream, code=code)
    with pytest.raises(UpstreamError) as raised:
        await send(attempt(acme, stream=stream), Clock())
    assert raised.value.outcome is outcome
    assert isinstance(raised.value, ContextTooLong) == (outcome is Outcome.CONTEXT_LENGTH)
    assert acme.closed


@pytest.mark.case("S09")
async def test_a_refusal_after_the_first_content_breaks_the_answer_off() -> None:
    answer = await send(attempt(Provider([CHUNK, b'data: {"error":{"code":400}}\n\n']), stream=True), Clock())
    with pytest.raises(UpstreamError):
        await read(answer)


KEY = Key("acme", "sk-proj-abcdefgh/12345678")
QUOTES = {
    "all of it": "not authorised: sk-proj-abcdefgh/12345678",
    "with its slash escaped": r"key sk-pr---abcdefgh\/12345678",
    "its head": "key sk-proj-*****",
    "its tail": "key ***12345678",
}


@pytest.mark.case("U06", "X05")
@pytest.mark.parametrize("message", QUOTES.values(), ids=QUOTES)
@pytest.mark.parametrize("status", [200, 400])
async def test_a_refusal_that_quotes_the_key_is_not_passed_on(status: int, message: str) -> None:
    acme = Provider([b'{"error":{"code":400,"message":"%b"}}' % message.encode()], status)
    with pytest.raises(UpstreamError) as raised:
        await send(attempt(acme, key=KEY), Clock())
    assert raised.value.outcome is Outcome.AUTH
    assert "sk-" not in str(raised.value)


@pytest.mark.parametrize("key", [KEY, Key("acme", "ollama"), None])
async def test_a_refusal_that_quotes_no_key_is_passed_on(key: Key | None) -> None:
    body = b'{"error":{"message":"ollama: at most 1234567 tokens, see sk-proj"}}'
    answer = await send(attempt(Provider([body], 400), key=key), Clock())
    assert isinstance(answer, Whole)
    assert answer.body == body


@pytest.mark.case("S01")
@pytest.mark.parametrize("stream", [False, True])
async def test_a_target_that_the_requests_time_left_too_little_is_not_the_one_that_timed_out(*, stream: bool) -> None:
    loop = asyncio.get_running_loop()
    given = attempt(Provider([PING, forever]), stream=stream, deadline=loop.time() + 0.01)
    with pytest.raises(UpstreamBroken) as raised:
        await send(given, loop.time)
    assert raised.value.outcome is Outcome.OUT_OF_TIME


@pytest.mark.case("S01")
async def test_a_target_that_had_all_of_the_requests_time_has_timed_out() -> None:
    loop = asyncio.get_running_loop()
    given = attempt(Provider([forever]), deadline=loop.time() + 0.02, resilience={"request_timeout_seconds": 0.02})
    with pytest.raises(UpstreamBroken) as raised:
        await send(given, loop.time)
    assert raised.value.outcome is Outcome.TIMEOUT


@pytest.mark.case("T03")
@pytest.mark.parametrize(("deadline", "outcome"), [(1000.0, Outcome.UNREACHABLE), (0.01, Outcome.OUT_OF_TIME)])
async def test_where_patience_ends_before_there_is_a_connection_nothing_was_sent(
    deadline: float, outcome: Outcome
) -> None:
    async def nobody_answers(host: str, port: int) -> list[str]:
        await forever()
        return [host, str(port)]

    loop = asyncio.get_running_loop()
    given = attempt(
        Provider([]),
        deadline=loop.time() + deadline,
        resilience={"first_token_timeout_seconds": 0.02, "connect_timeout_seconds": 5},
    )
    transport = Transport("acme.example", 443, Egress(), tls=None, lookup=nobody_answers)
    given = structs.replace(given, endpoint=replace(given.endpoint, transport=transport))
    with pytest.raises(TargetUnavailable) as raised:
        await send(given, loop.time)
    assert raised.value.outcome is outcome
    await transport.aclose()


def usage(prompt: int) -> bytes:
    return b'data: {"choices":[],"usage":{"prompt_tokens":%d,"completion_tokens":1}}\n\n' % prompt


async def test_of_the_usage_before_the_first_content_the_latest_counts() -> None:
    answer = await send(attempt(Provider([usage(1), usage(2), PING, CHUNK, FINISH]), stream=True), Clock())
    assert isinstance(answer, Streamed)
    first = await anext(answer.events)
    assert first.usage == Usage(2, 1)
    await answer.events.aclose()


async def test_what_the_caller_does_not_see_is_bounded_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_HEAD_BYTES", 1000)
    acme = Provider([usage(1)] * 100)
    with pytest.raises(UpstreamBroken, match="held no content"):
        await send(attempt(acme, stream=True), Clock())
