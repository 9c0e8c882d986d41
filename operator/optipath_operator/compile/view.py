"""What a namespace sees: what is in force of its own, of what speaks to it from above, and of what others offer it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optipath_operator.compile.gathered import Gathered
from optipath_operator.compile.inherit import Above, Policy
from optipath_operator.compile.manifests import (
    CONFIG_MAP,
    NAMESPACE,
    POLICY,
    PROVIDER,
    Sorted,
    ambiguous,
    labels_of,
    sort_out,
)
from optipath_operator.compile.offers import Models, Provider, bundle_refs, named_elsewhere_by
from optipath_operator.compile.references import has_scope
from optipath_operator.compile.remembered import remembering
from optipath_operator.compile.selects import NAME_LABEL, Labels
from optipath_operator.compile.sources import InForce, Reader, S, in_force
from optipath_operator.compile.trust import read_config_maps
from optipath_operator.resources import (
    ModelProviderSpec,
    Problem,
    Read,
    Resource,
    ResourceRef,
    RoutingPolicySpec,
    Severity,
    read_policy,
    read_provider,
)
from optipath_operator.resources.reading import Manifest

# A provider of 200 models is some 300 KiB once it is read; a policy is mostly small.
_read_shared = remembering(read_provider, most=64)
_read_scoped = remembering(read_policy, most=256)


@dataclass(frozen=True, slots=True)
class View:
    """All that is in force for one namespace."""

    now: Sorted
    labels: Labels
    """The namespace's own."""
    policies: tuple[InForce[RoutingPolicySpec], ...]
    """All that are in the namespace; in the operator's own, also those with a scope."""
    scoped: tuple[Policy, ...]
    """Those with a scope, whether they speak to this namespace or not."""
    above: Above
    asked: tuple[Policy, ...]
    """The policies that hold here, in the order in which they are asked."""
    providers: tuple[InForce[ModelProviderSpec], ...]
    """All that are in the namespace."""
    elsewhere: tuple[Provider, ...]
    """Those of other namespaces that policies name, whether they are shared or not."""
    models: Models
    """What the policies that hold here name of them."""
    used: frozenset[ResourceRef]
    """Resources of other namespaces that play a part."""
    problems: tuple[Problem, ...]
    """What is wrong with what is written."""

    @property
    def own_providers(self) -> tuple[Provider, ...]:
        """The namespace's own that are in force."""
        return tuple(_in_force(self.providers))


def look(gathered: Gathered) -> View:
    """What a namespace sees of all that was gathered."""
    here, home, strict = gathered.namespace, gathered.operator_namespace, gathered.strict
    now = sort_out(gathered.manifests, here, strict=strict)
    then = sort_out(gathered.last_good, here, strict=False)
    space = now.found.get(ResourceRef(NAMESPACE, here, here), ())
    # The API server sets it, whatever somebody wrote.
    labels = {**labels_of(space), NAME_LABEL: here}

    def held(kind: str, namespace: str, read: Reader[S]) -> tuple[InForce[S], ...]:
        return in_force(now.of(kind, namespace), then.of(kind, namespace), read, strict=strict)

    policies = held(POLICY, here, _read_policy_of(home))
    at_home = policies if here == home else held(POLICY, home, _read_scoped)
    scoped = tuple(policy for policy in _in_force(at_home) if policy.spec.scope is not None)
    above = Above.of(scoped, labels)
    asked = above.around(policy for policy in _in_force(policies) if policy.spec.scope is None)
    # At home it is judged what they all name, also those that speak to others alone.
    named = named_elsewhere_by((*asked, *(scoped if here == home else ())), here)
    shown = {ref: now.found[ref] for ref in named if ref in now.found}
    elsewhere = tuple(
        each.resource for each in in_force(shown, then.found, _read_shared, strict=strict) if each.resource
    )
    providers = held(PROVIDER, here, read_provider)
    _, torn = read_config_maps(now.of(CONFIG_MAP, here))
    speaking = {ref for ref, written in now.of(POLICY, home).items() if any(map(has_scope, written))}
    used = {*shown, *bundle_refs(elsewhere), *speaking, *(policy.ref for policy in scoped)}
    return View(
        now,
        labels,
        policies,
        scoped,
        above,
        asked,
        providers,
        elsewhere,
        named_elsewhere_by(asked, here),
        frozenset(ref for ref in used if ref.namespace != here),
        (
            *now.problems,
            *torn,
            *([ambiguous(ResourceRef(NAMESPACE, here, here), len(space))] if len(space) > 1 else []),
            *(problem for each in providers for problem in each.problems),
            *(problem for each in policies for problem in each.problems),
            *(problem for ref, problem in now.elsewhere.items() if ref not in used),
        ),
    )


def _in_force(held: Iterable[InForce[S]]) -> Iterator[Resource[S]]:
    return (each.resource for each in held if each.resource is not None)


def _read_policy_of(home: str) -> Reader[RoutingPolicySpec]:
    """Reads policies of a namespace that may not speak to others unless it is the operator's."""

    def read(manifest: Manifest, *, strict: bool) -> Read[RoutingPolicySpec]:
        told = read_policy(manifest, strict=strict)
        policy = told.resource
        if policy is None or policy.spec.scope is None or policy.ref.namespace == home:
            return told
        message = (
            f"is for policies in the operator's namespace '{home}', and this one is in '{policy.ref.namespace}': "
            "a namespace cannot speak to others, nor say what its own tier is"
        )
        return Read(None, (*told.problems, Problem(policy.ref, "spec.scope", Severity.INVALID, message)))

    return read
