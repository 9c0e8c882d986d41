"""A caller's connection: uvicorn's HTTP protocol, with an end to patience and a bound to everything.

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
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from optipath_router.room import Share
from optipath_router.serving.head import EXAMINED, caller_fault, framing_fault
from optipath_router.serving.reader import Reader
from optipath_router.serving.refusal import (
    HEAD_TOO_LARGE,
    MALFORMED,
    NO_ROOM,
    TOO_MANY,
    TOO_SLOW,
    Refusal,
    invalid,
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


class Caller(HttpToolsProtocol):
    """One connection. A caller who closes it, or only its sending half, has left."""

    server_state: Serving
    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # uvicorn's own is None, too, before the first request

    def __init__(
        self,
        config: Config,
        server_state: Serving,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits, self._patience = server_state.limits, server_state.limits.patience
        self._turn(WAITING, self._patience.head)
        self._crowded = False
        self._examined: dict[bytes, bytes] = {}
        self._doubled = False
        self._without_upgrade = b""
        """The head of a request that asks for another protocol, as if it did not."""
        self._undigested = 0
        """Bytes that have come since the last that became a head or a part of a body."""
        self._body_bytes = 0
        self._body, self._answer = Share(server_state.room), Share(server_state.room)
        self._reader = Reader()

    def _turn(self, phase: Phase, seconds: float) -> None:
        self._phase, self._deadline = phase, self.loop.time() + seconds

    # The connection.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Let the caller in; where there are too many, to be told so, and where there are far too many, not at all."""
        super().connection_made(transport)
        beyond = len(self.connections) - self._limits.connections
        if beyond > 0:
            self._crowded = True
            self._turn(WAITING, self._patience.linger)
        if beyond > self._limits.refusing:
            self.server_state.turned_away(TOO_MANY.code)
            transport.abort()

    def eof_received(self) -> None:
        """Take a closed half for a closed whole: nobody can tell who would still read from who is gone."""
        self._leave()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application, and give back all room."""
        self._leave()
        self._body.give_back()
        self._answer.give_back()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close, after the answer that is under way; nobody waits for what is only half asked."""
        if self._phase is BODY:
            self._leave()
        if self.cycle is not None and self.cycle.disconnected:
            self.transport.close()
        else:
            super().shutdown()

    def pause_writing(self) -> None:
        """Count what waits for a caller who reads slowly; the application's `send` waits as well."""
        self._answer.hold(self.transport.get_write_buffer_size())
        super().pause_writing()

    def resume_writing(self) -> None:
        """Go on writing."""
        self._answer.give_back()
        super().resume_writing()

    def look(self, now: float) -> None:
        """Cut a caller who has taken nothing, or sent nothing, for too long."""
        unread = self.transport.get_write_buffer_size()
        growing = self._phase in (BODY, ANSWERING) and not self.flow.write_paused
        if self._reader.idle_seconds(unread, growing=growing, now=now) >= self._patience.write:
            self.server_state.turned_away(SLOW_READER)
            self.transport.abort()
        elif now >= self._deadline and self._phase is not ANSWERING and not self.transport.is_closing():
            if self._phase in _UNFINISHED:
                self._refuse(TOO_SLOW)
            else:
                self.transport.close()

    # What arrives.

    def data_received(self, data: bytes) -> None:
        """Read a piece of a request."""
        if self._phase is CLOSING:
            return
        if self._phase is ANSWERING:
            self._take_no_more()
            return
        before = self._phase
        self._undigested += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._without_upgrade += data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            if self._phase is CLOSING:
                return  # it was refused while it was parsed
            foreseen = not isinstance(error, httptools.HttpParserCallbackError)
            if not foreseen and not isinstance(error.__context__, httptools.HttpParserInvalidURLError):
                raise
            self._refuse(MALFORMED)
        if self._phase in _UNFINISHED:
            self._wait_on(before)

    def _wait_on(self, before: Phase) -> None:
        """Wait for the rest of a request that has come in part, as few do, or come to ask for another protocol."""
        if anew := self._without_upgrade:
            self._without_upgrade = b""
            self.data_received(anew)
        elif self._undigested > self._limits.head_bytes:
            self._refuse(HEAD_TOO_LARGE)
        elif self._phase is not HEAD and not self._undigested:
            self._deadline = self.loop.time() + self._patience.body
        elif self._phase is HEAD and before is not HEAD:
            self._deadline = self.loop.time() + self._patience.head

    # What the parser finds in it.

    def on_message_begin(self) -> None:
        """Begin a request, unless another is under way."""
        if self._phase is ANSWERING:
            self._take_no_more()
            raise _Enough
        self._phase = HEAD
        self._examined, self._doubled = {}, False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and examine it if it is one of those; trailers are passed over."""
        if self._phase is not HEAD:
            return
        name = name.lower()
        self.headers.append((name, value))
        if name in EXAMINED:
            if name in self._examined:
                self._doubled = True
            self._examined[name] = value

    def on_headers_complete(self) -> None:
        """Hand the request to the application, or refuse it."""
        if self.parser.should_upgrade() and (method := self.parser.get_method()) != b"CONNECT":
            # Java's HttpClient begins with a wish for HTTP/2. We stay, but llhttp then reads no body: it reads anew.
            kept = (b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade")
            self._without_upgrade = b"%b %b HTTP/1.1\r\n%b\r\n" % (method, self.url, b"".join(kept))
            return
        if refusal := self._beyond_limits() or self._fault():
            self._refuse(refusal)
            raise _Enough
        if b"expect" in self._examined:
            self.expect_100_continue = self._examined[b"expect"].lower() == b"100-continue"
        self._body_bytes = self._undigested = 0
        self._phase = BODY
        super().on_headers_complete()

    def _beyond_limits(self) -> Refusal | None:
        limits = self._limits
        if self._crowded or len(self.tasks) >= limits.requests:
            return TOO_MANY
        if len(self.headers) > limits.headers or (
            # A part of the body may have come with it.
            self._undigested > limits.head_bytes and self._head_bytes() > limits.head_bytes
        ):
            return HEAD_TOO_LARGE
        length = int(self._examined.get(b"content-length", 0))
        if length > limits.body_bytes:
            return too_large(limits.body_bytes)
        if not self.server_state.room.has(_COPIES * length):
            return NO_ROOM
        return None

    def _fault(self) -> Refusal | None:
        examined, is_ours = self._examined, self.server_state.is_ours
        if self._doubled:
            return invalid("a header that may stand there once stands there twice")
        if fault := framing_fault(self.url, self.parser.get_http_version(), examined, is_ours):
            return fault
        return caller_fault(self.parser.get_method(), examined, is_ours) if is_ours else None

    def _head_bytes(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of a body, unless it is one too many."""
        self._undigested = 0
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes:
            self._refuse(too_large(self._limits.body_bytes))
            raise _Enough
        if self._phase is BODY:
            if not self._body.take(_COPIES * len(body)):
                self._refuse(NO_ROOM)
                raise _Enough
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the application, or if it did not want the body, for the next request."""
        if self._without_upgrade:
            return
        self._undigested = 0
        if self._phase is DRAINING:
            self._turn(WAITING, self._patience.idle)
        else:
            self._phase = ANSWERING
            super().on_message_complete()

    # How it ends.

    def on_response_complete(self) -> None:
        """Wait for the next request, after what is left of this one."""
        self._body.give_back()
        if self._phase is ANSWERING:
            self._turn(WAITING, self._patience.idle)
        elif self._phase is BODY:
            self._phase = DRAINING
        self.flow.resume_reading()

    def _refuse(self, refusal: Refusal) -> None:
        """Answer in the application's place, and close when the caller has had time to read it.

        A connection that is closed with bytes unread is reset, and the answer lost.
        """
        self.server_state.turned_away(refusal.code)
        begun = self._phase in (BODY, DRAINING) and self.cycle is not None and self.cycle.response_started
        if self._phase is BODY:
            self._leave()
        self._turn(CLOSING, self._patience.linger)
        if begun:
            self.transport.abort()
            return
        self.transport.write(refusal.answer(self.server_state.default_headers))
        self.transport.write_eof()
        self.flow.resume_reading()

    def _take_no_more(self) -> None:
        """Serve only the request that is under way: clients of our kind do not send the next before its answer.

        Reading goes on all the same, for otherwise nobody would notice that the caller leaves.
        """
        self._phase, self._deadline = CLOSING, inf
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _leave(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()


class _Enough(Exception):
    """The parser need not go on."""
