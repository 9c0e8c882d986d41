"""Parts of a snapshot, filled in where a test does not care."""

from collections.abc import Iterable
from typing import Any

from optipath_snapshot import (
    Egress,
    EgressRule,
    HeaderMatch,
    Match,
    Ordered,
    PolicyRef,
    Provider,
    Route,
    RouteTarget,
    Snapshot,
    SnapshotFile,
    Strategy,
    Target,
    digest,
)

LOOPBACK = Egress(allow=(EgressRule(host="127.0.0.1", plaintext=True), EgressRule(host="localhost", plaintext=True)))
"""What lets a router call a provider that a test has started."""


def provider(name: str = "acme", **given: Any) -> Provider:
    """A provider of a host that nobody has."""
    return Provider(**{"name": name, "type": "OpenAICompatible", "url": f"https://{name}.example/v1", **given})


def target(name: str = "acme/small", **given: Any) -> Target:
    """A target by its name, `provider/model`."""
    of, _, model = name.partition("/")
    return Target(**{"name": name, "provider": of, "model": model, "upstream_model": model, **given})


def route(
    *targets: str | tuple[str, int],
    rule: str = "rule",
    policy: str = "policy",
    models: Iterable[str] = (),
    headers: dict[str, str] | None = None,
    strategy: Strategy | None = None,
    **given: Any,
) -> Route:
    """A route over targets by name, or by name and weight."""
    pairs = ((used, 1) if isinstance(used, str) else used for used in targets)
    asked = tuple(HeaderMatch(name=name, value=value) for name, value in (headers or {}).items())
    return Route(
        policy=PolicyRef(namespace="team-a", name=policy, generation=1),
        rule=rule,
        match=Match(models=tuple(models), headers=asked),
        strategy=strategy or Ordered(),
        targets=tuple(RouteTarget(target=name, weight=weight) for name, weight in pairs),
        **given,
    )


def snapshot(
    *routes: Route,
    targets: Iterable[Target | str] | None = None,
    providers: Iterable[Provider] | None = None,
    **given: Any,
) -> Snapshot:
    """A snapshot of team-a. Targets that are not given are those of the routes, and providers those of the targets."""
    if targets is None:
        targets = dict.fromkeys(used.target for each in routes for used in each.targets)
    made = tuple(target(each) if isinstance(each, str) else each for each in targets)
    if providers is None:
        providers = map(provider, dict.fromkeys(each.provider for each in made))
    return Snapshot(
        **{"namespace": "team-a", "providers": tuple(providers), "targets": made, "routes": routes, **given}
    )


def snapshot_file(of: Snapshot, generation: int = 1) -> SnapshotFile:
    """A snapshot as decoded from a file."""
    return SnapshotFile(of, generation, digest(of))
