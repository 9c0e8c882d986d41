"""Providers and targets: where a request can be sent, and what is known of it there."""

from typing import Annotated

from pydantic import Field

from optipath_snapshot.boundary import Handling
from optipath_snapshot.header import Header
from optipath_snapshot.money import Dollars, Fraction
from optipath_snapshot.part import Part
from optipath_snapshot.policy import PolicyRef


class Provider(Part):
    """An account with somebody who serves models."""

    name: str
    """Its name in the namespace of the snapshot; `name@namespace` for one that another namespace shares."""
    type: str
    """What it is, such as `OpenAI`; decides dialect and well-known hosts."""
    url: str
    """Base URL without a slash at its end; the dialect's paths follow it."""
    headers: tuple[Header, ...] = ()
    ca_bundle: Annotated[str, Field(min_length=1)] | None = None
    """Certificates in PEM to trust instead of the system's; never empty, which would mean the system's."""
    keys: tuple[str, ...] = ()
    """Names of keys in the tenant's credentials Secret; the first that is there is used, the next back it up."""
    azure_api_version: str | None = None
    """Of Azure OpenAI, where models are deployments; None for the API that needs no version."""
    max_concurrent: Annotated[int, Field(gt=0)] | None = None
    """How many attempts one router may have under way here; None sets no bound."""
    handling: Handling = Handling()
    """What becomes of what it is sent."""


class LongContext(Part):
    """Prices that hold for the whole request once its input is longer."""

    above_input_tokens: Annotated[int, Field(gt=0)]
    input_per_mtok: Dollars
    output_per_mtok: Dollars


class Pricing(Part):
    """Dollars per million tokens, and what else is billed. What is absent is not known."""

    input_per_mtok: Dollars | None = None
    output_per_mtok: Dollars | None = None
    cached_input_per_mtok: Dollars | None = None
    cache_write_per_mtok: Dollars | None = None
    audio_input_per_mtok: Dollars | None = None
    audio_output_per_mtok: Dollars | None = None
    per_image: Dollars | None = None
    per_request: Dollars | None = None
    long_context: LongContext | None = None


class QualitySource(Part):
    """Who found out how good a model is, and when."""

    name: str
    date: str
    """A day of ISO 8601."""


class Target(Part):
    """One model at one provider, the smallest thing a request can be sent to."""

    name: str
    """`provider/model`: unique in a snapshot, for no provider's name has a slash in it."""
    provider: str
    model: str
    """The name that callers and policies use."""
    upstream_model: str
    """The name that the provider knows."""
    pricing: Pricing | None = None
    context_window: Annotated[int, Field(gt=0)] | None = None
    """Input and output tokens together; None where it is not known."""
    max_output_tokens: Annotated[int, Field(gt=0)] | None = None
    capabilities: tuple[str, ...] = ()
    """What it is known to do."""
    lacks: tuple[str, ...] = ()
    """What it is known not to do. What is in neither list is not known, and leaves nothing out."""
    quality: dict[str, Fraction] = {}
    """0 to 1 by task type, and `default`; as the tenant declared it."""
    quality_source: QualitySource | None = None
    """None where the tenant does not say."""
    denied_by: PolicyRef | None = None
    """The policy above the tenant's own that keeps this namespace from it; None where it may be used."""
