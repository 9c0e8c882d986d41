"""uvicorn's HTTP/1.1, with an end to patience: no caller is waited for longer than it takes.

    REQUEST ─▶ ANSWER ─▶ IDLE ─▶ REQUEST …

Each phase has a deadline of its own, from its first moment to its last: one
that sends a byte a second does not push it away.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, assert_never

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

IDLE_SECONDS: Final = 120.0
"""The API server drops idle connections after 90: whoever closes first may cut off a request that is on its way, and
that one would not be sent again."""
MAX_CONNECTIONS: Final = 500
"""A quarter of a MiB each, most of it for TLS."""


class Phase(Enum):
    """What is waited for."""

    REQUEST = auto()
    ANSWER = auto()
    IDLE = auto()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited in each phase, in seconds."""

    request: float = 10.0
    """For a whole request; the API server itself gives up after five."""
    answer: float = 10.0
    """For the answer to be made, and taken."""
    idle: float = IDLE_SECONDS
    """For the next request."""

    def seconds(self, phase: Phase) -> float:
        """How long in one of them."""
        match phase:
            case Phase.REQUEST:
                return self.request
            case Phase.ANSWER:
                return self.answer
            case Phase.IDLE:
                return self.idle
            case _:
                assert_never(phase)


_COMING: Final = (h11.IDLE, h11.SEND_BODY)


class Callers(ServerState):
    """The connections of one server."""

    def __init__(self, cut: Callable[[], None], patience: Patience = Patience(), most: int = MAX_CONNECTIONS) -> None:
        """Take what counts each connection that is cut, how long each is waited for, and how many there may be."""
        super().__init__()
        self.cut, self.patience, self.most = cut, patience, most
        self.waited_for: OrderedDict[Patient, None] = OrderedDict()
        """Those that owe us something, the one that has for the longest time first."""


class Patient(H11Protocol):
    """One connection."""

    server_state: Callers

    def __init__(
        self,
        config: Config,
        server_state: Callers,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Begin as uvicorn's server asks a protocol to."""
        super().__init__(config, server_state, app_state, _loop)
        self._phase: Phase | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of TCP it is no other
        """Wait for the first request; where there are too many, cut who is waited for longest."""
        super().connection_made(transport)
        if len(self.connections) > self.server_state.most and self.server_state.waited_for:
            next(iter(self.server_state.waited_for))._cut()  # noqa: SLF001  it is one of us
        self._turn(Phase.REQUEST)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def handle_events(self) -> None:
        """Read on, as far as it goes."""
        super().handle_events()
        self._look()

    def on_response_complete(self) -> None:
        """Turn to the next request."""
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        """Find out what is waited for now."""
        if self.transport.is_closing():
            return
        begun = self.conn.their_state is h11.SEND_BODY or bool(self.conn.trailing_data[0])
        if (begun and self.conn.their_state in _COMING) or (latest := self._latest()) is None:
            self._turn(Phase.REQUEST)
        else:
            self._turn(Phase.IDLE if latest.response_complete else Phase.ANSWER)

    def _latest(self) -> RequestResponseCycle | None:
        """The latest request, where there has been one yet."""
        return self.cycle

    def _turn(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._stop_waiting()
            self._phase = phase
            self._deadline = self.loop.call_later(self.server_state.patience.seconds(phase), self._cut)
            if phase is not Phase.ANSWER:
                self.server_state.waited_for[self] = None

    def _stop_waiting(self) -> None:
        if self._deadline:
            self._deadline.cancel()
        self.server_state.waited_for.pop(self, None)

    def _cut(self) -> None:
        self._stop_waiting()
        self.connections.discard(self)
        self.server_state.cut()
        self.transport.abort()
