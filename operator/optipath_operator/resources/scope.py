"""What a policy of the operator's own namespace says to other namespaces."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.limits import MaxConcurrent
from optipath_operator.resources.lists import ordered, set_of
from optipath_operator.resources.scalars import Duration, ModelPattern, NamespaceName, ObjectName, TierName
from optipath_operator.resources.selector import NamespaceSelectorSpec


class ClampTargetSpec(Spec):
    """Targets that may be used: those of which all that is given here is true."""

    provider: ObjectName | None = None
    """The ModelProvider's name; any provider if not given, also the namespace's own."""
    namespace: NamespaceName | None = None
    """The ModelProvider's namespace. If not given: the operator's own with `provider`, and any without."""
    model: ModelPattern
    """Its model, exact or with * and ?. With `provider`, by the name in its `models`.

    Without `provider`, by the name that the provider is really asked for (`upstreamName`), for who owns a provider
    chooses the others. What answers to that name at a provider of the namespace's own, its owner alone knows.
    """


class ClampSpec(Spec):
    """What no policy of a namespace gets round. Where several clamps bind a namespace, the strictest of each holds."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    attempts: Annotated[int, Field(strict=True, ge=1, le=3)] | None = None
    """How many tries a request may take at most, the first included."""
    request_timeout: Duration | None = None
    """The longest requestTimeout."""
    first_token_timeout: Duration | None = None
    """The longest firstTokenTimeout."""
    idle_timeout: Duration | None = None
    """The longest idleTimeout."""
    hedge: Literal["Never"] | None = None
    """That no second attempt is made beside one that is still silent."""
    max_concurrent: MaxConcurrent | None = None
    """How many requests each router, which means each pod, may have under way at once, whatever routes them."""
    targets: Annotated[tuple[ClampTargetSpec, ...] | None, ordered(at_most=64, at_least=1, twice=True)] = None
    """The only targets that may be used; a target must be admitted by one entry, and by every clamp."""

    @model_validator(mode="after")
    def _clamps_something(self) -> Self:
        if all(value is None for value in self.__dict__.values()):
            raise PydanticCustomError("clamp", "must clamp something, such as `attempts: 1`, and clamps nothing")
        return self


class ScopeSpec(Spec):
    """Which namespaces a policy speaks to, and how. Where neither tiers nor namespaceSelector is given: to all."""

    cel: ClassVar = (Cel("!has(self.clamp) || self.mode == 'Overrides'", "clamp goes with mode: Overrides"),)

    mode: Literal["Defaults", "Overrides"]
    """Whether its rules are asked after the namespace's own (Defaults), or before them (Overrides).

    Under Defaults, `resilience` and `limits` also hold for every rule and policy there that says nothing of its own.
    """
    tiers: Annotated[tuple[TierName, ...] | None, set_of(at_most=16, at_least=1)] = None
    """Namespaces whose label optipath.io/sla-tier has one of these values."""
    namespace_selector: NamespaceSelectorSpec | None = None
    """Namespaces with these labels."""
    clamp: ClampSpec | None = None
    """What no policy of these namespaces gets round, of Overrides."""

    @model_validator(mode="after")
    def _clamps_as_an_override(self) -> Self:
        if self.clamp is not None and self.mode != "Overrides":
            raise PydanticCustomError("scope", "must be of mode Overrides to clamp, and is of mode Defaults")
        return self
