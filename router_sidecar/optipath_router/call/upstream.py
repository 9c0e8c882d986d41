"""One try at one target: send, and read as far as its answer may be shown or must be given up.

A whole answer is read to its end and looked at; a stream is read up to its
first content. So everything that this returns may be given to the caller, and
everything that it raises leaves the caller with nothing said yet.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Final

import httpx

from optipath_router.call.attempt import Attempt
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.reply import Headers, Streamed, Whole
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken, UpstreamError
from optipath_router.providers import StreamReader
from optipath_router.providers.failure import failure

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
MAX_HEAD_BYTES: Final = 1024 * 1024
"""What may come before a stream's first content; keep-alives could go on for ever."""

# What an answer's headers may tell the caller. All else is the provider's own affair: cookies, organisation, servers.
_PASSED: Final = frozenset({b"content-type", b"retry-after"})

Now = Callable[[], float]


async def send(attempt: Attempt, now: Now) -> Whole | Streamed:
    """The answer of one target.

    Raises TargetUnavailable where nothing was sent, and UpstreamError where
    the target failed.
    """
    first_content = min(now() + attempt.resilience.first_token_timeout_seconds, attempt.deadline)
    async with _until(first_content, now):
        response = await attempt.endpoint.transport.handle_async_request(_request(attempt))
    if not (attempt.request.streams and response.is_success):
        return await _whole(attempt, response, first_content, now)
    reader = attempt.endpoint.dialect.reader()
    events = _events(reader, response)
    try:
        async with _until(first_content, now):
            head = await _head(events)
    except BaseException:
        await events.aclose()
        raise
    return Streamed(response.status_code, _headers(response), _rest(head, events, reader, attempt, now))


def _request(attempt: Attempt) -> httpx.Request:
    endpoint = attempt.endpoint
    outgoing = endpoint.dialect.request(attempt.request, attempt.target.upstream_model)
    headers = [(header.name.encode(), header.value.encode()) for header in endpoint.provider.headers]
    headers += [
        (b"content-type", b"application/json"),
        (b"accept", b"text/event-stream" if attempt.request.streams else b"application/json"),
        (b"accept-encoding", b"identity"),
        (b"user-agent", b"optipath"),
    ]
    if attempt.key is not None:
        headers.append((b"authorization", b"Bearer " + attempt.key.value.encode()))
    try:
        return httpx.Request("POST", endpoint.provider.url + outgoing.path, headers=headers, content=outgoing.body)
    except httpx.InvalidURL as error:
        raise TargetUnavailable(Outcome.UNREACHABLE, "its URL cannot be called") from error


async def _whole(attempt: Attempt, response: httpx.Response, first_content: float, now: Now) -> Whole:
    body = bytearray()
    patience = first_content
    pieces = _pieces(response)
    try:
        while True:
            async with _until(patience, now):
                piece = await anext(pieces, None)
            if piece is None:
                break
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise UpstreamBroken(Outcome.BROKEN, f"its answer is longer than {MAX_ANSWER_BYTES} bytes")
            # White space keeps a connection alive; it is no content.
            if piece.strip():
                patience = min(now() + attempt.resilience.idle_timeout_seconds, attempt.deadline)
    finally:
        await pieces.aclose()
    answer, dialect = bytes(body), attempt.endpoint.dialect
    if response.is_success:
        return Whole(response.status_code, _headers(response), answer, dialect.usage(answer))
    if problem := failure(response.status_code, response.headers, answer):
        raise problem
    return Whole(response.status_code, _headers(response), answer)


async def _head(events: AsyncGenerator[Event]) -> list[Event]:
    """The events of a stream up to its first content."""
    head, size = [await anext(events)], 0
    while head[-1].kind is not Kind.CONTENT:
        size += len(head[-1].raw)
        if size > MAX_HEAD_BYTES:
            raise UpstreamBroken(Outcome.BROKEN, f"{size} bytes of its answer held no content")
        head.append(await anext(events))
    return head


async def _events(reader: StreamReader, response: httpx.Response) -> AsyncGenerator[Event]:
    """The events of a stream to its honest end; raises UpstreamBroken where it ends without having finished."""
    async with aclosing(_pieces(response)) as pieces:
        async for piece in pieces:
            for event in reader.feed(piece):
                yield _checked(event, reader)
        for event in reader.close():
            yield _checked(event, reader)
        if not reader.finished:
            raise UpstreamBroken(Outcome.BROKEN, "its answer ended before it was finished")


async def _pieces(response: httpx.Response) -> AsyncGenerator[bytes]:
    """A response's body as it arrives; the response is closed after it."""
    try:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            # Asked for plain bytes; what unpacks to who knows how much is not read.
            raise UpstreamBroken(Outcome.BROKEN, "its answer is compressed, though it was asked not to be")
        async for piece in response.aiter_raw():
            yield piece
    finally:
        await response.aclose()


def _checked(event: Event, reader: StreamReader) -> Event:
    if event.kind is Kind.ERROR:
        raise UpstreamBroken(Outcome.SERVER_ERROR, "it reported an error inside its answer")
    if event.kind is Kind.END and not reader.finished:
        raise UpstreamBroken(Outcome.BROKEN, "its answer was marked as ended before it was finished")
    return event


async def _rest(
    head: list[Event], events: AsyncGenerator[Event], reader: StreamReader, attempt: Attempt, now: Now
) -> AsyncGenerator[Event]:
    """All events of a stream whose opening has been read, each within the route's patience.

    What goes wrong once the answer is finished takes nothing from it.
    """
    idle_seconds = attempt.resilience.idle_timeout_seconds
    async with aclosing(events):
        for event in head:
            yield event
        patience = min(now() + idle_seconds, attempt.deadline)
        while True:
            try:
                async with _until(patience, now):
                    following = await anext(events, None)
            except UpstreamError:
                if reader.finished:
                    return
                raise
            if following is None:
                return
            yield following
            # A keep-alive is no progress. And the time that the caller took to read is not the provider's.
            if following.kind is not Kind.OPENING:
                patience = min(now() + idle_seconds, attempt.deadline)


def _headers(response: httpx.Response) -> Headers:
    return tuple((name.lower(), value) for name, value in response.headers.raw if name.lower() in _PASSED)


@asynccontextmanager
async def _until(moment: float, now: Now) -> AsyncIterator[None]:
    """A block that must end before a moment; raises UpstreamBroken where it does not."""
    try:
        async with asyncio.timeout(max(0.0, moment - now())):
            yield
    except TimeoutError as error:
        raise UpstreamBroken(Outcome.TIMEOUT, "it was silent for too long") from error
