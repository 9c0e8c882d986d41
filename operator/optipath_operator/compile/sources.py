"""What is in force of each resource: as it is written now, or the last form in which it was good.

written now     last good           in force
valid           any                 as written now, which is the last good form from here on
invalid         valid               the last good form
invalid         none, or invalid    nothing
not there       any                 nothing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from optipath_operator.compile.manifests import ambiguous
from optipath_operator.resources import Problem, Read, Resource, ResourceRef, Severity
from optipath_operator.resources.base import Spec
from optipath_operator.resources.reading import Manifest

S = TypeVar("S", bound=Spec)


class Reader(Protocol[S]):
    """Reads manifests of one kind."""

    def __call__(self, manifest: Manifest, *, strict: bool) -> Read[S]:
        """The resource in a manifest, or why there is none."""
        ...


@dataclass(frozen=True, slots=True)
class InForce(Generic[S]):
    """What holds of one resource."""

    ref: ResourceRef
    resource: Resource[S] | None
    """None where nothing of it is in force."""
    source: Manifest | None
    """The last good form, to be remembered; also where this release cannot read it, for another one may."""
    problems: tuple[Problem, ...]
    inherited: bool = False
    """Whether it is the last good form that holds, and not what is written now."""


def in_force(
    found: Mapping[ResourceRef, Sequence[Manifest]],
    last_good: Mapping[ResourceRef, Sequence[Manifest]],
    read: Reader[S],
    *,
    strict: bool,
) -> tuple[InForce[S], ...]:
    """What holds of each resource that is there, by name."""
    return tuple(
        _choose(ref, written, next(iter(last_good.get(ref, ())), None), read, strict=strict)
        for ref, written in sorted(found.items())
    )


def _choose(
    ref: ResourceRef, written: Sequence[Manifest], last_good: Manifest | None, read: Reader[S], *, strict: bool
) -> InForce[S]:
    now = _read_one(ref, written, read, strict=strict)
    if now.resource is not None:
        return InForce(ref, now.resource, written[0], now.problems)
    then = read(last_good, strict=strict).resource if last_good is not None else None
    return InForce(ref, then, last_good, _told(now.problems, _what_holds(last_good, then)), inherited=then is not None)


def _read_one(ref: ResourceRef, written: Sequence[Manifest], read: Reader[S], *, strict: bool) -> Read[S]:
    if len(written) > 1:
        return Read(None, (ambiguous(ref, len(written)),))
    return read(written[0], strict=strict)


def _what_holds(last_good: Manifest | None, then: Resource[S] | None) -> str:
    if then is not None:
        return f"its last good form (generation {then.generation}) stays in force"
    if last_good is not None:
        generation = last_good["metadata"]["generation"]
        return f"nothing of it is in force, for this release cannot read its last good form (generation {generation})"
    return "nothing of it is in force"


def _told(problems: Sequence[Problem], what_holds: str) -> tuple[Problem, ...]:
    """The problems, the first of which says what holds in spite of them."""
    first = min(problem for problem in problems if problem.severity is Severity.INVALID)
    said = replace(first, message=f"{first.message}; {what_holds}")
    return tuple(said if problem is first else problem for problem in problems)
