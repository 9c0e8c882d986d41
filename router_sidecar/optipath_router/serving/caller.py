"""A caller's connection: HTTP/1.1 as httptools reads it, with an end to patience and a bound to everything.

    WAITING ─▶ HEAD ─▶ BODY ─▶ ANSWERING ─▶ WAITING …
                 │      ├─ answered too soon ─▶ DRAINING ─▶ WAITING …
                 └──────┴─ refused ─▶ CLOSING

Each phase but ANSWERING has a deadline. No timer is set for it, and none
cancelled: the port looks at every connection ten times a second.
"""

import asyncio
from enum import Enum, auto
from math import inf
from typing import Any, Final

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.utils import get_local_addr, get_remote_addr

from optipath_router.providers.surfaces import error_for
from optipath_router.room import Share
from optipath_router.serving.cycle import Cycle
from optipath_router.serving.head import SPOKEN, Head, Header, behind_authority, head_fault
from optipath_router.serving.reader import Reader
from optipath_router.serving.refusal import (
    HEAD_TOO_LARGE,
    MALFORMED,
    NO_ROOM,
    TOO_MANY,
    TOO_SLOW,
    Refusal,
    too_large,
)
from optipath_router.serving.serving import Serving

SLOW_READER: Final = "slow_reader"
"""The reason of a cut that nobody can be told of."""
_COPIES: Final = 2
"""A body is held as it came, and as it is sent on."""


class Phase(Enum):
    """What a connection is waiting for."""

    WAITING = auto()
    """The first byte of a request."""
    HEAD = auto()
    BODY = auto()
    ANSWERING = auto()
    """The application."""
    DRAINING = auto()
    """The rest of a body that nobody wanted."""
    CLOSING = auto()
    """The end; what the caller still sends is read and dropped."""


# On Python 3.11 it takes a tenth of a microsecond to look one up by its class.
WAITING, HEAD, BODY, ANSWERING, DRAINING, CLOSING = Phase
_UNFINISHED = (HEAD, BODY, DRAINING)


class Caller(asyncio.Protocol):
    """One connection. A caller who closes it, or only its sending half, has left."""

    def __init__(
        self,
        config: Config,
        server_state: Serving,
        app_state: dict[str, Any],  # noqa: ARG002  uvicorn hands it in, and we have none
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Begin as uvicorn's server asks a protocol to."""
        self.loop = _loop or asyncio.get_running_loop()
        self.serving, self._application = server_state, config.loaded_app
        self._limits, self._patience = server_state.limits, server_state.limits.patience
        self._parser = self._new_parser()
        self._turn(WAITING, self._patience.head)
        self._crowded = False
        self.cycle: Cycle | None = None
        """The latest request's."""
        self._target = b""
        self._headers: list[Header] = []
        self._without_upgrade = b""
        """The head of a request that asks for another protocol, as if it did not."""
        self._undigested = 0
        """Bytes that have come since the last that became a head or a part of a body."""
        self._body_bytes = 0
        self._body, self._answer = Share(server_state.room), Share(server_state.room)
        self._reader = Reader()

    def _new_parser(self) -> httptools.HttpRequestParser:
        parser = httptools.HttpRequestParser(self)
        # What comes after a request that closes the connection is ours to pass over.
        parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return parser

    def _turn(self, phase: Phase, seconds: float) -> None:
        self.phase, self._deadline = phase, self.loop.time() + seconds

    # The connection.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of TCP it is no other
        """Let the caller in, in the place of one who only waits where there is no other.

        Where all are served, this one is told so; where too many are being told, it is cut.
        """
        self.transport, self.flow = transport, FlowControl(transport)
        self._server, self._client = get_local_addr(transport), get_remote_addr(transport)
        serving, now = self.serving, self.loop.time()
        serving.connections.add(self)
        full = len(serving.connections) - len(serving.crowd) > self._limits.connections
        if full and not serving.make_way(now):
            self._join_the_crowd()
        else:
            serving.unserved[self] = now

    def _join_the_crowd(self) -> None:
        self._crowded = True
        self.serving.crowd.add(self)
        self._turn(WAITING, self._patience.linger)
        if len(self.serving.crowd) > self._limits.refusing:
            self.serving.turned_away(TOO_MANY.code)
            self.transport.abort()

    def eof_received(self) -> None:
        """Take a closed half for a closed whole: nobody can tell who would still read from who is gone."""
        self._leave()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  how it was lost makes no difference
        """Tell the application, and give back all room."""
        self.serving.connections.discard(self)
        self.serving.unserved.pop(self, None)
        self.serving.crowd.discard(self)
        self._leave()
        self._body.give_back()
        self._answer.give_back()
        self.flow.resume_writing()
        # They hold on to us as we do to them, which would be left to the garbage collector.
        self.cycle = None
        del self._parser

    def shutdown(self) -> None:
        """Close, after the answer that is under way; nobody waits for what is only half asked."""
        if self.phase is BODY:
            self._leave()
        if self.cycle is None or self.cycle.complete or self.cycle.disconnected:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def pause_writing(self) -> None:
        """Count what waits for a caller who reads slowly; the application's `send` waits as well."""
        self._answer.hold(self.transport.get_write_buffer_size())
        self.flow.pause_writing()

    def resume_writing(self) -> None:
        """Go on writing."""
        self._answer.give_back()
        self.flow.resume_writing()

    def look(self, now: float) -> None:
        """Cut a caller who has taken nothing, or sent nothing, for too long."""
        unread = self.transport.get_write_buffer_size()
        growing = self.phase in (BODY, ANSWERING) and not self.flow.write_paused
        if self._reader.idle_seconds(unread, growing=growing, now=now) >= self._patience.write:
            self.serving.turned_away(SLOW_READER)
            self.transport.abort()
        elif now >= self._deadline and self.phase is not ANSWERING and not self.transport.is_closing():
            if self.phase in _UNFINISHED:
                self._refuse(TOO_SLOW)
            else:
                self.transport.close()

    # What arrives.

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request."""
        if self.phase is CLOSING:
            return
        if self.phase is ANSWERING:
            self._take_no_more()
            return
        before = self.phase
        self._undigested += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._without_upgrade += data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            if self.phase is CLOSING:
                return  # it was refused while it was parsed
            if isinstance(error, httptools.HttpParserCallbackError):
                raise
            self._refuse(MALFORMED)
        if self.phase in _UNFINISHED:
            self._wait_on(before)

    def _wait_on(self, before: Phase) -> None:
        """Wait for the rest of a request that has come in part, as few do, or come to ask for another protocol."""
        if anew := self._without_upgrade:
            self._without_upgrade = b""
            # The old one may have ended with the request: no other was to come.
            self._parser = self._new_parser()
            self.data_received(anew)
        elif self._undigested > self._limits.head_bytes:
            self._refuse(HEAD_TOO_LARGE)
        elif self.phase is not HEAD and not self._undigested:
            self._deadline = self.loop.time() + self._patience.body
        elif self.phase is HEAD and before is not HEAD:
            self._deadline = self.loop.time() + self._patience.head

    # What the parser finds in it.

    def on_message_begin(self) -> None:
        """Begin a request, unless another is under way."""
        if self.phase is ANSWERING:
            self._take_no_more()
            raise _Enough
        self.phase, self._target, self._headers = HEAD, b"", []

    def on_url(self, target: bytes) -> None:
        """Keep a piece of the target."""
        self._target += target

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; trailers are passed over."""
        if self.phase is HEAD:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Hand the request to the application, or refuse it."""
        parser, headers = self._parser, self._headers
        head = Head(parser.get_method(), parser.get_http_version(), self._target, headers, dict(headers))
        if parser.should_upgrade() and head.method != b"CONNECT" and head.version in SPOKEN:
            # Java's HttpClient begins with a wish for HTTP/2. We stay, but llhttp then reads no body: it reads anew.
            self._without_upgrade = head.without_upgrade()
            return
        if refusal := self._beyond_limits(head) or head_fault(head, self.serving.is_ours):
            self._refuse(refusal)
            raise _Enough
        self._body_bytes = self._undigested = 0
        self.phase = BODY
        self._serve(head, keep_alive=parser.should_keep_alive())

    def _beyond_limits(self, head: Head) -> Refusal | None:
        limits = self._limits
        if self._crowded or len(self.serving.tasks) >= limits.requests:
            return TOO_MANY
        if len(head.headers) > limits.headers or (
            # A part of the body may have come with it.
            self._undigested > limits.head_bytes and head.size > limits.head_bytes
        ):
            return HEAD_TOO_LARGE
        length = int(head.by_name.get(b"content-length", 0))
        if length > limits.body_bytes:
            return too_large(limits.body_bytes)
        if not self.serving.room.has(_COPIES * length):
            return NO_ROOM
        return None

    def _serve(self, head: Head, *, keep_alive: bool) -> None:
        chunks, tasks = head.version != "1.0", self.serving.tasks
        self.serving.unserved.pop(self, None)
        self.cycle = Cycle(
            self.transport,
            self.flow,
            self.serving.common,
            self._answered,
            takes_body=head.method != b"HEAD",
            takes_chunks=chunks,
            keep_alive=keep_alive and chunks,
            asks_first=head.asks_first,
        )
        task = self.loop.create_task(self.cycle.run(self._application, head.scope(self._server, self._client)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of a body, unless it is one too many."""
        self._undigested = 0
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            self._refuse(too_large(self._limits.body_bytes))
            raise _Enough
        if self.phase is BODY and self.cycle is not None:
            if not self._body.take(_COPIES * len(body)):
                self._refuse(NO_ROOM)
                raise _Enough
            self.cycle.feed(body)

    def on_message_complete(self) -> None:
        """Wait for the application, or if it did not want the body, for the next request."""
        if self._without_upgrade:
            return
        self._undigested = 0
        if self.phase is DRAINING:
            self._turn(WAITING, self._patience.idle)
        elif self.cycle is not None:
            self.phase = ANSWERING
            self.cycle.feed_end()

    # How it ends.

    def _answered(self) -> None:
        """Wait for the next request, after what is left of this one."""
        self._body.give_back()
        self.serving.unserved[self] = self.loop.time()
        if self.phase is ANSWERING:
            self._turn(WAITING, self._patience.idle)
        elif self.phase is BODY:
            self.phase = DRAINING
        self.flow.resume_reading()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer in the application's place, and close when the caller has had time to read it.

        A connection that is closed with bytes unread is reset, and the answer lost.
        """
        self.serving.turned_away(refusal.code)
        begun = self.phase in (BODY, DRAINING) and self.cycle is not None and self.cycle.begun
        if self.phase is BODY:
            self._leave()
            self.serving.unserved[self] = self.loop.time()
        self._turn(CLOSING, self._patience.linger)
        if begun:
            self.transport.abort()
            return
        error = error_for(behind_authority(self._target), self._headers)
        self.transport.write(refusal.answer(self.serving.common, error))
        self.transport.write_eof()
        self.flow.resume_reading()

    def _take_no_more(self) -> None:
        """Serve only the request that is under way: clients of our kind do not send the next before its answer.

        Reading goes on all the same, for otherwise nobody would notice that the caller leaves.
        """
        self.phase, self._deadline = CLOSING, inf
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _leave(self) -> None:
        if self.cycle is not None:
            self.cycle.leave()


class _Enough(Exception):
    """The parser need not go on."""
