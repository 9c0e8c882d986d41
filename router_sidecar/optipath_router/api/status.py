"""GET /status on port 7081: which snapshot is in force, how its targets stand, and what was spent.

It is for the operator, which derives the token from a key of its own; the
snapshot carries the token's hash. Whoever has no such token learns nothing
from the refusal, not even whether there is a snapshot. Names are the
snapshot's, and nothing is told that a provider or a caller said.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from optipath_router.account.spending import Spending, Spent
from optipath_router.call.health import Healths
from optipath_router.call.health.standing import Standing
from optipath_router.decide.decision import Measured
from optipath_router.live import Live
from optipath_router.runtime import Runtime

_SHUT: Final = "no hash of anything"
_AT_MOST: Final = 500
"""Targets, and providers, in one answer. Those in trouble come first."""
_BYTES: Final = 200_000
"""Of targets. With as many providers the answer stays below the 256 KiB that the operator reads."""


class Status:
    """The endpoint."""

    def __init__(
        self, runtime: Live[Runtime | None], healths: Healths, spending: Spending, now: Callable[[], float]
    ) -> None:
        self._runtime, self._healths, self._spending, self._now = runtime, healths, spending, now
        self._started = now()

    async def get(self, request: Request) -> Response:
        """The status, for whoever has the token of the snapshot in force."""
        runtime = self._runtime.current
        opens_with = runtime.file.snapshot.status_token_sha256 if runtime else None
        if not _opens(request.headers.get("authorization", ""), opens_with) or runtime is None:
            return PlainTextResponse("unauthorized\n", 401, {"WWW-Authenticate": "Bearer"})
        return Response(msgspec.json.encode(self._told(runtime)), media_type="application/json")

    def _told(self, runtime: Runtime) -> dict[str, Any]:
        now, file = self._now(), runtime.file
        targets, left_out = self._targets(now)
        providers = sorted(self._spending.providers.items(), key=lambda each: (-each[1].dollars, each[0]))
        return {
            "digest": file.digest,
            "generation": file.generation,
            "age_seconds": round(now - runtime.loaded, 3),
            "uptime_seconds": round(now - self._started, 3),
            "targets": targets,
            "targets_left_out": left_out,
            "spend": {name: _spend_json(spent) for name, spent in providers[:_AT_MOST]},
        }

    def _targets(self, now: float) -> tuple[dict[str, msgspec.Raw], int]:
        """What is told of each target that was tried, and how many found no room."""
        standings, room = self._healths.standings(), _BYTES
        told: dict[str, msgspec.Raw] = {}
        for name, standing in sorted(standings.items(), key=lambda each: (_well(each[1]), each[0])):
            text = msgspec.json.encode(dict(_standing_json(standing, self._spending.targets.get(name), now)))
            room -= len(text) + 6 * len(name)  # an escaped character takes six bytes at most
            if room < 0 or len(told) == _AT_MOST:
                break
            told[name] = msgspec.Raw(text)
        return told, len(standings) - len(told)


def _opens(authorization: str, opens_with: str | None) -> bool:
    """Whether what was given is the token; as slow where there is none to be had."""
    scheme, _, token = authorization.partition(" ")
    given = sha256(token.strip().encode()).hexdigest()
    same = compare_digest(given.encode(), (opens_with or _SHUT).encode())
    return same and opens_with is not None and scheme.lower() == "bearer"


def _well(standing: Standing) -> bool:
    return standing.obstacle is None and standing.last_success_at >= standing.last_error_at


def _standing_json(standing: Standing, spent: Spent | None, now: float) -> Iterator[tuple[str, Any]]:
    """A standing in the words of the API; how long ago a thing was stands in place of when, for clocks differ."""
    obstacle = standing.obstacle
    yield "breaker", standing.breaker
    yield "obstacle", obstacle and obstacle.reason
    yield "obstacle_seconds", None if obstacle is None or obstacle.until is None else round(obstacle.until - now, 3)
    yield "attempts", standing.attempts
    yield "failures", standing.failures
    yield "last_error", standing.last_error
    yield "last_error_seconds", _ago(standing.last_error_at, now)
    yield "last_success_seconds", _ago(standing.last_success_at, now)
    yield "measured", standing.measured and _measured_json(standing.measured)
    yield "spend", spent and _spend_json(spent)


def _ago(moment: float, now: float) -> float | None:
    return None if moment == float("-inf") else round(now - moment, 3)


def _measured_json(measured: Measured) -> dict[str, Any]:
    return {
        "answers": measured.answers,
        "first_content_seconds": round(measured.first_content_seconds, 4),
        "token_seconds": round(measured.token_seconds, 6),
        "success_share": round(measured.success_share, 4),
    }


def _spend_json(spent: Spent) -> dict[str, Any]:
    return {
        "dollars": f"{spent.dollars:f}",
        "estimated_dollars": f"{spent.estimated_dollars:f}",
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "attempts": spent.attempts,
        "unpriced": spent.unpriced,
    }
