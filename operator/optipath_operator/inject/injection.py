"""What the administrator says of every router: the chart's `injection`, as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from optipath_operator.environment import LOG_LEVELS
from optipath_operator.inject.quantity import amount, quantity
from optipath_operator.inject.surfaces import SURFACES

PULL_POLICIES: Final = ("Always", "IfNotPresent", "Never")
_MAX_ID: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a container gets of cpu and memory, as Kubernetes writes it; None leaves it open."""

    cpu: str | None = None
    memory: str | None = None


@dataclass(frozen=True, slots=True)
class Injection:
    """What every router is; a pod's annotations win where there are any."""

    image: str
    pull_policy: str | None = None
    """None leaves it to Kubernetes, which looks at the image's tag."""
    requests: Amounts = Amounts(cpu="50m", memory="64Mi")
    limits: Amounts = Amounts(memory="320Mi")
    run_as_user: int | None = 65534
    """None leaves it to the image and, on OpenShift, to the namespace's range."""
    run_as_group: int | None = 65534
    env: tuple[str, ...] = ()
    """Whose SDKs' variables every app container gets."""
    log_level: str = "INFO"


class InjectionRefused(Exception):
    """A value that cannot be used; the message says which and why."""


def injection(text: str) -> Injection:
    """What is written there; raises InjectionRefused."""
    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InjectionRefused(f"is not JSON: {error}") from error
    whole = _Written(written, "")
    default = Injection(image=whole.text("image") or _refuse("image", None, "the router's image"))
    resources = whole.inner("resources")
    chosen = Injection(
        image=default.image,
        pull_policy=whole.one_of("imagePullPolicy", PULL_POLICIES),
        requests=_amounts(resources.inner("requests"), default.requests),
        limits=_amounts(resources.inner("limits"), default.limits),
        run_as_user=whole.number("runAsUser", default.run_as_user),
        run_as_group=whole.number("runAsGroup", default.run_as_group),
        env=whole.names("env", tuple(SURFACES)),
        log_level=whole.one_of("logLevel", LOG_LEVELS) or default.log_level,
    )
    resources.nothing_else()
    whole.nothing_else()
    for resource in ("cpu", "memory"):
        request, limit = getattr(chosen.requests, resource), getattr(chosen.limits, resource)
        if request and limit and quantity(request) > quantity(limit):
            _refuse(f"resources.requests.{resource}", request, f"an amount up to the limit, {limit}")
    return chosen


def _amounts(written: "_Written", default: Amounts) -> Amounts:
    found = Amounts(written.amount("cpu", default.cpu), written.amount("memory", default.memory))
    written.nothing_else()
    return found


class _Written:
    """An object, from which members are taken until nothing is left that nobody knows."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            _refuse(path, value, "an object")
        self._members, self._path = dict(value), f"{path}." if path else ""

    def _take(self, name: str) -> Any:
        return self._members.pop(name, None)

    def inner(self, name: str) -> "_Written":
        value = self._take(name)
        return _Written({} if value is None else value, self._path + name)

    def text(self, name: str) -> str | None:
        value = self._take(name)
        if value is not None and not isinstance(value, str):
            _refuse(self._path + name, value, "text")
        return value or None

    def one_of(self, name: str, choices: Sequence[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in choices:
            _refuse(self._path + name, value, f"one of {', '.join(choices)}")
        return value

    def amount(self, name: str, default: str | None) -> str | None:
        """A quantity; null takes the default away."""
        if name not in self._members:
            return default
        value = self._take(name)
        try:
            return None if value is None else amount(name, str(value))
        except ValueError as error:
            raise InjectionRefused(f"{self._path}{name}: {error}") from error

    def number(self, name: str, default: int | None) -> int | None:
        """A user's or group's number; null takes the default away."""
        if name not in self._members:
            return default
        value = self._take(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MAX_ID):
            _refuse(self._path + name, value, f"a number from 1 to {_MAX_ID}, or null")
        return value  # type: ignore[no-any-return]  # it has just been looked at

    def names(self, name: str, choices: Sequence[str]) -> tuple[str, ...]:
        value = self._take(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(each in choices for each in value):
            _refuse(self._path + name, value, f"a list of {', '.join(choices)}")
        return tuple(dict.fromkeys(value))

    def nothing_else(self) -> None:
        if self._members:
            raise InjectionRefused(f"{self._path}{next(iter(self._members))}: there is no such value")


def _refuse(path: str, value: Any, expected: str) -> Any:
    raise InjectionRefused(f"{path or 'the whole'}: {value!r} is not {expected}")
