"""A namespace's snapshot, from everything that concerns it.

manifests ─ look ─▶ what is in force ─ own_offers, shared_offers ─▶ targets ─ compile_policy ─▶ routes ─▶ snapshot
└──────────┴────────────────────────┴──────────────────────────────────────┴──────────────▶ problems
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Self

from optipath_operator.compile.boundaries import shut_out
from optipath_operator.compile.clamps import NONE
from optipath_operator.compile.concurrency import of_all
from optipath_operator.compile.gathered import Gathered
from optipath_operator.compile.inherit import Above
from optipath_operator.compile.near import NearNames
from optipath_operator.compile.offers import (
    Offer,
    Provider,
    named_elsewhere_by,
    own_offers,
    shared_offers,
    targets_of,
)
from optipath_operator.compile.patience import patience
from optipath_operator.compile.reach import never_reached
from optipath_operator.compile.resolve import Known
from optipath_operator.compile.routes import CompiledPolicy, compile_policy
from optipath_operator.compile.scopes import problems_of
from optipath_operator.compile.selects import is_shared, tier
from optipath_operator.compile.sources import InForce
from optipath_operator.compile.view import View, look
from optipath_operator.resources import ModelProviderSpec, Problem, ResourceRef, RoutingPolicySpec
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Concurrency, PolicyRef, Snapshot, Target

Resources = tuple[InForce[ModelProviderSpec] | InForce[RoutingPolicySpec], ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a namespace's resources mean."""

    snapshot: Snapshot
    problems: tuple[Problem, ...]
    """By resource and field; of the namespace's own, for what is wrong elsewhere is told there."""
    sources: tuple[Manifest, ...]
    """The last good form of each resource of the namespace, by kind and name: the next time's `last_good`."""
    elsewhere: frozenset[ResourceRef] = frozenset()
    """The resources of other namespaces that play a part here."""

    def without_provenance(self) -> Self:
        """The same in fewer bytes: what routers do is all in it, but not whose word each field is."""
        routes = tuple(route.model_copy(update={"provenance": {}}) for route in self.snapshot.routes)
        return replace(self, snapshot=self.snapshot.model_copy(update={"routes": routes}))


def compile_namespace(gathered: Gathered) -> Compiled:
    """The snapshot of a namespace. What is wrong with one resource is a problem of its own; all else holds."""
    here, view = gathered.namespace, look(gathered)
    above = view.above
    made = own_offers(view.own_providers, gathered, view.now)
    own = tuple(Offer(provider.ref, each.parts) for provider, each in made if each.parts)

    def shared_with_us(provider: Provider) -> bool:
        return is_shared(provider.spec.sharing, provider.ref.namespace, here, view.labels)

    offers = (*own, *shared_offers(view.elsewhere, view.models, shared_with_us, gathered, view.now))
    targets = tuple(targets_of(offers, above.clamps))
    known = _known(view, here, own, targets)
    plans = [compile_policy(policy, known.seen_in(policy.ref.namespace), above) for policy in view.asked]
    routes = tuple(route for plan in plans for route in plan.routes)
    providers = tuple(offer.parts.provider for offer in offers)

    snapshot = Snapshot(
        namespace=here,
        tier=tier(view.labels),
        providers=providers,
        targets=targets,
        routes=routes,
        boundaries=tuple(
            sorted(
                (boundary for plan in plans for boundary in plan.boundaries),
                key=lambda each: _place(each.policy, each.name),
            )
        ),
        hints=tuple(hints for plan in plans for hints in plan.hints),
        classifiers=tuple(classifier for plan in plans for classifier in plan.classifiers),
        concurrency=_concurrency(plans, above),
        resilience=patience(above.resilience, above.clamps).resilience,
        egress=gathered.egress,
        status_token_sha256=gathered.status_token_sha256,
    )
    meant = (
        *(problem for _, each in made for problem in each.problems),
        *(problem for plan in plans for problem in plan.problems),
        *(problem for plan in plans for problem in shut_out(plan.boundaries, routes, providers)),
        *never_reached(routes),
    )
    scoped = {policy.ref for policy in view.scoped}
    told = (
        *(problem for problem in meant if problem.resource.namespace == here and problem.resource not in scoped),
        *(_judged(gathered, view, own) if here == gathered.operator_namespace else ()),
    )
    resources: Resources = (*view.providers, *view.policies)
    inherited = frozenset(held.ref for held in resources if held.inherited)
    return Compiled(
        snapshot,
        tuple(sorted({*view.problems, *(_of_form(problem, inherited) for problem in told)})),
        tuple(held.source for held in resources if held.source is not None),
        view.used,
    )


def _known(view: View, namespace: str, own: Iterable[Offer], targets: Iterable[Target]) -> Known:
    """What policies can refer to, given what the namespace's own providers offer, and all targets."""
    offered = {offer.ref.name: offer for offer in own}
    names = (target.name for offer in offered.values() for target in offer.parts.targets)
    return Known(
        namespace,
        namespace,
        {target.name: target for target in targets},
        frozenset(held.ref.name for held in view.providers) - offered.keys(),
        NearNames.among(names),
    )


def _judged(gathered: Gathered, view: View, own: tuple[Offer, ...]) -> Iterator[Problem]:
    """What is wrong with policies that speak to other namespaces, told where they live."""
    models = named_elsewhere_by(view.scoped, gathered.namespace)
    shared = shared_offers(
        view.elsewhere, models, lambda provider: provider.spec.sharing.admitted != "Same", gathered, view.now
    )
    known = _known(view, gathered.namespace, own, targets_of((*own, *shared), NONE))
    return problems_of(view.scoped, known, view.own_providers)


def _concurrency(plans: Iterable[CompiledPolicy], above: Above) -> tuple[Concurrency, ...]:
    each = [plan.concurrency for plan in plans if plan.concurrency is not None]
    whole = [of_all(above.clamps.max_concurrent)] if above.clamps.max_concurrent else []
    # They have no order, so that none must show in the bytes.
    return (*sorted(each, key=lambda limit: _place(limit.policy)), *whole)


def _place(policy: PolicyRef, *more: str) -> tuple[str, ...]:
    return policy.namespace, policy.name, *more


def _of_form(problem: Problem, inherited: AbstractSet[ResourceRef]) -> Problem:
    """A problem that says so where it is not in what is written now."""
    if problem.resource not in inherited:
        return problem
    return replace(problem, message=f"{problem.message} (in the last good form)")
