"""What is known of a target: what the tenant declares, and for what is left out, the catalogue.

What neither knows stays unknown: it is never zero, and leaves nothing out.
"""

from collections.abc import Iterator

from optipath_operator.catalogue.facts import Facts
from optipath_operator.resources import ModelSpec
from optipath_snapshot import Capability, Pricing, QualitySource, Target


def target(provider: str, model: ModelSpec, known: Facts | None) -> Target:
    """The target that a model of a provider is, `known` being what the catalogue has of it."""
    known = known or Facts()
    can, cannot = _abilities(model, known)
    return Target(
        name=f"{provider}/{model.name}",
        provider=provider,
        model=model.name,
        upstream_model=model.upstream_name or model.name,
        pricing=_pricing(model, known),
        context_window=model.context_window or known.context_window,
        max_output_tokens=model.max_output_tokens or known.max_output_tokens,
        capabilities=can,
        lacks=cannot,
        quality=model.quality.model_dump(by_alias=True, exclude_none=True) if model.quality else {},
        quality_source=_quality_source(model),
    )


def unknown(made: Target, model: ModelSpec, catalogue_date: str) -> Iterator[tuple[str, str]]:
    """Fields of a model whose absence changes how it is used, each with what is to be said of it."""
    nowhere = f"it is neither given nor in the catalogue of {catalogue_date}"
    pricing = made.pricing or Pricing()
    if pricing.input_per_mtok is None or pricing.output_per_mtok is None:
        why = nowhere if model.pricing is None else "it is given in part, which the catalogue does not complete"
        yield "pricing", f"price is not known: {why}, so that nobody can tell what '{made.name}' spends"
    if made.context_window is None:
        yield (
            "contextWindow",
            f"context window is not known: {nowhere}, so that no request is too long for '{made.name}'",
        )


def _pricing(model: ModelSpec, known: Facts) -> Pricing | None:
    """The declared prices, or else the catalogue's: never some of each, for they may be of different contracts."""
    if model.pricing is not None:
        pricing = Pricing.model_validate(model.pricing, from_attributes=True)
    else:
        pricing = Pricing.model_validate(known, from_attributes=True)
    return None if pricing == Pricing() else pricing


def _quality_source(model: ModelSpec) -> QualitySource | None:
    told = model.quality_source
    return QualitySource(name=told.name, date=told.date) if told and model.quality else None


def _abilities(model: ModelSpec, known: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a model can do, and what it cannot. A declared list is complete; the catalogue's are not."""
    if model.capabilities is None:
        return tuple(sorted(known.capabilities)), tuple(sorted(known.lacks))
    return tuple(sorted(model.capabilities)), tuple(sorted(set(Capability) - set(model.capabilities)))
