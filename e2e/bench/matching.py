"""What it takes to match rules on what a request means, once it has been understood."""

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import KIB, request
from optipath_router.chat.features import Features, Sensitivity, TaskType
from optipath_router.classify import NO_SENSES, features
from optipath_router.decide import Health, Plan, decide, make_plan
from optipath_router.runtime import classifier
from optipath_snapshot import (
    AnyOf,
    Boundary,
    Condition,
    Difficulty,
    InputTokens,
    Languages,
    Match,
    NoneOf,
    Ordered,
    PolicyRef,
    Provider,
    Route,
    RouteTarget,
    Snapshot,
    Target,
    TaskTypes,
    TimeWindow,
    TimeWindows,
)
from optipath_snapshot import Sensitivity as SensitivityIs

_POLICY = PolicyRef(namespace="team-a", name="chat", generation=1)
_OFFICE = TimeWindow(days=("Mon", "Tue"), begins=480, ends=1080, time_zone="Europe/Berlin")
_CONDITIONS: tuple[Condition, ...] = (
    InputTokens(max=100_000),
    Languages(words=("en",)),
    TaskTypes(words=("Code", "Math")),
    Difficulty(min=Decimal("0.5")),
    AnyOf(matches=(Match(conditions=(TimeWindows(windows=(_OFFICE,)),)), Match(models=("auto",)))),
    NoneOf(matches=(Match(conditions=(SensitivityIs(words=("Secret",)),)),)),
)


def matching() -> Iterator[Figure]:
    """A decision by the last of eight rules that all look at six features, inside a data boundary; and a plain one."""
    seen, plan = _seen(), _plan(8)
    took = microseconds(lambda: decide(seen, plan, Health(), 0x9E3779B97F4A7C15))
    yield Figure("decide, 16 targets, 8 rules on features", took, "µs", reach=200, must=True)
    plain, asked = _plan(0), request(KIB)
    classify = classifier(plain, lambda _: NO_SENSES, lambda: 0.0)
    yield Figure("features that no policy asks for", microseconds(lambda: classify(asked)), "µs")


def _seen() -> Features:
    return replace(
        features(request(KIB)),
        language="en",
        tasks=((TaskType.CODE, 1.0),),
        difficulty=0.7,
        sensitivity=frozenset({Sensitivity.PII}),
        at=1_795_000_000.0,
    )


def _plan(rules: int) -> Plan:
    targets = tuple(
        Target(name=f"acme/m{number}", provider="acme", model=f"m{number}", upstream_model="m") for number in range(16)
    )
    hard = Difficulty(min=Decimal("0.9"))
    routes = tuple(
        Route(
            policy=_POLICY,
            rule=f"rule-{number}",
            # All but the last one fail, by what is looked at last.
            match=Match(conditions=_CONDITIONS if number == rules - 1 else (*_CONDITIONS, hard)),
            strategy=Ordered(),
            targets=tuple(RouteTarget(target=target.name) for target in targets),
        )
        for number in range(rules)
    )
    boundary = Boundary(policy=_POLICY, name="guard", sensitivity=("Secret",), locality="Cluster")
    acme = Provider(name="acme", type="OpenAICompatible", url="https://acme.example/v1")
    bound = (boundary,) if rules else ()
    return make_plan(
        Snapshot(namespace="team-a", providers=(acme,), targets=targets, routes=routes, boundaries=bound), "", {}
    )
