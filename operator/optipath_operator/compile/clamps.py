"""What no policy of a namespace gets round: of several clamps, the strictest of each kind, and who says so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from typing import Self

from optipath_operator.resources import ClampSpec, ClampTargetSpec
from optipath_operator.resources.scalars import seconds
from optipath_snapshot import PolicyRef, Target


@dataclass(frozen=True, slots=True)
class Bound:
    """The most of something, and the policy that allows no more."""

    most: float
    policy: PolicyRef


@dataclass(frozen=True, slots=True)
class Clamps:
    """All the clamps that bind a namespace."""

    attempts: Bound | None = None
    request_timeout: Bound | None = None
    first_token_timeout: Bound | None = None
    idle_timeout: Bound | None = None
    max_concurrent: Bound | None = None
    no_hedge: PolicyRef | None = None
    targets: tuple[tuple[PolicyRef, tuple[ClampTargetSpec, ...]], ...] = ()
    """In order of precedence; a target must be admitted by each."""

    @classmethod
    def of(cls, clamps: Iterable[tuple[PolicyRef, ClampSpec]]) -> Self:
        """Clamps as one, given in order of precedence: of those that are equally strict, the first is named."""
        given = tuple(clamps)
        return cls(
            attempts=_strictest((policy, clamp.attempts) for policy, clamp in given),
            request_timeout=_strictest((policy, _seconds(clamp.request_timeout)) for policy, clamp in given),
            first_token_timeout=_strictest((policy, _seconds(clamp.first_token_timeout)) for policy, clamp in given),
            idle_timeout=_strictest((policy, _seconds(clamp.idle_timeout)) for policy, clamp in given),
            max_concurrent=_strictest((policy, clamp.max_concurrent) for policy, clamp in given),
            no_hedge=next((policy for policy, clamp in given if clamp.hedge is not None), None),
            targets=tuple((policy, clamp.targets) for policy, clamp in given if clamp.targets is not None),
        )

    def denier(self, target: Target, owner: str, provider: str) -> PolicyRef | None:
        """The first policy whose clamp does not admit a target, `owner` and `provider` saying whose it is."""
        for policy, entries in self.targets:
            if not any(_admits(entry, policy.namespace, target, owner, provider) for entry in entries):
                return policy
        return None


NONE = Clamps()
"""No clamp at all."""


def _strictest(given: Iterable[tuple[PolicyRef, float | None]]) -> Bound | None:
    bounds = (Bound(most, policy) for policy, most in given if most is not None)
    return min(bounds, key=lambda bound: bound.most, default=None)


def _seconds(duration: str | None) -> float | None:
    return None if duration is None else seconds(duration)


def _admits(entry: ClampTargetSpec, home: str, target: Target, owner: str, provider: str) -> bool:
    """Whether all that an entry gives is true of a target; `home` is where the clamp is from."""
    return all(_held_against(entry, home, target, owner, provider))


def _held_against(entry: ClampTargetSpec, home: str, target: Target, owner: str, provider: str) -> Iterator[bool]:
    if entry.provider is not None:
        yield entry.provider == provider
        yield (entry.namespace or home) == owner
        yield _fits(entry.model, target.model)
        return
    if entry.namespace is not None:
        yield entry.namespace == owner
    # Who owns a provider chooses the names of its models, and would give a dear one that of a cheap one.
    yield _fits(entry.model, target.upstream_model)


def _fits(pattern: str, name: str) -> bool:
    return _compiled(pattern).match(name) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
