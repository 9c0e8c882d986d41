"""The provider made of paper: which request gets which script.

Chats and embeddings are answered by the dialect of their path. `GET …/models` lists models. Three paths are
for whoever runs the simulator, and are not written down as requests: `GET /stats` (with `?bodies=1` the latest
bodies too), `POST /reset` and `POST /map`. What follows a redirect comes to `/sink`, and is written down as such.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from time import monotonic, time

import msgspec

from optipath_cli.simulator.actions import Script, whole
from optipath_cli.simulator.behaviour import Behaviour, Patience, Refusal
from optipath_cli.simulator.chat import Asked, Stamp
from optipath_cli.simulator.dialects import (
    BadRequest,
    Dialect,
    anthropic,
    embeddings,
    gemini,
    ollama,
    openai,
    responses,
)
from optipath_cli.simulator.refusals import json_headers
from optipath_cli.simulator.request import Request, fingerprint
from optipath_cli.simulator.script import script
from optipath_cli.simulator.stats import Arrival, Outcome, Stats
from optipath_cli.simulator.words import behaviour

DIALECTS: tuple[Dialect, ...] = (openai, responses, anthropic, gemini, ollama, embeddings)
MODELS = ("ok-cheap", "ok-fast", "ok-strong", "ok-code")
"""What is listed beside the mapped models; any other name answers too."""
JSON = (("content-type", "application/json"),)
WRONG_KEY = Refusal(HTTPStatus.UNAUTHORIZED, "wrong-key")
SPENT = Refusal(HTTPStatus.TOO_MANY_REQUESTS, "quota")
BUSY = Refusal(HTTPStatus.TOO_MANY_REQUESTS, patience=Patience("retry-after", "1"))


@dataclass(frozen=True, slots=True)
class _Series:
    """Requests that a model got under one behaviour."""

    since: float
    count: int = 0


class Provider:
    """What is answered to whom, and what was asked."""

    def __init__(self, ended: Callable[[Outcome], None]) -> None:
        self.stats = Stats()
        self.map: dict[str, str] = {}
        """Behaviour by model, where it is not the model's name that says it."""
        self.accept_keys: set[str] | None = None
        """The keys that are let in; None for any, and for none at all."""
        self.spent_keys: set[str] = set()
        """Keys whose account has no money left."""
        self._ended = ended
        self._series: dict[tuple[str, str], _Series] = {}

    def reset(self) -> None:
        """Forget what was asked; the map and the keys stay."""
        self.stats.reset()
        self._series.clear()

    def script(self, request: Request) -> Script:
        """The reply to a request."""
        match request.method, request.path:
            case "GET", "/stats":
                told = self.stats.as_json(bodies=request.query.get("bodies") == ["1"])
                return whole(HTTPStatus.OK, JSON, msgspec.json.encode(told))
            case "POST", "/reset":
                self.reset()
                return whole(HTTPStatus.OK, JSON, b"{}")
            case "POST", "/map":
                return self._mapped(request)
            case _, "/sink":
                return self._sunk(request)
            case "POST", path if dialect := _dialect(path):
                return self._chat(request, dialect)
            case _:
                return self._other(request)

    def _mapped(self, request: Request) -> Script:
        """The map changed by `{"model": "behaviour"}`, where null takes a model out."""
        try:
            changes = msgspec.json.decode(request.body, type=dict[str, str | None])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return whole(HTTPStatus.BAD_REQUEST, JSON, openai.error(HTTPStatus.BAD_REQUEST, f"no map: {error}"))
        for model, name in changes.items():
            if name is None:
                self.map.pop(model, None)
            else:
                self.map[model] = name
        return whole(HTTPStatus.OK, JSON, msgspec.json.encode({m: str(behaviour(n)) for m, n in self.map.items()}))

    def _chat(self, request: Request, dialect: Dialect) -> Script:
        """The answer that the model's behaviour gives."""
        try:
            asked = dialect.read(request.target, request.body)
        except BadRequest as error:
            return self._told(request, HTTPStatus.BAD_REQUEST, dialect.error(HTTPStatus.BAD_REQUEST, str(error)))
        manner = self._manner(request, asked)
        arrival = self.stats.arrived(request, asked, manner)
        return self.stats.watched(arrival, self._answered(request, dialect, asked, manner, arrival), self._ended)

    def _manner(self, request: Request, asked: Asked) -> Behaviour:
        """How the request is answered: by its model, its key, and what came before it."""
        name = self.map.get(asked.model, asked.model)
        manner = behaviour(name)
        if not self._admits(request.key, manner):
            return replace(manner, refusal=WRONG_KEY)
        if request.key in self.spent_keys:
            return replace(manner, refusal=SPENT)
        manner = self._turn(asked, name, manner)
        return replace(manner, no_head=manner.race) if manner.race and request.place > 1 else manner

    def _answered(
        self, request: Request, dialect: Dialect, asked: Asked, manner: Behaviour, arrival: Arrival
    ) -> Script:
        """The answer, once the connection has come to it: what is under way by then counts."""
        if manner.concurrency is not None and self.stats.busy[arrival.model] > manner.concurrency:
            manner = replace(manner, refusal=BUSY, head_seconds=0)
        yield from script(manner, dialect, asked, Stamp(arrival.number, int(time())), request.key)

    def _admits(self, key: str | None, manner: Behaviour) -> bool:
        """Whether the key is good, here and for this behaviour."""
        here = self.accept_keys is None or key in self.accept_keys
        return here and (manner.key is None or (key is not None and fingerprint(key) == manner.key))

    def _turn(self, asked: Asked, name: str, manner: Behaviour) -> Behaviour:
        """The behaviour at this point of the model's series of requests."""
        now = monotonic()
        series = self._series.get((asked.model, name), _Series(now))
        series = _Series(series.since, series.count + 1)
        self._series[asked.model, name] = series
        return manner.at(series.count, now - series.since)

    def _other(self, request: Request) -> Script:
        """The list of models, or that there is nothing at this path."""
        if request.method == "GET" and request.path.endswith("/models"):
            return self._told(request, HTTPStatus.OK, openai.models(sorted({*MODELS, *self.map}), int(time())))
        status = HTTPStatus.NOT_FOUND
        return self._told(request, status, openai.error(status, f"nothing at {request.method} {request.path}"))

    def _told(self, request: Request, status: int, body: bytes) -> Script:
        """A reply that no behaviour has a say in."""
        arrival = self.stats.arrived(request, None, None)
        headers = json_headers(Stamp(arrival.number, int(time())))
        return self.stats.watched(arrival, whole(status, headers, body), self._ended)

    def _sunk(self, request: Request) -> Script:
        """What followed a redirect, written down."""
        arrived = self._told(request, HTTPStatus.OK, b"{}")
        self.stats.sink.append(self.stats.arrivals[-1])
        return arrived


def _dialect(path: str) -> Dialect | None:
    """The dialect that is spoken at the path."""
    return next((dialect for dialect in DIALECTS if dialect.serves(path)), None)
