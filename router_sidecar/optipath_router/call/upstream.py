"""One try at one target: send, and read as far as its answer may be shown or must be given up.

A whole answer is read to its end and looked at; a stream is read up to its
first content. So everything that this returns may be given to the caller, and
everything that it raises leaves the caller with nothing said yet.
"""

from collections.abc import Callable
from typing import Final

import httpx

from optipath_router.call.attempt import Attempt
from optipath_router.call.patience import Patience
from optipath_router.call.stream import Stream, stream_of
from optipath_router.chat.reply import Content, Headers, Streamed, Whole
from optipath_router.errors import Code, Outcome, RequestRejected, UpstreamBroken, UpstreamError
from optipath_router.providers.failure import failure
from optipath_router.room import Room, Share

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024

# What an answer's headers may tell the caller. All else is the provider's own affair: cookies, organisation, servers.
_PASSED: Final = frozenset({b"content-type", b"retry-after"})

Now = Callable[[], float]


class ContextTooLong(UpstreamError):
    """The prompt does not fit into this model; another may be larger."""

    def __init__(self, answer: Whole) -> None:
        super().__init__(Outcome.CONTEXT_LENGTH, "the prompt is too long for it", status=answer.status)
        self.answer = answer


async def send(attempt: Attempt, now: Now, room: Room) -> Content:
    """The answer of one target.

    A whole answer takes its share of the room while it is read. Raises
    TargetUnavailable where nothing was sent, UpstreamError where the target
    failed, and RequestRejected where there is no room.
    """
    patience = Patience(min(now() + attempt.resilience.first_token_timeout_seconds, attempt.deadline), now)
    try:
        with patience:
            response = await attempt.endpoint.transport.handle_async_request(_request(attempt))
            if not (attempt.request.streams and response.is_success):
                whole = _whole(attempt, response, *await _read(attempt, response, patience, now, room))
                patience.end()
                return whole
        return await _streamed(attempt, response, patience, now)
    except BaseException:
        patience.end()
        raise


def _request(attempt: Attempt) -> httpx.Request:
    endpoint, request = attempt.endpoint, attempt.request
    outgoing = endpoint.dialect.request(request, attempt.target.upstream_model)
    return endpoint.request(
        outgoing.path,
        outgoing.body,
        attempt.key,
        streams=request.streams,
        connect_seconds=attempt.resilience.connect_timeout_seconds,
    )


async def _streamed(attempt: Attempt, response: httpx.Response, patience: Patience, now: Now) -> Streamed:
    stream = Stream(
        response,
        attempt.endpoint.dialect.reader(attempt.request),
        patience,
        idle_seconds=attempt.resilience.idle_timeout_seconds,
        deadline=attempt.deadline,
        now=now,
    )
    try:
        headers = _passed(response)
        await stream.open()
    except StopAsyncIteration as ended:
        await stream.aclose()
        raise UpstreamBroken(Outcome.BROKEN, "its answer holds nothing") from ended
    except BaseException:
        await stream.aclose()
        raise
    return Streamed(response.status_code, headers, stream)


async def _read(
    attempt: Attempt, response: httpx.Response, patience: Patience, now: Now, room: Room
) -> tuple[Headers, bytes]:
    """What is passed on of the headers, and a whole body.

    The first byte must come within the patience there is, the rest with no longer silence than the route's.
    """
    share, stream = Share(room), stream_of(response)
    received: list[bytes] = []
    size = 0
    try:
        headers = _passed(response)
        async for piece in stream:
            received.append(piece)
            size += len(piece)
            if size > MAX_ANSWER_BYTES:
                raise UpstreamBroken(Outcome.BROKEN, f"its answer is longer than {MAX_ANSWER_BYTES} bytes")
            if not share.take(len(piece)):
                raise RequestRejected(503, Code.OVERLOADED, "this router has no room for the answer; it holds too many")
            # White space keeps a connection alive; it is no content.
            if not piece.isspace():
                patience.until(min(now() + attempt.resilience.idle_timeout_seconds, attempt.deadline))
    finally:
        share.give_back()
        await stream.aclose()
    return headers, b"".join(received)


def _whole(attempt: Attempt, response: httpx.Response, headers: Headers, body: bytes) -> Whole:
    status = response.status_code
    if response.is_success:
        usage, tokens = attempt.endpoint.dialect.answer(body)
        return Whole(status, headers, body, usage, tokens)
    problem = failure(status, response.headers, body)
    if problem is None:
        return Whole(status, headers, body)
    if problem.outcome is Outcome.CONTEXT_LENGTH:
        raise ContextTooLong(Whole(status, headers, body))
    raise problem


def _passed(response: httpx.Response) -> Headers:
    """The headers that the caller is told of; raises UpstreamBroken for a body that is not plain."""
    passed = []
    for name, value in response.headers.raw:
        lowered = name.lower()
        if lowered in _PASSED:
            passed.append((lowered, value))
        elif lowered == b"content-encoding" and value.lower() != b"identity":
            # Asked for plain bytes; what unpacks to who knows how much is not read.
            raise UpstreamBroken(Outcome.BROKEN, "its answer is compressed, though it was asked not to be")
    return tuple(passed)
