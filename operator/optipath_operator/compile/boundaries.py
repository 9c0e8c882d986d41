"""RoutingPolicy -> Boundaries and Hints, and what is to be said of boundaries that admit nobody."""

from collections.abc import Iterator, Mapping, Sequence

from optipath_operator.compile.manifests import POLICY
from optipath_operator.resources import Problem, ResourceRef, RoutingPolicySpec, Severity
from optipath_operator.resources.scalars import retention_days
from optipath_snapshot import Boundary, Hints, PolicyRef, Provider, Route, why_not_admitted


def compile_boundaries(spec: RoutingPolicySpec, policy: PolicyRef, workload: Mapping[str, str]) -> tuple[Boundary, ...]:
    """The boundaries of a policy, in the order in which they are written."""
    return tuple(
        Boundary(
            policy=policy,
            name=each.name,
            workload=dict(workload),
            sensitivity=tuple(sorted(each.sensitivity or ())),
            locality=each.locality,
            regions=tuple(sorted(each.regions or ())),
            retention_days=None if each.retention is None else retention_days(each.retention),
        )
        for each in spec.boundaries
    )


def compile_hints(spec: RoutingPolicySpec, policy: PolicyRef, workload: Mapping[str, str]) -> tuple[Hints, ...]:
    """What a policy says of hints: nothing, or one thing."""
    if spec.hints is None:
        return ()
    return (Hints(policy=policy, workload=dict(workload), allowed=spec.hints == "Allow"),)


def shut_out(
    boundaries: Sequence[Boundary], routes: Sequence[Route], providers: Sequence[Provider]
) -> Iterator[Problem]:
    """What is to be said of the boundaries of one policy, given in the order in which they are written.

    That a boundary shuts out some targets is what it is for. But where it
    admits no provider at all, or is for every request and leaves a rule with
    nobody, something is most likely missing.
    """
    for index, boundary in enumerate(boundaries):
        why = {provider.name: why_not_admitted(boundary, provider.handling) for provider in providers}
        if why and all(why.values()):
            says = "; ".join(f"'{name}' {told}" for name, told in sorted(why.items())[:3])
            yield _warning(boundary, index, f"admits no provider of this namespace: {says}")
        elif not boundary.sensitivity:
            for route in routes:
                left_out = [why.get(used.target.partition("/")[0]) for used in route.targets]
                if left_out and all(left_out) and _meet(boundary.workload, route.workload):
                    rule = f"rule '{route.rule}' of policy '{route.policy.name}'"
                    yield _warning(boundary, index, f"admits no target of {rule}, which refuses what it matches")


def _warning(boundary: Boundary, index: int, message: str) -> Problem:
    ref = ResourceRef(POLICY, boundary.policy.namespace, boundary.policy.name)
    return Problem(ref, f"spec.boundaries[{index}]", Severity.WARNING, message)


def _meet(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a pod may have the labels of both."""
    return all(other.get(label, value) == value for label, value in one.items())
