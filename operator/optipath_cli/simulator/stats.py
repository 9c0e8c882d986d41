"""What the simulator was asked, and how it went: bounded, and with keys by their fingerprints only."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, Literal

from optipath_cli.simulator.actions import CallerLeft, Head, Raw, Script, Write
from optipath_cli.simulator.behaviour import Behaviour
from optipath_cli.simulator.chat import Asked
from optipath_cli.simulator.request import Request, fingerprint

Phase = Literal["before-head", "in-stream"]

ARRIVALS = 10_000
"""Arrivals and disconnects that are remembered, the latest ones."""
BODIES = 64
"""Request bodies that are remembered, the latest ones."""
BODY_BYTES = 8 * 2**20
"""Of all bodies that are remembered together; one that is larger by itself is not remembered."""
NAMES = 1_000
"""Models, and keys, that are counted each for itself."""
OTHERS = "(others)"
"""Where all models and keys beyond those are counted."""
NAME_LENGTH = 253
"""Characters of a model's name that are remembered."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request, as it came in."""

    number: int
    """From 1, in order of arrival."""
    seconds: float
    """Since the simulator started."""
    method: str
    path: str
    model: str | None
    behaviour: str | None
    streams: bool
    prompt_tokens: int
    key: str | None
    """Fingerprint of the key."""
    headers: tuple[tuple[str, str], ...]
    """As received, but a fingerprint wherever a key was."""
    body_size: int
    """Bytes."""
    connection: int
    """Number of the connection it came on."""
    place: int
    """Its own among the requests of that connection, from 1."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reply to one request ended."""

    arrival: Arrival
    status: int | None
    """None if no head went out."""
    chunks: int
    """Pieces of the body that went out with tokens in them."""
    tokens: int
    """Of the answer, as far as they were sent."""
    bytes_sent: int
    """Of the body, as far as the caller's side took them."""
    seconds: float
    """From the request's last byte to the end of the reply."""
    left: Phase | None
    """When the caller left, if it left early."""

    def as_json(self) -> dict[str, Any]:
        """What of it is not in its arrival, and the arrival's number."""
        return {
            "number": self.arrival.number,
            "model": self.arrival.model,
            "status": self.status,
            "chunks": self.chunks,
            "tokens": self.tokens,
            "bytes_sent": self.bytes_sent,
            "seconds": self.seconds,
            "left": self.left,
        }


@dataclass(frozen=True, slots=True)
class Disconnect:
    """A caller that left before its reply was complete."""

    number: int
    """Of the arrival."""
    model: str | None
    phase: Phase
    chunks: int
    tokens: int
    """Of the answer, as far as they were sent."""


@dataclass(slots=True)
class ModelStats:
    """What one model was asked, and what it would bill."""

    count: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    prompt_tokens: int = 0
    """Of requests that were answered with 200."""
    completion_tokens: int = 0
    """Of answers as far as they were sent."""


class Stats:
    """What was asked since the start or the last reset.

    All of it may be read at any time, from another thread too.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._started = now()
        self.in_flight = 0
        self.busy: Counter[str | None] = Counter()
        """Requests that are being answered, by model."""
        self.reset()

    def reset(self) -> None:
        """Forget everything but the requests that are still being answered."""
        self.count = 0
        self.connections = 0
        """Those that a request came on."""
        self.reused = 0
        """Requests that were not the first on their connection."""
        self.models: defaultdict[str, ModelStats] = defaultdict(ModelStats)
        self.keys: Counter[str] = Counter()
        self.arrivals: deque[Arrival] = deque(maxlen=ARRIVALS)
        self.sink: deque[Arrival] = deque(maxlen=ARRIVALS)
        """Requests that followed a redirect."""
        self.replies: deque[Outcome] = deque(maxlen=ARRIVALS)
        self.disconnects: deque[Disconnect] = deque(maxlen=ARRIVALS)
        self.bodies: deque[bytes] = deque(maxlen=BODIES)
        self.bytes_sent = 0
        self.max_in_flight = self.in_flight

    def arrived(self, request: Request, asked: Asked | None, behaviour: Behaviour | None) -> Arrival:
        """Write down a request; what is not a chat asks nothing."""
        self.count += 1
        arrival = Arrival(
            number=self.count,
            seconds=self._now() - self._started,
            method=request.method,
            path=request.path,
            model=asked.model[:NAME_LENGTH] if asked else None,
            behaviour=str(behaviour) if behaviour else None,
            streams=asked.streams if asked else False,
            prompt_tokens=asked.tokens if asked else 0,
            key=fingerprint(request.key) if request.key else None,
            headers=request.headers_without_keys(),
            body_size=len(request.body),
            connection=request.connection,
            place=request.place,
        )
        self.arrivals.append(arrival)
        if request.place == 1:
            self.connections += 1
        else:
            self.reused += 1
        self._remember(request.body)
        if arrival.model is not None:
            self._model(arrival.model).count += 1
        if arrival.key is not None:
            self.keys[_counted_as(arrival.key, self.keys)] += 1
        return arrival

    def watched(self, arrival: Arrival, script: Script, ended: Callable[[Outcome], None]) -> Script:
        """The script, each action of which is written down once it has been performed."""
        begun, status, chunks, tokens, sent = self._now(), None, 0, 0, 0
        left: Phase | None = None
        self._began(arrival)
        try:
            for action in script:
                yield action
                match action:
                    case Head():
                        status = action.status
                        self._answered(arrival, status)
                    case Write() | Raw():
                        chunks += action.tokens > 0
                        tokens += action.tokens
                        sent += len(action.data)
                        self._sent(arrival, action)
        except CallerLeft:
            left = "before-head" if status is None else "in-stream"
            self.disconnects.append(Disconnect(arrival.number, arrival.model, left, chunks, tokens))
        finally:
            self._ended(arrival)
            outcome = Outcome(arrival, status, chunks, tokens, sent, self._now() - begun, left)
            self.replies.append(outcome)
            ended(outcome)

    def _began(self, arrival: Arrival) -> None:
        """Count a request that is being answered."""
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        self.busy[arrival.model] += 1

    def _ended(self, arrival: Arrival) -> None:
        """Count it no more."""
        self.in_flight -= 1
        self.busy[arrival.model] -= 1
        if not self.busy[arrival.model]:
            del self.busy[arrival.model]

    def _remember(self, body: bytes) -> None:
        """Keep a body, and let the oldest ones go that there is no room for."""
        if len(body) > BODY_BYTES:
            return
        self.bodies.append(body)
        while sum(map(len, self.bodies)) > BODY_BYTES:
            self.bodies.popleft()

    def _model(self, name: str) -> ModelStats:
        return self.models[_counted_as(name, self.models)]

    def _answered(self, arrival: Arrival, status: int) -> None:
        """Write down a status line."""
        if arrival.model is not None:
            model = self._model(arrival.model)
            model.statuses[status] += 1
            model.prompt_tokens += arrival.prompt_tokens if status == HTTPStatus.OK else 0

    def _sent(self, arrival: Arrival, write: Write | Raw) -> None:
        """Write down a piece of a body."""
        self.bytes_sent += len(write.data)
        if arrival.model is not None:
            self._model(arrival.model).completion_tokens += write.tokens

    def as_json(self, *, bodies: bool) -> dict[str, Any]:
        """All of it, ready to be encoded; the latest bodies, as text, only if asked for."""
        told: dict[str, Any] = {
            "count": self.count,
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
            "bytes_sent": self.bytes_sent,
            "connections": self.connections,
            "reused": self.reused,
            "models": self.models,
            "keys": self.keys,
            "disconnects": list(self.disconnects),
            "arrivals": list(self.arrivals),
            "replies": [reply.as_json() for reply in tuple(self.replies)],
            "sink": list(self.sink),
        }
        if bodies:
            told["bodies"] = [body.decode(errors="replace") for body in self.bodies]
        return told


def _counted_as(name: str, known: Mapping[str, object]) -> str:
    return name if name in known or len(known) < NAMES else OTHERS
