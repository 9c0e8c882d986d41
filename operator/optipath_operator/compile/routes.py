"""RoutingPolicy -> Routes."""

from dataclasses import dataclass

from optipath_operator.compile.boundaries import compile_boundaries, compile_hints
from optipath_operator.compile.matches import compile_match, unknown_zones
from optipath_operator.compile.resolve import Known
from optipath_operator.compile.strategies import compile_strategy
from optipath_operator.resources import (
    HedgeSpec,
    Problem,
    ResilienceSpec,
    Resource,
    RoutingPolicySpec,
    RuleSpec,
    Severity,
)
from optipath_operator.resources.scalars import percentile, seconds
from optipath_snapshot import (
    Boundary,
    Classifier,
    HedgeAfter,
    HedgeDelay,
    HedgeQuantile,
    Hints,
    PolicyRef,
    Resilience,
    Route,
    RouteTarget,
)


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """What came of a RoutingPolicy: a route for each of its rules, in their order, and what holds for all of them."""

    routes: tuple[Route, ...]
    boundaries: tuple[Boundary, ...]
    """In the order in which they are written."""
    hints: tuple[Hints, ...]
    problems: tuple[Problem, ...]
    classifiers: tuple[Classifier, ...] = ()


def compile_policy(resource: Resource[RoutingPolicySpec], known: Known) -> CompiledPolicy:
    """The routes of a policy. A rule of which nothing resolves stays, and refuses what it matches."""
    spec = resource.spec
    policy = PolicyRef(namespace=resource.ref.namespace, name=resource.ref.name, generation=resource.generation)
    workload = dict(spec.workload_selector.match_labels) if spec.workload_selector else {}
    routes: list[Route] = []
    problems: list[Problem] = []
    for index, rule in enumerate(spec.rules):
        field = f"spec.rules[{index}]"
        targets, unresolved = _targets(rule, known)
        unresolved |= unknown_zones(rule.match, "match")
        resilience, noted = _resilience(rule.resilience)
        strategy, weighed = compile_strategy(rule.strategy)
        routes.append(
            Route(
                policy=policy,
                rule=rule.name,
                workload=workload,
                match=compile_match(rule.match),
                strategy=strategy,
                targets=targets,
                resilience=resilience,
                may_lose=None if rule.may_lose is None else tuple(sorted(rule.may_lose)),
            )
        )
        problems += [
            Problem(resource.ref, f"{field}.{place}", Severity.UNRESOLVED, why) for place, why in unresolved.items()
        ]
        problems += [
            Problem(resource.ref, f"{field}.{place}", Severity.WARNING, why)
            for place, why in {**noted, **weighed}.items()
        ]
    # The list has no order in a resource, so that none must show in the bytes.
    classifiers = sorted(spec.classifiers, key=lambda each: each.name)
    return CompiledPolicy(
        tuple(routes),
        compile_boundaries(spec, policy, workload),
        compile_hints(spec, policy, workload),
        tuple(problems),
        tuple(
            Classifier(name=each.name, config=dict(sorted(each.config.items())), workload=workload)
            for each in classifiers
        ),
    )


def _targets(rule: RuleSpec, known: Known) -> tuple[tuple[RouteTarget, ...], dict[str, str]]:
    """The targets of a rule that are there, and by field what is wrong with the others."""
    targets: dict[str, RouteTarget] = {}
    wrong = {}
    for index, wanted in enumerate(rule.targets):
        name = f"{wanted.provider}/{wanted.model}"
        if why := known.why_not(wanted):
            wrong[f"targets[{index}]"] = why
        elif name in targets:
            # The schema cannot see it: one names this namespace, the other leaves it to be understood.
            wrong[f"targets[{index}]"] = f"target '{name}' is there twice; the first one holds"
        else:
            targets[name] = RouteTarget(target=name, weight=wanted.weight)
    if not targets:
        wrong["targets"] = f"rule '{rule.name}' has no target left, and refuses the requests that it matches"
    return tuple(targets.values()), wrong


def _resilience(spec: ResilienceSpec) -> tuple[Resilience, dict[str, str]]:
    """A rule's patience, and by field what holds otherwise than written.

    What is written and does not go with the default of another field is what
    is meant: that default gives way.
    """
    usual = Resilience()
    first_token = _seconds(spec.first_token_timeout, usual.first_token_timeout_seconds)
    idle = _seconds(spec.idle_timeout, usual.idle_timeout_seconds)
    request = _seconds(spec.request_timeout, max(usual.request_timeout_seconds, first_token, idle))
    most = _seconds(spec.backoff.max, max(usual.backoff_max_seconds, _seconds(spec.backoff.base, 0)))
    least = _seconds(spec.backoff.base, min(usual.backoff_base_seconds, most))
    noted = {}
    if spec.request_timeout is None and request > usual.request_timeout_seconds:
        longest = "firstTokenTimeout" if first_token == request else "idleTimeout"
        noted[f"resilience.{longest}"] = (
            f"is longer than the default requestTimeout of {usual.request_timeout_seconds:g}s, "
            f"so requestTimeout is {request:g}s, too"
        )
    if spec.backoff.max is None and most > usual.backoff_max_seconds:
        noted["resilience.backoff.base"] = (
            f"is longer than the default max of {usual.backoff_max_seconds:g}s, so max is {most:g}s, too"
        )
    if spec.backoff.base is None and least < usual.backoff_base_seconds:
        noted["resilience.backoff.max"] = (
            f"is shorter than the default base of {usual.backoff_base_seconds:g}s, so base is {least:g}s, too"
        )
    resilience = Resilience(
        attempts=usual.attempts if spec.attempts is None else spec.attempts,
        request_timeout_seconds=request,
        connect_timeout_seconds=_seconds(spec.connect_timeout, usual.connect_timeout_seconds),
        first_token_timeout_seconds=first_token,
        idle_timeout_seconds=idle,
        backoff_base_seconds=least,
        backoff_max_seconds=most,
        hedge=_hedge(spec.hedge),
    )
    return resilience, noted


def _hedge(spec: HedgeSpec | None) -> HedgeAfter | None:
    if spec is None:
        return None
    if (rank := percentile(spec.after)) is not None:
        return HedgeQuantile(quantile=rank / 100)
    return HedgeDelay(seconds=seconds(spec.after))


def _seconds(duration: str | None, otherwise: float) -> float:
    return otherwise if duration is None else seconds(duration)
