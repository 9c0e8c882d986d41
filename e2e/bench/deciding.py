"""What a decision takes, and seeing what a request needs."""

from collections.abc import Iterator

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import KIB, request
from optipath_router.classify import features
from optipath_router.decide import Health, decide, make_plan
from optipath_snapshot import (
    HeaderMatch,
    Match,
    Ordered,
    PolicyRef,
    Provider,
    RoundRobin,
    Route,
    RouteTarget,
    Snapshot,
    Strategy,
    Target,
    Weighted,
)

_TARGETS = 16
_STRATEGIES: tuple[Strategy, ...] = (Ordered(), Weighted(), RoundRobin())


def deciding() -> Iterator[Figure]:
    """A decision among 16 targets, by the third of three rules, for each strategy."""
    seen = features(request(KIB))
    for strategy in _STRATEGIES:
        plan = make_plan(_snapshot(strategy), "sha256:", {"app": "chat"})
        took = microseconds(lambda plan=plan: decide(seen, plan, Health(), 0x9E3779B97F4A7C15))  # type: ignore[misc]  # its default is typed by the loop
        yield Figure(f"decide, {_TARGETS} targets, {strategy.kind}", took, "µs", reach=150, must=True)


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
