"""What the providers of a namespace offer: to itself, and to those with whom their owner shares them.

Only the models that a namespace's policies name enter its snapshot from
elsewhere, so that nothing else that an owner does shows there. What is not
there, not in force, not shared or not listed is missing without a word: which
of these it is, is the owner's affair.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from optipath_operator.compile.clamps import Clamps
from optipath_operator.compile.gathered import Gathered
from optipath_operator.compile.inherit import Policy
from optipath_operator.compile.manifests import CONFIG_MAP, PROVIDER, Sorted
from optipath_operator.compile.resolve import provider_name
from optipath_operator.compile.targets import CompiledProvider, ProviderParts, Surroundings, compile_provider
from optipath_operator.compile.trust import bundles, read_config_maps
from optipath_operator.resources import CaBundleRef, ModelProviderSpec, Resource, ResourceRef
from optipath_snapshot import Target

Provider = Resource[ModelProviderSpec]
Models = Mapping[ResourceRef, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider offers to a namespace."""

    ref: ResourceRef
    parts: ProviderParts


def own_offers(
    providers: Iterable[Provider], gathered: Gathered, now: Sorted
) -> tuple[tuple[Provider, CompiledProvider], ...]:
    """What the namespace's own providers came to, in their order."""
    given = tuple(providers)
    around = _surroundings(gathered.namespace, given, gathered, now)
    return tuple((provider, compile_provider(provider, around)) for provider in given)


def shared_offers(
    providers: Iterable[Provider],
    models: Models,
    is_shared: Callable[[Provider], bool],
    gathered: Gathered,
    now: Sorted,
) -> tuple[Offer, ...]:
    """What providers of other namespaces offer of the models that are named."""
    offers = []
    for owner, given in _by_owner(provider for provider in providers if is_shared(provider)).items():
        around = _surroundings(owner, given, gathered, now)
        for provider in given:
            listed = tuple(model for model in provider.spec.models if model.name in models.get(provider.ref, ()))
            if not listed:
                continue
            part = replace(provider, spec=provider.spec.model_copy(update={"models": listed}))
            made = compile_provider(part, around, provider_name(owner, provider.ref.name, gathered.namespace))
            if made.parts:
                offers.append(Offer(provider.ref, made.parts))
    return tuple(offers)


def named_elsewhere_by(policies: Iterable[Policy], namespace: str) -> Models:
    """The models that policies name at providers of namespaces other than this one."""
    models: dict[ResourceRef, set[str]] = defaultdict(set)
    for policy in policies:
        for rule in policy.spec.rules:
            for wanted in rule.targets:
                owner = wanted.namespace or policy.ref.namespace
                if owner != namespace:
                    models[ResourceRef(PROVIDER, owner, wanted.provider)].add(wanted.model)
    return {ref: frozenset(models[ref]) for ref in sorted(models)}


def targets_of(offers: Iterable[Offer], clamps: Clamps) -> Iterator[Target]:
    """All targets that are offered, each with who keeps the namespace from it, if somebody does."""
    for offer in offers:
        for target in offer.parts.targets:
            denier = clamps.denier(target, offer.ref.namespace, offer.ref.name)
            yield target if denier is None else target.model_copy(update={"denied_by": denier})


def bundle_refs(providers: Iterable[Provider]) -> Iterator[ResourceRef]:
    """The ConfigMaps that providers name for their certificates."""
    for provider in providers:
        if ref := _ca_bundle(provider):
            yield ResourceRef(CONFIG_MAP, provider.ref.namespace, ref.name)


def _ca_bundle(provider: Provider) -> CaBundleRef | None:
    return provider.spec.endpoint.ca_bundle_ref if provider.spec.endpoint else None


def _by_owner(providers: Iterable[Provider]) -> dict[str, list[Provider]]:
    owned = defaultdict(list)
    for provider in providers:
        owned[provider.ref.namespace].append(provider)
    return owned


def _surroundings(owner: str, providers: Iterable[Provider], gathered: Gathered, now: Sorted) -> Surroundings:
    """What the providers of one namespace are compiled in: its own ConfigMaps hold their certificates."""
    refs = {ref for provider in providers if (ref := _ca_bundle(provider))}
    config_maps, _ = read_config_maps(now.of(CONFIG_MAP, owner)) if refs else ({}, [])
    return Surroundings(gathered.catalogue, gathered.egress, bundles(refs, config_maps))
