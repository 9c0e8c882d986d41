"""What a decision takes, and seeing what a request needs."""

from collections.abc import Iterator
from decimal import Decimal

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import KIB, request
from optipath_router.chat.features import Features, TaskType
from optipath_router.classify import features
from optipath_router.decide import Health, decide, make_plan
from optipath_router.decide.decision import Measured, Warm
from optipath_snapshot import (
    Balanced,
    CostCeiling,
    HeaderMatch,
    HighestQuality,
    LeastBusy,
    LowestCost,
    LowestLatency,
    Match,
    Ordered,
    PolicyRef,
    Pricing,
    Provider,
    QualityFloor,
    RoundRobin,
    Route,
    RouteTarget,
    Snapshot,
    StickyConversation,
    Strategy,
    Target,
    Weighted,
)

_TARGETS = 16
_STRATEGIES: tuple[Strategy, ...] = (Ordered(), Weighted(), RoundRobin())
_QUARTER = Decimal("0.25")
_PREDICTING: tuple[Strategy, ...] = (
    Weighted(sticky=StickyConversation()),
    LeastBusy(),
    LowestCost(),
    LowestLatency(),
    HighestQuality(),
    Balanced(cost=_QUARTER, latency=_QUARTER, quality=_QUARTER, reliability=_QUARTER),
    QualityFloor(min_quality=Decimal("0.5")),
    CostCeiling(max_cost=Decimal("0.01")),
)


def deciding() -> Iterator[Figure]:
    """A decision among 16 targets, by the third of three rules, for each strategy."""
    seen = features(request(KIB))
    for strategy in _STRATEGIES:
        plan = make_plan(_snapshot(strategy), "sha256:", {"app": "chat"})
        took = microseconds(lambda plan=plan: decide(seen, plan, Health(), 0x9E3779B97F4A7C15))  # type: ignore[misc]  # its default is typed by the loop
        yield Figure(f"decide, {_TARGETS} targets, {strategy.kind}", took, "µs", reach=150, must=True)
    everything = Features(
        model="auto",
        input_tokens=3000,
        tasks=tuple((task, 1 / len(TaskType)) for task in TaskType),
        difficulty=0.4,
        known_quality={"model-1": 0.7, "model-2": 0.8},
        conversation="conversation",
    )
    names = [f"acme/model-{number}" for number in range(_TARGETS)]
    measured = dict.fromkeys(names, Measured(20, 0.5, 0.01, 20, 0.97))
    health = Health(1, {}, {}, dict.fromkeys(names, 2), measured, {"conversation": Warm(names[3], 2000)})
    for strategy in _PREDICTING:
        plan = make_plan(_snapshot(strategy), "sha256:", {"app": "chat"})
        took = microseconds(lambda plan=plan: decide(everything, plan, health, 0x9E3779B97F4A7C15))  # type: ignore[misc]  # as above
        yield Figure(f"decide, {_TARGETS} targets, all features, {strategy.kind}", took, "µs", reach=200, must=True)


def classifying() -> Iterator[Figure]:
    """The features of a request that has been read."""
    for size in (1, 100):
        asked = request(size * KIB)
        yield Figure(f"features, {size} KiB", microseconds(lambda asked=asked: features(asked)), "µs")  # type: ignore[misc]  # as above


def _snapshot(strategy: Strategy) -> Snapshot:
    targets = tuple(
        Target(
            name=f"acme/model-{number}",
            provider="acme",
            model=f"model-{number}",
            upstream_model=f"model-{number}",
            context_window=128_000,
            max_output_tokens=16_000,
            capabilities=("Chat", "Tools"),
            lacks=("Vision", "AudioInput"),
            pricing=Pricing(
                input_per_mtok=Decimal(number + 1) / 4,
                output_per_mtok=Decimal(number + 1),
                cached_input_per_mtok=Decimal("0.1"),
            ),
            quality={"default": Decimal(50 + number) / 100, "Code": Decimal("0.8"), "Math": Decimal("0.6")},
        )
        for number in range(_TARGETS)
    )
    matches = (
        Match(models=("gpt-*", "claude-*")),
        Match(models=("auto",), headers=(HeaderMatch(name="x-team", value="search"),)),
        Match(models=("auto", "team-*")),
    )
    routes = tuple(
        Route(
            policy=PolicyRef(namespace="team-a", name="chat", generation=1),
            rule=f"rule-{number}",
            workload={"app": "chat"},
            match=match,
            strategy=strategy,
            targets=tuple(
                RouteTarget(target=target.name, weight=weight) for weight, target in enumerate(targets, start=1)
            ),
        )
        for number, match in enumerate(matches)
    )
    acme = Provider(name="acme", type="OpenAICompatible", url="https://acme.example/v1")
    return Snapshot(namespace="team-a", providers=(acme,), targets=targets, routes=routes)
