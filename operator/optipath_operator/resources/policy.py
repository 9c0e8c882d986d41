"""RoutingPolicy: which requests go where, by which strategy, with how much patience."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.headers import SECRET_HEADERS, HeaderName, HeaderValue, Without
from optipath_operator.resources.lists import map_by, ordered, set_of
from optipath_operator.resources.scalars import (
    Duration,
    LabelKey,
    LabelValue,
    ModelName,
    ModelPattern,
    NamespaceName,
    ObjectName,
    RuleName,
    seconds,
)

_NOT_SECRET = Without(SECRET_HEADERS, "it carries a secret, which a policy would have to hold")


class HeaderMatchSpec(Spec):
    """A header that a request must carry, with exactly this value."""

    cel: ClassVar = (_NOT_SECRET.cel(),)

    name: Annotated[HeaderName, AfterValidator(_NOT_SECRET.check)]
    """Its name, in any case."""
    value: HeaderValue
    """Its value, to the letter."""


class MatchSpec(Spec):
    """Which requests a rule is for. All that is named must hold; nothing named means every request."""

    models: Annotated[tuple[ModelPattern, ...], set_of(at_most=32)] = ()
    """What the app asked for: exact names, and globs with * and ?. One of them must fit."""
    headers: Annotated[tuple[HeaderMatchSpec, ...], map_by("name", at_most=16, any_case=True)] = ()
    """Headers that the request must carry, all of them."""


class OrderedSpec(Spec):
    """The targets in the order in which they are written."""


class WeightedSpec(Spec):
    """A draw in which each target's weight is its share; one of weight 0 is used only when the others fail."""


class RoundRobinSpec(Spec):
    """Each target in its turn."""


class StrategySpec(Spec):
    """How to rank the targets; exactly one."""

    cel: ClassVar = (
        Cel(
            "[has(self.ordered), has(self.weighted), has(self.roundRobin)].filter(given, given).size() == 1",
            "exactly one strategy must be given",
        ),
    )

    ordered: OrderedSpec | None = None
    """The targets in the order in which they are written."""
    weighted: WeightedSpec | None = None
    """A draw in which each target's weight is its share."""
    round_robin: RoundRobinSpec | None = None
    """Each target in its turn."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = list(self.model_dump(by_alias=True, exclude_none=True))
        if len(given) != 1:
            raise PydanticCustomError(
                "strategy",
                "must have exactly one strategy, such as `ordered: {}`, and has {given}",
                {"given": " and ".join(given) or "none"},
            )
        return self


class TargetSpec(Spec):
    """A model at a provider."""

    provider: ObjectName
    """The ModelProvider's name."""
    namespace: NamespaceName | None = None
    """The ModelProvider's namespace. Providers are not shared yet: only those of the policy's own are found."""
    model: ModelName
    """The model's name there."""
    weight: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    """Its share, under the strategy `weighted`."""


class ResilienceSpec(Spec):
    """How long and how often to try."""

    cel: ClassVar = (
        Cel(
            "!has(self.requestTimeout) || !has(self.firstTokenTimeout) || "
            "duration(self.firstTokenTimeout) <= duration(self.requestTimeout)",
            "firstTokenTimeout must not be longer than requestTimeout",
        ),
    )

    request_timeout: Duration | None = None
    """From a request's arrival to the end of its reply; 10m if not given."""
    first_token_timeout: Duration | None = None
    """From the start of an attempt to its first content; 60s if not given. A reasoning model is silent for long."""
    idle_timeout: Duration | None = None
    """The longest silence inside a streamed reply; 30s if not given."""
    attempts: Annotated[int, Field(strict=True, ge=1, le=3)] | None = None
    """How many tries a request may take, the first included; 3 if not given."""

    @model_validator(mode="after")
    def _in_proportion(self) -> Self:
        whole, first = self.request_timeout, self.first_token_timeout
        if whole and first and seconds(first) > seconds(whole):
            raise PydanticCustomError(
                "timeouts",
                "must not have a firstTokenTimeout ({first}) longer than its requestTimeout ({whole})",
                {"first": first, "whole": whole},
            )
        return self


class RuleSpec(Spec):
    """Which requests, ranked how, over which targets."""

    cel: ClassVar = (
        Cel(
            "!has(self.strategy.weighted) || self.targets.exists(target, !has(target.weight) || target.weight > 0)",
            "under the strategy weighted, a target must have a weight above 0",
        ),
        Cel(
            "self.targets.all(one, self.targets.exists_one(other, other.provider == one.provider && "
            "other.model == one.model && (has(other.__namespace__) ? other.__namespace__ : '') == "
            "(has(one.__namespace__) ? one.__namespace__ : '')))",
            "a target must not be there twice",
        ),
    )

    name: RuleName
    """Its name, which headers, metrics and decisions show."""
    match: MatchSpec = MatchSpec()
    """Which requests it is for; every request if not given."""
    strategy: StrategySpec
    """How to rank the targets."""
    targets: Annotated[tuple[TargetSpec, ...], ordered(at_most=16, at_least=1, twice=True)]
    """Where a matching request may go."""
    resilience: ResilienceSpec = ResilienceSpec()
    """How long and how often to try."""

    @model_validator(mode="after")
    def _targets_make_sense(self) -> Self:
        if self.strategy.weighted is not None and not any(target.weight for target in self.targets):
            raise PydanticCustomError(
                "weights", "must have a target with a weight above 0 to be weighted, and has none"
            )
        seen = set()
        for target in self.targets:
            identity = target.namespace, target.provider, target.model
            if identity in seen:
                raise PydanticCustomError(
                    "targets",
                    "must not have target '{provider}/{model}' twice",
                    {"provider": target.provider, "model": target.model},
                )
            seen.add(identity)
        return self


class WorkloadSelectorSpec(Spec):
    """Which pods of the namespace a policy is for."""

    # Two who apply it must not mix their labels.
    model_config = ConfigDict(json_schema_extra={"x-kubernetes-map-type": "atomic"})

    match_labels: Annotated[dict[LabelKey, LabelValue], Field(min_length=1, max_length=16)]
    """Labels that a pod must have, all of them."""


class RoutingPolicySpec(Spec):
    """Which requests go where. The first rule that matches is taken, over all policies of the namespace."""

    priority: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 100
    """Policies with a higher one are asked first; equal ones in the order of their names."""
    workload_selector: WorkloadSelectorSpec | None = None
    """Which pods it is for; all of the namespace if not given."""
    rules: Annotated[tuple[RuleSpec, ...], map_by("name", at_most=64, at_least=1)]
    """Rules in the order in which they are asked."""
