"""ModelProvider -> Provider and Targets."""

from collections.abc import Mapping
from dataclasses import dataclass

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.compile.egress import why_not_called, why_not_in_the_cluster
from optipath_operator.compile.facts import target, unknown
from optipath_operator.compile.trust import Bundle
from optipath_operator.resources import (
    CaBundleRef,
    HandlingSpec,
    ModelProviderSpec,
    ModelSpec,
    Problem,
    Resource,
    Severity,
)
from optipath_operator.resources.scalars import retention_days
from optipath_snapshot import WELL_KNOWN, Egress, Handling, Header, Provider, Target


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider is compiled in."""

    catalogue: Catalogue
    egress: Egress
    bundles: Mapping[CaBundleRef, Bundle]
    """What each reference to certificates led to."""


@dataclass(frozen=True, slots=True)
class ProviderParts:
    """What a snapshot says of a provider."""

    provider: Provider
    targets: tuple[Target, ...]
    """By name."""


@dataclass(frozen=True, slots=True)
class CompiledProvider:
    """What came of a ModelProvider."""

    parts: ProviderParts | None
    """None where the provider is left out, and its targets with it."""
    problems: tuple[Problem, ...]


def compile_provider(
    resource: Resource[ModelProviderSpec], around: Surroundings, name: str | None = None
) -> CompiledProvider:
    """A provider and its targets, or why it is left out; `name` is for one that is seen from elsewhere."""
    spec, name = resource.spec, name or resource.ref.name
    url = (spec.endpoint and spec.endpoint.url) or WELL_KNOWN[spec.type].url
    trust = _trust(spec, around.bundles)
    obstacles = {
        "spec.endpoint.url": why_not_called(url, around.egress),
        # Never the system's certificates in place of these: they may vouch for somebody else.
        "spec.endpoint.caBundleRef": trust.why_not,
    }
    left_out = tuple(
        Problem(resource.ref, field, Severity.UNRESOLVED, f"{why}; the provider is left out")
        for field, why in obstacles.items()
        if why
    )
    if left_out:
        return CompiledProvider(None, left_out)
    provider = Provider(
        name=name,
        type=spec.type,
        url=url.rstrip("/"),
        headers=_headers(spec),
        ca_bundle=trust.pem,
        keys=spec.credentials.keys if spec.credentials else (),
        azure_api_version=spec.azure.api_version if spec.azure else None,
        max_concurrent=spec.limits.max_concurrent,
        handling=_handling(spec.boundary),
    )
    targets = tuple(
        target(name, model, around.catalogue.facts(spec.type, _listed_as(spec, model))) for model in spec.models
    )
    problems = tuple(
        Problem(resource.ref, f"spec.models[{index}].{field}", Severity.WARNING, message)
        for index, (made, model) in enumerate(zip(targets, spec.models, strict=True))
        for field, message in unknown(made, model, around.catalogue.date)
    )
    if provider.handling.locality == "Cluster" and (why := why_not_in_the_cluster(url)):
        problems += (Problem(resource.ref, "spec.boundary.locality", Severity.WARNING, why),)
    return CompiledProvider(ProviderParts(provider, tuple(sorted(targets, key=_by_name))), problems)


def _listed_as(spec: ModelProviderSpec, model: ModelSpec) -> str:
    """The name by which a catalogue knows a model; Azure's own names are those of deployments, which are made up."""
    return model.name if spec.type == "AzureOpenAI" else model.upstream_name or model.name


def _by_name(made: Target) -> str:
    return made.name


def _trust(spec: ModelProviderSpec, bundles: Mapping[CaBundleRef, Bundle]) -> Bundle:
    if spec.endpoint is None or spec.endpoint.ca_bundle_ref is None:
        return Bundle()
    return bundles[spec.endpoint.ca_bundle_ref]


def _handling(spec: HandlingSpec) -> Handling:
    return Handling(
        locality=spec.locality or "External",
        region=spec.region,
        retention_days=None if spec.retention is None else retention_days(spec.retention),
    )


def _headers(spec: ModelProviderSpec) -> tuple[Header, ...]:
    written = spec.endpoint.headers if spec.endpoint else ()
    # They have no order in a resource, so that none must show in the bytes.
    return tuple(Header(name=name, value=value) for name, value in sorted((one.name, one.value) for one in written))
