"""A router's answer, read as what it is: the word of a tenant.

What is not of the form is left out, numbers are clamped, words come from our
own lists, and only so much is read. Reading never raises anything but
`Nonsense`.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NoReturn

from optipath_operator.resources.health import Breaker, Health, LastError

AT_MOST_BYTES: Final = 256 * 1024
_AT_MOST_TARGETS: Final = 1000
_AT_MOST_PROVIDERS: Final = 1000
_LONGEST_NAME: Final = 600
_MOST_SECONDS: Final = 1e9
_MOST_DOLLARS: Final = Decimal(10**9)
_IS_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
# Places enough for a millionth of the least price, and few enough to be added up quickly.
_IS_MONEY: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,40})?").fullmatch

_ERRORS: Final = {
    "unreachable": LastError.UNREACHABLE,
    "timeout": LastError.TIMEOUT,
    "server_error": LastError.SERVER_ERROR,
    "overloaded": LastError.OVERLOADED,
    "unavailable": LastError.UNAVAILABLE,
    "broken": LastError.BROKEN_ANSWER,
    "cut": LastError.CUT_OFF,
    "busy": LastError.RATE_LIMITED,
    "auth": LastError.KEY_REFUSED,
    "quota": LastError.QUOTA_SPENT,
    "not_served": LastError.NOT_SERVED,
    "no_key": LastError.NO_KEY,
    "credential_host_mismatch": LastError.KEY_NOT_FOR_HOST,
    "egress_denied": LastError.EGRESS_DENIED,
}
_NO_USE: Final = frozenset(
    {
        LastError.KEY_REFUSED,
        LastError.QUOTA_SPENT,
        LastError.NOT_SERVED,
        LastError.NO_KEY,
        LastError.KEY_NOT_FOR_HOST,
        LastError.EGRESS_DENIED,
    }
)
"""Errors that come again until somebody does something: a router does not open its breaker for them."""
_HALF: Final = 0.5


class Nonsense(Exception):
    """What was answered is not of a router."""


@dataclass(frozen=True, slots=True)
class TargetSaid:
    """What a router says of one model at one provider."""

    health: Health
    breaker: Breaker
    error: LastError | None
    error_seconds: float
    """How long ago the last error was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a router says of itself."""

    digest: str
    age_seconds: float
    """How long its snapshot has been in force."""
    uptime_seconds: float
    targets: dict[tuple[str, str], TargetSaid]
    """By provider and model."""
    spend: dict[str, Decimal]
    """Dollars since it started, by provider."""


def read(data: bytes) -> Answer:
    """The answer in a body; raises Nonsense."""
    if len(data) > AT_MOST_BYTES:
        raise Nonsense(f"more than {AT_MOST_BYTES} bytes")
    try:
        found = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Nonsense("no JSON") from error
    match found:
        case {"digest": str(digest)} if _IS_DIGEST(digest):
            age, uptime = _seconds(found.get("age_seconds")), _seconds(found.get("uptime_seconds"))
            if age is None or uptime is None:
                raise Nonsense("no times")
            return Answer(digest, age, uptime, dict(_targets(found.get("targets"))), dict(_spend(found.get("spend"))))
        case _:
            raise Nonsense("no digest")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _targets(found: Any) -> Iterator[tuple[tuple[str, str], TargetSaid]]:
    for name, said in _entries(found, _AT_MOST_TARGETS):
        provider, slash, model = name.partition("/")
        if slash:
            yield (provider, model), _target(said)


def _spend(found: Any) -> Iterator[tuple[str, Decimal]]:
    for name, said in _entries(found, _AT_MOST_PROVIDERS):
        match said:
            case {"dollars": str(dollars)} if _IS_MONEY(dollars):
                yield name, min(Decimal(dollars), _MOST_DOLLARS)


def _entries(found: Any, at_most: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, dict):
        for name, said in islice(found.items(), at_most):
            if len(name) <= _LONGEST_NAME and isinstance(said, dict):
                yield name, said


def _target(said: dict[str, Any]) -> TargetSaid:
    breaker = Breaker.OPEN if said.get("breaker") in ("open", "half_open") else Breaker.CLOSED
    word = said.get("last_error")
    error = _ERRORS.get(word, LastError.OTHER) if isinstance(word, str) else None
    error_seconds, success_seconds = (
        _seconds(said.get("last_error_seconds")),
        _seconds(said.get("last_success_seconds")),
    )
    if error_seconds is None:
        error = None
    health = _health(said, breaker, error, error_seconds, success_seconds)
    return TargetSaid(health, breaker, error, error_seconds or 0.0)


def _health(
    said: dict[str, Any],
    breaker: Breaker,
    error: LastError | None,
    error_seconds: float | None,
    success_seconds: float | None,
) -> Health:
    """One word for a target: what its router does with it, and how its latest attempt ended."""
    fails_now = error_seconds is not None and (success_seconds is None or error_seconds < success_seconds)
    if breaker is Breaker.OPEN or (fails_now and error in _NO_USE):
        return Health.DOWN
    attempts, failures = _seconds(said.get("attempts")), _seconds(said.get("failures"))
    unsteady = attempts is not None and failures is not None and failures > attempts * _HALF
    if fails_now or unsteady or isinstance(said.get("obstacle"), str):
        return Health.DEGRADED
    return Health.UNKNOWN if success_seconds is None else Health.HEALTHY


def _seconds(found: Any) -> float | None:
    """A number from 0 upwards, and not too large a one; None for anything else."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    if isinstance(found, float) and not math.isfinite(found):
        return None
    return min(float(min(found, _MOST_SECONDS)), _MOST_SECONDS) if found >= 0 else None
