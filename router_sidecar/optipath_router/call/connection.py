"""One connection: a request is written, its answer is read, and nothing else may come.

    opened ──ask──▶ asked ──head──▶ answering ──whole, and nothing is left──▶ idle ──ask──▶ …
                      └─ broken, cancelled, closed early ─▶ closed ◀─ a byte, the end ─┘

Only an answer that ended where it said it would makes a connection idle again.
"""

import asyncio
import select
from collections.abc import Callable, Iterable
from typing import Final, cast

import httptools

from optipath_router.call.answer import Answer
from optipath_router.call.post import Post
from optipath_router.call.progress import Watch
from optipath_router.errors import Outcome, UpstreamBroken

MAX_HEAD_BYTES: Final = 64 * 1024
"""What may come between two parts of a body: heads, interim answers, chunk extensions, trailers."""
MAX_HEADERS: Final = 256
_SLICE_BYTES: Final = 128 * 1024
_APART_BYTES: Final = 64 * 1024
"""A body that is longer is not copied to leave in one write with its head."""
_SAYS_LENGTH: Final = frozenset({b"content-length", b"transfer-encoding"})


class Stale(Exception):
    """A kept connection was closed before a byte of the answer came: nobody's fault, and worth a fresh one."""


class Connection(asyncio.Protocol):
    """A connection to an origin."""

    _transport: asyncio.Transport
    _answer: Answer
    """The answer that is awaited, or was the last."""

    def __init__(self, *, free: Callable[["Connection"], None], lost: Callable[["Connection"], None]) -> None:
        """Take who is told that it may be used again, and who that it is closed."""
        self._free, self._lost = free, lost
        self._parser = httptools.HttpResponseParser(self)
        self._poll = select.poll()
        self._asked = self._head_only = self._sending = self._full = self._reusable = self._stale = False
        self._written = self._since_body = 0
        self.is_open = False
        self.used = False
        """Whether it has answered before."""
        self.idle_since = 0.0
        """A moment of the loop's clock."""

    @property
    def usable(self) -> bool:
        """Whether it is open and nothing is there to be read, be it what nobody asked for or its end."""
        return self.is_open and not self._poll.poll(0)

    async def ask(self, post: Post, head: bytes) -> Answer:
        """The answer to a post with this head, once its own is there.

        Raises UpstreamBroken, or Stale, with which the connection's place in
        the pool goes to the one who asked. Cancelled, it closes the connection.
        """
        body = post.body
        self._asked, self._head_only, self._sending, self._reusable = True, post.heading.method == "HEAD", False, True
        self._since_body = 0
        self._answer = answer = Answer(read_seconds=post.read_seconds, abort=self.abort, resume=self._read_on)
        if len(body) <= _APART_BYTES:
            self._write(head + body)
        else:
            self._write(head)
            self._write(memoryview(body)[:_SLICE_BYTES])
        if self._full or len(body) > _SLICE_BYTES:
            await self._send(memoryview(body)[_SLICE_BYTES:], post.write_seconds)
        await answer.head()
        return answer

    def abort(self) -> None:
        """Close it now, whatever is under way."""
        self.is_open = False
        self._transport.abort()
        if self._stale:
            self._stale = False
            self._lost(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for closes the connection."""
        if not self._asked:
            self.abort()
            return
        answer = self._answer
        self._since_body += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._reusable = False
            answer.fail(_reason(error))
        if self._since_body > MAX_HEAD_BYTES:
            answer.fail(_too_long())
        if answer.complete or answer.error is not None:
            self._asked = False
            self._finish(answer)
        answer.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; an answer without a length is whole with it, any other is not."""
        by_peer, self.is_open = self.is_open, False
        if self._asked:
            self._asked = False
            answer = self._answer
            if by_peer and self.used and not answer.status and not self._since_body:
                self._stale = True
                answer.fail(Stale())
                return
            if by_peer and exc is None and answer.status and not _says_length(answer):
                answer.complete = True
                answer.wake()
            else:
                error = UpstreamBroken(Outcome.BROKEN, "its connection was closed before the end of its answer")
                error.__cause__ = exc
                answer.fail(error)
        self._lost(self)

    def pause_writing(self) -> None:
        """Note that the peer does not take as much as is written."""
        self._full = True

    def resume_writing(self) -> None:
        """Note that it does again."""
        self._full = False
        if self._asked:
            self._answer.wake()

    # What the parser tells, while data_received feeds it.

    def on_message_begin(self) -> None:
        """Notice a second answer to one request."""
        if self._answer.complete:
            self._reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; trailers are read over."""
        answer = self._answer
        if answer.status:
            return
        if len(answer.headers) == MAX_HEADERS:
            raise _too_long()
        if len(name) == 17 and name.lower() == b"transfer-encoding":
            self._check_coding(value)
        answer.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Tell what kind of answer it is; interim ones are read over."""
        answer, status = self._answer, self._parser.get_status_code()
        if answer.status:
            return
        # Nearly always so little has come that there is nothing to count.
        if self._since_body > MAX_HEAD_BYTES and _size(answer.headers) > MAX_HEAD_BYTES:
            raise _too_long()
        if status < 200:
            if status < 100 or status == 101:
                raise UpstreamBroken(Outcome.BROKEN, f"it answered with status {status}, which nobody asked for")
            answer.headers.clear()
            return
        answer.status = status
        self._reusable = self._parser.should_keep_alive()
        if self._head_only:
            # The parser cannot be told that no body follows, so that it is of no use after this.
            answer.complete, self._reusable = True, False

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body."""
        self._since_body = 0
        if not self._answer.complete and self._answer.add(body):
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """Note that the answer, unless it was an interim one, is whole."""
        if self._answer.status:
            self._answer.complete = True

    def _check_coding(self, value: bytes) -> None:
        """Only chunks, named once, say where a body ends beyond doubt (RFC 9112, 6.1)."""
        again = any(name.lower() == b"transfer-encoding" for name, _ in self._answer.headers)
        if again or value.strip().lower() != b"chunked" or self._parser.get_http_version() != "1.1":
            raise UpstreamBroken(Outcome.BROKEN, "the end of its answer cannot be told by its Transfer-Encoding")

    def _finish(self, answer: Answer) -> None:
        if not answer.complete or self._sending or not self._reusable:
            self.abort()
            return
        if answer.holds_back:
            answer.holds_back = False
            self._read_on()
        self.used = True
        self._free(self)

    def _read_on(self) -> None:
        if self.is_open:
            self._transport.resume_reading()

    def _write(self, data: bytes | memoryview) -> None:
        self._transport.write(data)
        self._written += len(data)

    async def _send(self, rest: memoryview, seconds: float | None) -> None:
        """Write what is left of a request as fast as it is taken; an answer that comes before its end, ends it."""
        answer, self._sending = self._answer, True
        watch = None if seconds is None else Watch(seconds, self._taken, self._stuck)
        try:
            while not answer.status and answer.error is None:
                if self._full:
                    await answer.news()
                elif rest:
                    self._write(rest[:_SLICE_BYTES])
                    rest = rest[_SLICE_BYTES:]
                else:
                    self._sending = False
                    return
        finally:
            if watch:
                watch.end()

    def _taken(self) -> int:
        return self._written - self._transport.get_write_buffer_size()

    def _stuck(self, seconds: float) -> None:
        self._answer.give_up(UpstreamBroken(Outcome.TIMEOUT, f"it took nothing of the request for {seconds:g} s"))


def _says_length(answer: Answer) -> bool:
    return any(name.lower() in _SAYS_LENGTH for name, _ in answer.headers)


def _size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)


def _too_long() -> UpstreamBroken:
    return UpstreamBroken(
        Outcome.BROKEN, f"the head of its answer is longer than {MAX_HEAD_BYTES} bytes or {MAX_HEADERS} headers"
    )


def _reason(error: Exception) -> UpstreamBroken:
    """Ours, where one of our callbacks objected; else what the parser says in words of its own."""
    if isinstance(error.__context__, UpstreamBroken):
        return error.__context__
    broken = UpstreamBroken(Outcome.BROKEN, f"its answer is not HTTP: {error}")
    broken.__cause__ = error
    return broken
