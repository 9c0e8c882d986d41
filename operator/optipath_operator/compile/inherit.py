"""What the policies of the operator's namespace say to another one, and in which order all are asked.

    overrides ─ the namespace's own ─ defaults        inside each: the higher priority first, then by name
    └─ clamps: what none of them gets round

Nothing here is ever kept of a namespace: whenever one of these policies or
the namespace's labels change, all is made afresh.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from optipath_operator.compile.clamps import NONE, Clamps
from optipath_operator.compile.patience import Layer
from optipath_operator.compile.selects import Labels, speaks_to
from optipath_operator.resources import PolicyLimitsSpec, Resource, RoutingPolicySpec, ScopeSpec
from optipath_snapshot import PolicyRef

Policy = Resource[RoutingPolicySpec]


@dataclass(frozen=True, slots=True)
class Above:
    """What is said to a namespace from above, in order of precedence."""

    overrides: tuple[Policy, ...] = ()
    defaults: tuple[Policy, ...] = ()
    clamps: Clamps = NONE
    resilience: tuple[Layer, ...] = ()
    """How long and how often to try where nobody else says it."""
    limits: tuple[PolicyRef, PolicyLimitsSpec] | None = None
    """What may be under way of each policy that says nothing of it."""

    @classmethod
    def of(cls, policies: Iterable[Policy], labels: Labels) -> Self:
        """What policies with a scope say to a namespace with these labels."""
        scoped = [
            (policy, policy.spec.scope)
            for policy in by_precedence(policies)
            if policy.spec.scope is not None and speaks_to(policy.spec.scope, labels)
        ]
        defaults = _of_mode("Defaults", scoped)
        return cls(
            overrides=_of_mode("Overrides", scoped),
            defaults=defaults,
            clamps=Clamps.of((named(policy), scope.clamp) for policy, scope in scoped if scope.clamp is not None),
            resilience=tuple(
                Layer(policy.spec.resilience, named(policy))
                for policy in defaults
                if policy.spec.resilience is not None
            ),
            limits=next(
                ((named(policy), policy.spec.limits) for policy in defaults if policy.spec.limits is not None), None
            ),
        )

    def around(self, own: Iterable[Policy]) -> tuple[Policy, ...]:
        """All policies, in the order in which they are asked."""
        return (*self.overrides, *by_precedence(own), *self.defaults)


def by_precedence(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    """Policies of one kind in the order in which they are asked: the higher priority first, then by name."""
    return tuple(sorted(policies, key=lambda policy: (-policy.spec.priority, policy.ref.name)))


def named(policy: Policy) -> PolicyRef:
    """A policy as snapshots name it."""
    return PolicyRef(namespace=policy.ref.namespace, name=policy.ref.name, generation=policy.generation)


def _of_mode(mode: str, scoped: Iterable[tuple[Policy, ScopeSpec]]) -> tuple[Policy, ...]:
    return tuple(policy for policy, scope in scoped if scope.mode == mode)
