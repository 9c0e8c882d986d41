"""Conditions: what is said of a resource in its status, as in Gateway API.

Each is positive, always there, and names the generation that it was said of.
When it last changed is for the writer to say, who knows what stood there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from optipath_operator.resources.problem import Problem, Severity
from optipath_operator.resources.status import MESSAGE_LENGTH

_SHOWN = 8


class ConditionType(StrEnum):
    """What can be said of a resource."""

    ACCEPTED = "Accepted"
    """It makes sense by itself."""
    RESOLVED_REFS = "ResolvedRefs"
    """All that it names is there, and may be used from its namespace."""
    PROGRAMMED = "Programmed"
    """It is in the ConfigMap that routers read."""
    PROPAGATED = "Propagated"
    """Every router that can be reached has it."""


class Reason(StrEnum):
    """Why a condition is as it is."""

    ACCEPTED = "Accepted"
    INVALID = "Invalid"
    RESOLVED_REFS = "ResolvedRefs"
    REF_NOT_FOUND = "RefNotFound"
    """Also for what is there but not shared: from outside the two read the same."""
    REF_NOT_PERMITTED = "RefNotPermitted"
    """What it names is there, and a policy above it does not allow it."""
    PROGRAMMED = "Programmed"
    TOO_LARGE = "TooLarge"
    """All of the namespace together is more than a ConfigMap holds; what was there stays."""
    PROPAGATED = "Propagated"
    STALE = "Stale"
    """A router has another configuration than the newest."""
    OUT_OF_REACH = "OutOfReach"
    """No router can be asked."""
    NO_ROUTERS = "NoRouters"
    """There is none that it applies to, so that none lacks it."""
    NOT_ASKED = "NotAsked"
    """The status channel is shut."""
    PENDING = "Pending"
    """Not known yet: it waits for something else."""


class Truth(StrEnum):
    """Whether a condition holds."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


CONDITIONS: Mapping[str, tuple[ConditionType, ...]] = MappingProxyType(
    {
        "ModelProvider": (ConditionType.ACCEPTED, ConditionType.RESOLVED_REFS),
        "RoutingPolicy": (
            ConditionType.ACCEPTED,
            ConditionType.RESOLVED_REFS,
            ConditionType.PROGRAMMED,
            ConditionType.PROPAGATED,
        ),
    }
)
"""Which conditions a resource has, by its kind."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing said of one generation of a resource."""

    type: ConditionType
    status: Truth
    reason: Reason
    message: str
    observed_generation: int


def conditions(kind: str, generation: int, problems: Iterable[Problem]) -> tuple[Condition, ...]:
    """Every condition of a resource, from the problems found in it; the last two wait for others to tell."""
    found = tuple(problems)
    made = {
        ConditionType.ACCEPTED: _accepted(found, generation),
        ConditionType.RESOLVED_REFS: _resolved(found, generation),
        ConditionType.PROGRAMMED: Condition(
            ConditionType.PROGRAMMED, Truth.UNKNOWN, Reason.PENDING, "waits to be written", generation
        ),
        ConditionType.PROPAGATED: Condition(
            ConditionType.PROPAGATED, Truth.UNKNOWN, Reason.PENDING, "waits to be programmed", generation
        ),
    }
    return tuple(made[each] for each in CONDITIONS[kind])


def _accepted(problems: tuple[Problem, ...], generation: int) -> Condition:
    said, of = ConditionType.ACCEPTED, generation
    if invalid := _told(problems, Severity.INVALID):
        return Condition(said, Truth.FALSE, Reason.INVALID, invalid, of)
    return Condition(said, Truth.TRUE, Reason.ACCEPTED, _told(problems, Severity.WARNING), of)


def _resolved(problems: tuple[Problem, ...], generation: int) -> Condition:
    said, of = ConditionType.RESOLVED_REFS, generation
    if _told(problems, Severity.INVALID):
        return Condition(said, Truth.UNKNOWN, Reason.PENDING, "waits for the resource to be accepted", of)
    if wrong := _told(problems, Severity.UNRESOLVED, Severity.DENIED):
        missing = any(problem.severity is Severity.UNRESOLVED for problem in problems)
        reason = Reason.REF_NOT_FOUND if missing else Reason.REF_NOT_PERMITTED
        return Condition(said, Truth.FALSE, reason, wrong, of)
    return Condition(said, Truth.TRUE, Reason.RESOLVED_REFS, "", of)


def _told(problems: tuple[Problem, ...], *severities: Severity) -> str:
    """Problems of some severities in one text, short enough for a status; empty where there are none."""
    told = [f"{problem.field}: {problem.message}" for problem in problems if problem.severity in severities]
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "; ".join(told[:_SHOWN] + more)[:MESSAGE_LENGTH]
