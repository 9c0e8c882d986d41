"""One try at one target: send, and read as far as its answer may be shown or must be given up.

A whole answer is read to its end and looked at; a stream is read up to its
first content. So everything that this returns may be given to the caller, and
everything that it raises leaves the caller with nothing said yet.
"""

from collections.abc import Callable
from typing import Final

import httpx
from msgspec.structs import replace

from optipath_router.call.attempt import Attempt
from optipath_router.call.patience import Patience
from optipath_router.call.post import Post
from optipath_router.call.seam import Incoming
from optipath_router.call.stream import Stream, no_room
from optipath_router.chat.reply import Content, Headers, Streamed, Whole
from optipath_router.errors import Code, Outcome, TargetUnavailable, UpstreamBroken, UpstreamError
from optipath_router.providers import ErrorTold
from optipath_router.providers.failure import data_of, failure, failure_inside
from optipath_router.room import Room, Share

MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024

# What an answer's headers may tell the caller. All else is the provider's own affair: cookies, organisation, servers.
_PASSED: Final = frozenset({b"content-type", b"retry-after"})

_COPIES: Final = 2
"""An answer is held in the pieces that came, and in one; and then as it is, and as it is written."""
_TELLING: Final = 8
"""Characters of a key. A shorter one is a word that stands for none, and may stand in any answer."""
_REFUSED: Final = 400
_JSON: Final = ((b"content-type", b"application/json"),)
_STREAM: Final = ((b"content-type", b"text/event-stream; charset=utf-8"),)

Clock = Callable[[], float]


class ContextTooLong(UpstreamError):
    """The prompt does not fit into this model; another may be larger."""

    def __init__(self, answer: Whole) -> None:
        super().__init__(Outcome.CONTEXT_LENGTH, "the prompt is too long for it", status=answer.status)
        self.answer = answer


async def send(attempt: Attempt, now: Clock, room: Room, wall: Clock) -> Content:
    """The answer of one target; `wall` tells the time since 1970.

    A whole answer takes its share of the room until it is released, a stream
    for what it holds back or cannot read yet. Raises
    TargetUnavailable where nothing was sent, UpstreamError where the target
    failed, and RequestRejected where there is no room.
    """
    patience = Patience(_at_most_all(attempt, attempt.resilience.first_token_timeout_seconds), attempt.deadline, now)
    post = _post(attempt)
    try:
        with patience:
            answer = await attempt.endpoint.send(post)
            if not (attempt.request.streams and _is_success(answer)):
                whole = await _whole(attempt, answer, patience, Share(room), wall)
                patience.end()
                return whole
        return await _streamed(attempt, answer, patience, room)
    except UpstreamBroken as problem:
        patience.end()
        if not post.sent:
            raise _unreached(problem) from problem
        raise
    except BaseException:
        patience.end()
        raise


def _at_most_all(attempt: Attempt, seconds: float) -> float:
    """A time-out of the route's, no longer than a whole request may take: more than that, nobody has."""
    return min(seconds, attempt.resilience.request_timeout_seconds)


def _post(attempt: Attempt) -> Post:
    request = attempt.request
    return attempt.endpoint.post(
        attempt.exchange.request(request, attempt.target),
        attempt.target.upstream_model,
        attempt.key,
        streams=request.streams,
        connect_seconds=attempt.resilience.connect_timeout_seconds,
    )


def _is_success(answer: Incoming) -> bool:
    return 200 <= answer.status < 300


def _unreached(problem: UpstreamBroken) -> TargetUnavailable:
    """What it means that patience came to its end before there was a connection."""
    if problem.outcome is Outcome.OUT_OF_TIME:
        return TargetUnavailable(problem.outcome, str(problem))
    return TargetUnavailable(Outcome.UNREACHABLE, "it could not be reached before its answer had to begin")


async def _streamed(attempt: Attempt, answer: Incoming, patience: Patience, room: Room) -> Content:
    """A stream from its first content on; a whole answer where it tells in its place what the caller must mend."""
    reader = attempt.exchange.reader(attempt.request)
    idle_seconds = _at_most_all(attempt, attempt.resilience.idle_timeout_seconds)
    stream = Stream(answer, reader, patience, room, idle_seconds=idle_seconds)
    try:
        headers = _passed(answer)
        error = await stream.open()
        if error is None:
            return Streamed(answer.status, _STREAM if attempt.exchange.translates else headers, stream)
        data = data_of(error.raw)
        refusal = _refusal(attempt, Whole(_REFUSED, _JSON, data), failure_inside(data))
    except StopAsyncIteration as ended:
        await stream.aclose()
        raise UpstreamBroken(Outcome.BROKEN, "its answer holds nothing") from ended
    except BaseException:
        await stream.aclose()
        raise
    await stream.aclose()
    return refusal


async def _whole(attempt: Attempt, answer: Incoming, patience: Patience, share: Share, wall: Clock) -> Whole:
    """An answer in one piece, looked at."""
    try:
        headers, body = await _read(attempt, answer, patience, share)
        status = answer.status
        if attempt.exchange.translates:
            # What the caller reads is ours, whatever the provider calls its own.
            headers = _JSON
        if not _is_success(answer):
            problem = failure(status, httpx.Headers(answer.headers), body, wall=wall())
            return _refusal(attempt, Whole(status, headers, body, release=share.give_back), problem)
        try:
            given = attempt.exchange.answer(attempt.request, body)
        except ErrorTold:
            problem = failure_inside(body)
            if problem is not None and problem.outcome is Outcome.SERVER_ERROR:
                raise
            return _refusal(attempt, Whole(_REFUSED, headers, body, release=share.give_back), problem)
        return Whole(status, headers, given.body, given.usage, given.tokens, share.give_back)
    except ContextTooLong:
        raise
    except BaseException:
        share.give_back()
        raise


async def _read(attempt: Attempt, answer: Incoming, patience: Patience, share: Share) -> tuple[Headers, bytes]:
    """What is passed on of the headers, and a whole body.

    The first byte must come within the patience there is, the rest with no longer silence than the route's.
    """
    idle_seconds = _at_most_all(attempt, attempt.resilience.idle_timeout_seconds)
    received = bytearray()
    try:
        headers = _passed(answer)
        async for piece in answer:
            if len(received) + len(piece) > MAX_ANSWER_BYTES:
                raise UpstreamBroken(Outcome.BROKEN, f"its answer is longer than {MAX_ANSWER_BYTES} bytes")
            if not share.take(_COPIES * len(piece)):
                raise no_room()
            received += piece
            # White space keeps a connection alive; it is no content. What is here to its end is waited for no more.
            if not answer.complete and not piece.isspace():
                patience.renew(idle_seconds)
    finally:
        await answer.aclose()
    return headers, bytes(received)


def _refusal(attempt: Attempt, answer: Whole, problem: UpstreamError | None) -> Whole:
    """An answer that the caller must mend the request for, in the caller's words; raises what else it is."""
    if problem is not None and problem.outcome is not Outcome.CONTEXT_LENGTH:
        raise problem
    if attempt.key is not None and _quotes(answer.body, attempt.key.value.encode()):
        raise UpstreamError(Outcome.AUTH, "it refused the key", status=answer.status)
    if attempt.exchange.translates:
        code = Code.INVALID_REQUEST if problem is None else Code.CONTEXT_LENGTH
        answer = replace(answer, body=attempt.exchange.refusal(answer.status, code, answer.body))
    if problem is not None:
        raise ContextTooLong(answer)
    return answer


def _quotes(body: bytes, key: bytes) -> bool:
    """Whether a body holds a key, or a part at one of its ends that is long enough to be of use to somebody."""
    if len(key) < _TELLING:
        return False
    plain = body.replace(b"\\/", b"/")
    return key[:_TELLING] in plain or key[-_TELLING:] in plain


def _passed(answer: Incoming) -> Headers:
    """The headers that the caller is told of; raises UpstreamBroken for a body that is not plain."""
    passed = []
    for name, value in answer.headers:
        lowered = name.lower()
        if lowered in _PASSED:
            passed.append((lowered, value))
        elif lowered == b"content-encoding" and value.lower() != b"identity":
            # Asked for plain bytes; what unpacks to who knows how much is not read.
            raise UpstreamBroken(Outcome.BROKEN, "its answer is compressed, though it was asked not to be")
    return tuple(passed)
