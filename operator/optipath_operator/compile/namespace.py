"""A namespace's snapshot, from everything that concerns it.

manifests ─ sort_out ─ in_force ─▶ resources ─ compile_provider, compile_policy ─▶ parts ─▶ snapshot
└──────────┴─────────────────────────────┴─────────▶ problems
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from optipath_operator.compile.boundaries import shut_out
from optipath_operator.compile.gathered import Gathered
from optipath_operator.compile.manifests import CONFIG_MAP, POLICY, PROVIDER, sort_out
from optipath_operator.compile.near import NearNames
from optipath_operator.compile.reach import never_reached
from optipath_operator.compile.resolve import Known
from optipath_operator.compile.routes import compile_policy
from optipath_operator.compile.sources import InForce, in_force
from optipath_operator.compile.targets import Surroundings, compile_provider
from optipath_operator.compile.trust import bundles, read_config_maps
from optipath_operator.resources import (
    ModelProviderSpec,
    Problem,
    Resource,
    ResourceRef,
    RoutingPolicySpec,
    read_policy,
    read_provider,
)
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Snapshot

Resources = tuple[InForce[ModelProviderSpec] | InForce[RoutingPolicySpec], ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a namespace's resources mean."""

    snapshot: Snapshot
    problems: tuple[Problem, ...]
    """By resource and field."""
    sources: tuple[Manifest, ...]
    """The last good form of each resource that is there, by kind and name: the next time's `last_good`."""


def compile_namespace(gathered: Gathered) -> Compiled:
    """The snapshot of a namespace. What is wrong with one resource is a problem of its own; all else holds."""
    now = sort_out(gathered.manifests, gathered.namespace, strict=gathered.strict)
    then = sort_out(gathered.last_good, gathered.namespace, strict=False)
    providers = in_force(now.of(PROVIDER), then.of(PROVIDER), read_provider, strict=gathered.strict)
    policies = in_force(now.of(POLICY), then.of(POLICY), read_policy, strict=gathered.strict)
    config_maps, torn = read_config_maps(now.of(CONFIG_MAP))

    accepted = [held.resource for held in providers if held.resource]
    endpoints = [provider.spec.endpoint for provider in accepted if provider.spec.endpoint]
    trusted = bundles((endpoint.ca_bundle_ref for endpoint in endpoints if endpoint.ca_bundle_ref), config_maps)
    around = Surroundings(gathered.catalogue, gathered.egress, trusted)
    offers = [compile_provider(provider, around) for provider in accepted]
    parts = [offer.parts for offer in offers if offer.parts]
    targets = tuple(target for part in parts for target in part.targets)

    names = frozenset(target.name for target in targets)
    left_out = frozenset(held.ref.name for held in providers) - {part.provider.name for part in parts}
    known = Known(gathered.namespace, names, left_out, NearNames.among(names))
    plans = [compile_policy(policy, known) for policy in _by_precedence(policies)]
    routes = tuple(route for plan in plans for route in plan.routes)
    offered = tuple(part.provider for part in parts)
    boundaries = (boundary for plan in plans for boundary in plan.boundaries)

    snapshot = Snapshot(
        namespace=gathered.namespace,
        providers=offered,
        targets=targets,
        routes=routes,
        boundaries=tuple(sorted(boundaries, key=lambda boundary: (boundary.policy.name, boundary.name))),
        hints=tuple(hints for plan in plans for hints in plan.hints),
        classifiers=tuple(classifier for plan in plans for classifier in plan.classifiers),
        egress=gathered.egress,
        status_token_sha256=gathered.status_token_sha256,
    )
    resources: Resources = (*providers, *policies)
    written = (*now.problems, *torn, *(problem for held in resources for problem in held.problems))
    meant = (
        *(problem for offer in offers for problem in offer.problems),
        *(problem for plan in plans for problem in plan.problems),
        *(problem for plan in plans for problem in shut_out(plan.boundaries, routes, offered)),
        *never_reached(routes),
    )
    inherited = frozenset(held.ref for held in resources if held.inherited)
    return Compiled(
        snapshot,
        tuple(sorted({*written, *(_of_form(problem, inherited) for problem in meant)})),
        tuple(held.source for held in resources if held.source is not None),
    )


def _by_precedence(policies: Iterable[InForce[RoutingPolicySpec]]) -> list[Resource[RoutingPolicySpec]]:
    """Policies in the order in which they are asked: the higher priority first, then by name."""
    resources = [held.resource for held in policies if held.resource]
    return sorted(resources, key=lambda policy: (-policy.spec.priority, policy.ref.name))


def _of_form(problem: Problem, inherited: AbstractSet[ResourceRef]) -> Problem:
    """A problem that says so where it is not in what is written now."""
    if problem.resource not in inherited:
        return problem
    return replace(problem, message=f"{problem.message} (in the last good form)")
