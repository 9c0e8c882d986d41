"""RoutingPolicy -> Routes."""

from dataclasses import dataclass

from optipath_operator.compile.boundaries import compile_boundaries, compile_hints
from optipath_operator.compile.concurrency import Limited, limit
from optipath_operator.compile.inherit import Above, Policy, named
from optipath_operator.compile.matches import compile_match, unknown_zones
from optipath_operator.compile.patience import Layer, Patience, patience
from optipath_operator.compile.resolve import Known
from optipath_operator.compile.strategies import compile_strategy
from optipath_operator.resources import Problem, RuleSpec, Severity
from optipath_snapshot import Boundary, Classifier, Concurrency, Hints, PolicyRef, Route, RouteTarget


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """What came of a RoutingPolicy: a route for each of its rules, in their order, and what holds for all of them."""

    routes: tuple[Route, ...]
    boundaries: tuple[Boundary, ...]
    """In the order in which they are written."""
    hints: tuple[Hints, ...]
    problems: tuple[Problem, ...]
    classifiers: tuple[Classifier, ...] = ()
    concurrency: Concurrency | None = None


@dataclass(frozen=True, slots=True)
class _Targets:
    """What came of the targets of a rule; problems by place."""

    used: tuple[RouteTarget, ...]
    unresolved: dict[str, str]
    denied: dict[str, str]
    refusing: dict[str, str]
    """Why nothing is left though something is there."""


def compile_policy(resource: Policy, known: Known, above: Above) -> CompiledPolicy:
    """The routes of a policy. A rule of which nothing resolves stays, and refuses what it matches."""
    spec, policy = resource.spec, named(resource)
    workload = dict(spec.workload_selector.match_labels) if spec.workload_selector else {}
    limited = limit(spec.limits, above.limits, above.clamps.max_concurrent, policy, workload)
    layers = _layers(resource, policy, above)
    usual = patience(layers, above.clamps)
    usual_provenance = _provenance(usual, limited, policy)
    routes: list[Route] = []
    unresolved: dict[str, str] = {}
    refusing: dict[str, str] = {}
    noted = {"spec.limits.maxConcurrent": limited.note} if limited.note else {}
    for index, rule in enumerate(spec.rules):
        field = f"spec.rules[{index}]"
        targets = _targets(rule, known)
        held, provenance = usual, usual_provenance
        if rule.resilience.model_fields_set:
            held = patience((Layer(rule.resilience, policy, f"{field}.resilience"), *layers), above.clamps)
            provenance = _provenance(held, limited, policy)
        strategy, weighed = compile_strategy(rule.strategy)
        routes.append(
            Route(
                policy=policy,
                rule=rule.name,
                workload=workload,
                match=compile_match(rule.match),
                strategy=strategy,
                targets=targets.used,
                resilience=held.resilience,
                may_lose=None if rule.may_lose is None else tuple(sorted(rule.may_lose)),
                provenance=provenance,
            )
        )
        wrong = targets.unresolved | dict(unknown_zones(rule.match, "match"))
        unresolved |= {f"{field}.{place}": why for place, why in wrong.items()}
        refusing |= {f"{field}.{place}": why for place, why in targets.refusing.items()}
        noted |= held.noted | {f"{field}.{place}": why for place, why in {**weighed, **targets.denied}.items()}
    # The list has no order in a resource, so that none must show in the bytes.
    classifiers = sorted(spec.classifiers, key=lambda each: each.name)
    return CompiledPolicy(
        tuple(routes),
        compile_boundaries(spec, policy, workload),
        compile_hints(spec, policy, workload),
        (
            *(Problem(resource.ref, place, Severity.UNRESOLVED, why) for place, why in unresolved.items()),
            *(Problem(resource.ref, place, Severity.DENIED, why) for place, why in refusing.items()),
            *(Problem(resource.ref, place, Severity.WARNING, why) for place, why in noted.items()),
        ),
        tuple(
            Classifier(name=each.name, config=dict(sorted(each.config.items())), workload=workload)
            for each in classifiers
        ),
        limited.concurrency if routes else None,
    )


def _layers(resource: Policy, policy: PolicyRef, above: Above) -> tuple[Layer, ...]:
    """Who says something of patience beside the rules themselves, the nearest first."""
    own = resource.spec.resilience
    mine = () if own is None else (Layer(own, policy, "spec.resilience"),)
    return (*mine, *above.resilience)


def _provenance(held: Patience, limited: Limited, policy: PolicyRef) -> dict[str, str]:
    """Where that comes from which the policy does not say itself."""
    origins = {f"resilience.{name}": origin for name, origin in held.origins.items()}
    if limited.origin is not None:
        origins["limits.maxConcurrent"] = limited.origin
    elsewhere = ((name, str(origin)) for name, origin in origins.items() if origin is not policy and origin != policy)
    return dict(sorted(elsewhere))


def _targets(rule: RuleSpec, known: Known) -> _Targets:
    """The targets of a rule that are there, and by place what is wrong with the others.

    One that a clamp denies stays, so that decisions can say so of it, but serves nobody.
    """
    targets: dict[str, RouteTarget] = {}
    wrong: dict[str, str] = {}
    denied: dict[str, str] = {}
    refusing: dict[str, str] = {}
    deniers: set[str] = set()
    for index, wanted in enumerate(rule.targets):
        place, asked = f"targets[{index}]", f"{wanted.provider}/{wanted.model}"
        target = known.find(wanted)
        if target is None:
            wrong[place] = known.why_not(wanted)
            continue
        if target.name in targets:
            # The schema cannot see it: one names this namespace, the other leaves it to be understood.
            wrong[place] = f"target '{asked}' is there twice; the first one holds"
            continue
        targets[target.name] = RouteTarget(target=target.name, weight=wanted.weight)
        if target.denied_by is not None:
            denier = f"'{target.denied_by.full_name}'"
            deniers.add(denier)
            denied[place] = f"target '{asked}' is not used, for policy {denier} does not allow it here"
    if len(denied) == len(targets):
        left = f"left that {_allow(sorted(deniers))}" if denied else "left"
        said = refusing if denied else wrong
        said["targets"] = f"rule '{rule.name}' has no target {left}, and refuses the requests that it matches"
    return _Targets(tuple(targets.values()), wrong, denied, refusing)


def _allow(policies: list[str]) -> str:
    """Policies and a verb, as in `policy 'a' allows`."""
    return f"policies {' and '.join(policies)} allow" if len(policies) > 1 else f"policy {policies[0]} allows"
