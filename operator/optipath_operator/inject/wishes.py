"""What a pod's annotations ask of its router."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from optipath_operator.environment import LOG_LEVELS
from optipath_operator.inject.injection import Amounts, Injection
from optipath_operator.inject.names import (
    CPU,
    CPU_LIMIT,
    CREDENTIALS,
    ENV,
    INJECT_LABEL,
    LOG_LEVEL,
    MEMORY,
    MEMORY_LIMIT,
    OTHERS,
    PREFIX,
    SECRET,
    WISHES,
)
from optipath_operator.inject.pod import Pod
from optipath_operator.inject.quantity import amount, quantity
from optipath_operator.inject.surfaces import surfaces

_SECRET_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*").fullmatch
_MAX_NAME: Final = 253
_COMPARED: Final = 64
"""Letters of a name; whoever misspells one of ours writes no more."""
_MOST_COMPARED: Final = 8
"""Names. Each takes half a millisecond, a pod may have a hundred thousand, and all other pods wait meanwhile."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the annotations say, or the administrator where they say nothing."""

    requests: Amounts
    """Only what the pod itself asks for."""
    limits: Amounts
    env: tuple[str, ...]
    asks_for_env: bool
    """Whether the pod itself says whose variables it wants."""
    log_level: str
    secret: str


Refuse = Callable[[str, str], None]
"""Notes an annotation that cannot be used, and why."""


def wishes(pod: Pod, injection: Injection) -> tuple[Wishes, list[str]]:
    """What is asked for, and what is wrong with it."""
    said, problems = pod.annotations, list[str]()

    def refuse(name: str, reason: str) -> None:
        problems.append(f"annotation {name}: {reason}")

    requests, limits = _amounts(said, refuse)
    env = injection.env
    try:
        env = surfaces(said[ENV]) if ENV in said else env
    except ValueError as error:
        refuse(ENV, str(error))
    if (level := said.get(LOG_LEVEL, injection.log_level).upper()) not in LOG_LEVELS:
        refuse(LOG_LEVEL, f"{said[LOG_LEVEL]!r} is none of {', '.join(LOG_LEVELS)}")
    secret = said.get(SECRET, CREDENTIALS)
    if len(secret) > _MAX_NAME or not _SECRET_NAME(secret):
        refuse(SECRET, f"{secret!r} is not the name of a Secret")
    return Wishes(requests, limits, env, ENV in said, level, secret), problems


def _amounts(said: Mapping[str, str], refuse: Refuse) -> tuple[Amounts, Amounts]:
    """Requests and limits, as far as the pod says any."""

    def found(name: str, resource: str) -> str | None:
        try:
            return amount(resource, said[name]) if name in said else None
        except ValueError as error:
            refuse(name, str(error))
            return None

    requests = Amounts(found(CPU, "cpu"), found(MEMORY, "memory"))
    limits = Amounts(found(CPU_LIMIT, "cpu"), found(MEMORY_LIMIT, "memory"))
    for name, request, limit in ((CPU, requests.cpu, limits.cpu), (MEMORY, requests.memory, limits.memory)):
        if request and limit and quantity(request) > quantity(limit):
            refuse(name, f"{request!r} is more than {name}-limit, {limit!r}")
    return requests, limits


def unknown(pod: Pod) -> list[str]:
    """Warnings of what looks as if it was meant for us, and is not understood."""
    known = {*WISHES, *OTHERS}
    strange = sorted(name for name in pod.annotations if name.startswith(PREFIX) and name not in known)
    meant = [*map(_near, strange[:_MOST_COMPARED]), *[""] * len(strange[_MOST_COMPARED:])]
    warnings = [
        f"annotation {name} is not known{hint}: it changes nothing" for name, hint in zip(strange, meant, strict=True)
    ]
    if (label := pod.labels.get(INJECT_LABEL, "enabled")) != "enabled":
        warnings.append(f"label {INJECT_LABEL}: {label!r} is not 'disabled': the pod gets a router")
    return warnings


def _near(name: str) -> str:
    found = get_close_matches(name[:_COMPARED], WISHES, 1)
    return f" (is {found[0]} meant?)" if found else ""
