"""RoutingPolicy: which requests go where, by which strategy, with how much patience."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from optipath_operator.resources.base import Cel, Spec
from optipath_operator.resources.boundary import BoundarySpec
from optipath_operator.resources.limits import PolicyLimitsSpec
from optipath_operator.resources.lists import map_by, ordered, set_of
from optipath_operator.resources.match import MatchSpec
from optipath_operator.resources.scalars import (
    ConfigKey,
    ConfigValue,
    Duration,
    LabelKey,
    LabelValue,
    ModelName,
    NamespaceName,
    ObjectName,
    PercentileOrDuration,
    PluginName,
    RuleName,
    ShortDuration,
    seconds,
)
from optipath_operator.resources.scope import ScopeSpec
from optipath_operator.resources.strategy import StrategySpec
from optipath_snapshot import Saying


class TargetSpec(Spec):
    """A model at a provider."""

    provider: ObjectName
    """The ModelProvider's name."""
    namespace: NamespaceName | None = None
    """The ModelProvider's namespace, where it is another than the policy's, which its `sharing` must admit."""
    model: ModelName
    """The model's name there."""
    weight: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 1
    """Its share, under the strategy `weighted`."""


def _no_longer(part: str, whole: str) -> Cel:
    """The rule that one length of time must not be longer than another, where both are given."""
    return Cel(
        f"!has(self.{whole}) || !has(self.{part}) || duration(self.{part}) <= duration(self.{whole})",
        f"{part} must not be longer than {whole}",
    )


def _check_no_longer(part: str, given: str | None, whole: str, bound: str | None) -> None:
    """The same rule for files."""
    if given and bound and seconds(given) > seconds(bound):
        raise PydanticCustomError(
            "timeouts",
            "must not have a {part} ({given}) longer than its {whole} ({bound})",
            {"part": part, "given": given, "whole": whole, "bound": bound},
        )


class BackoffSpec(Spec):
    """How long to wait before the same target is tried again; the next target is tried at once."""

    cel: ClassVar = (_no_longer("base", "max"),)

    base: ShortDuration | None = None
    """The least time; 250ms if not given. Chance adds up to as much, and up to twice as much with each further try."""
    max: ShortDuration | None = None
    """The most time; 8s if not given. A provider that asks for more is not waited for."""

    @model_validator(mode="after")
    def _in_proportion(self) -> Self:
        _check_no_longer("base", self.base, "max", self.max)
        return self


class HedgeSpec(Spec):
    """A second attempt, at another target, beside one that does not begin to answer; whoever begins first is heard."""

    after: PercentileOrDuration
    """When it starts: after a length of time, or after a percentile (`p50` to `p99`) of the target's latest times."""


class ResilienceSpec(Spec):
    """How long and how often to try."""

    cel: ClassVar = (
        _no_longer("firstTokenTimeout", "requestTimeout"),
        _no_longer("connectTimeout", "firstTokenTimeout"),
        _no_longer("connectTimeout", "requestTimeout"),
        Cel(
            "!has(self.hedge) || !has(self.attempts) || self.attempts > 1",
            "hedge needs 2 attempts: it is one itself",
        ),
    )

    request_timeout: Duration | None = None
    """From a request's arrival to the end of its reply; 10m if not given."""
    connect_timeout: ShortDuration | None = None
    """To an open connection; 5s if not given."""
    first_token_timeout: Duration | None = None
    """From the start of an attempt to its first content; 60s if not given. A reasoning model is silent for long."""
    idle_timeout: Duration | None = None
    """The longest silence inside a streamed reply; 30s if not given."""
    attempts: Annotated[int, Field(strict=True, ge=1, le=3)] | None = None
    """How many tries a request may take, the first included; 3 if not given."""
    backoff: BackoffSpec = BackoffSpec()
    """How long to wait before the same target is tried again."""
    hedge: HedgeSpec | None = None
    """When to ask a second target although the first may still answer; never if not given."""

    @model_validator(mode="after")
    def _in_proportion(self) -> Self:
        _check_no_longer("firstTokenTimeout", self.first_token_timeout, "requestTimeout", self.request_timeout)
        _check_no_longer("connectTimeout", self.connect_timeout, "firstTokenTimeout", self.first_token_timeout)
        _check_no_longer("connectTimeout", self.connect_timeout, "requestTimeout", self.request_timeout)
        if self.hedge is not None and self.attempts == 1:
            raise PydanticCustomError("hedge", "must allow 2 attempts for its hedge, which is one itself, and allows 1")
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
    may_lose: Annotated[tuple[Saying, ...] | None, set_of(at_most=len(Saying))] = None
    """What a target's dialect need not be able to say of a request; a header of the answer names what was lost.

    If not given: what no answer hangs on, such as CacheMarks, User and ServiceTier.
    """

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


class ClassifierSpec(Spec):
    """A recogniser of your own, installed in the router's image under the entry points `optipath.classifiers`."""

    name: PluginName
    """The entry point's name."""
    config: Annotated[dict[ConfigKey, ConfigValue], Field(max_length=16)] = {}
    """What it is told; its own to understand."""


class RoutingPolicySpec(Spec):
    """Which requests go where. The first rule that matches is taken, over all policies of the namespace."""

    cel: ClassVar = (
        Cel(
            "has(self.scope) || (has(self.rules) && self.rules.size() > 0)",
            "rules are needed; only a policy with a scope may have none",
        ),
        Cel(
            "!has(self.workloadSelector) || !has(self.scope) || (!has(self.scope.clamp) && "
            "(self.scope.mode != 'Defaults' || (!has(self.resilience) && !has(self.limits))))",
            "workloadSelector does not go with what holds for whole namespaces: "
            "scope.clamp, and resilience and limits of Defaults",
        ),
    )

    scope: ScopeSpec | None = None
    """Which other namespaces it speaks to. Only a policy of the operator's own namespace may have a scope."""
    priority: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 100
    """Policies with a higher one are asked first; equal ones in the order of their names."""
    workload_selector: WorkloadSelectorSpec | None = None
    """Which pods it is for; all of the namespace if not given."""
    hints: Literal["Allow", "Ignore"] | None = None
    """Whether the headers x-optipath-hint-{task,difficulty,language,timeliness,latency} of its pods' apps count.

    The first policy that says so decides for all; they are ignored where none does. No hint moves a data boundary.
    """
    boundaries: Annotated[tuple[BoundarySpec, ...], map_by("name", at_most=16)] = ()
    """Where requests of its pods may go, whichever rule of whichever policy routes them, or none."""
    classifiers: Annotated[tuple[ClassifierSpec, ...], map_by("name", at_most=4)] = ()
    """Recognisers of your own, asked of each request of these pods before any rule is."""
    resilience: ResilienceSpec | None = None
    """How long and how often to try, where a rule does not say it itself; field by field."""
    limits: PolicyLimitsSpec | None = None
    """How many requests of its rules may be under way at once; any number if not given."""
    rules: Annotated[tuple[RuleSpec, ...], map_by("name", at_most=64)] = ()
    """Rules in the order in which they are asked; at least one, but in a policy with a scope."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.scope is None and not self.rules:
            raise PydanticCustomError("rules", "must have rules, which only a policy with a scope can do without")
        return self

    @model_validator(mode="after")
    def _speaks_to_whole_namespaces(self) -> Self:
        if self.workload_selector is None or self.scope is None:
            return self
        whole = {
            "scope.clamp": self.scope.clamp,
            "resilience of Defaults": self.resilience if self.scope.mode == "Defaults" else None,
            "limits of Defaults": self.limits if self.scope.mode == "Defaults" else None,
        }
        if given := [name for name, value in whole.items() if value is not None]:
            raise PydanticCustomError(
                "scope",
                "must not have a workloadSelector beside {given}, for that holds for whole namespaces",
                {"given": " and ".join(given)},
            )
        return self
