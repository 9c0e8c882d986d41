"""The plan: a snapshot as one pod's router reads it, with what every decision would look up prepared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from optipath_snapshot import Route, Snapshot, Target


@dataclass(frozen=True)
class Plan:
    """The routes of one workload, and the targets of its namespace."""

    digest: str
    routes: tuple[Route, ...]
    targets: Mapping[str, Target]
    """By name."""
    by_model: Mapping[str, tuple[Target, ...]]
    """By the model that an app may ask for, each in the order of the targets' names."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an app may ask for, globs apart: declared models, and what rules match exactly."""
        exact = {name for route in self.routes for name in route.match.models if not set(name) & set("*?")}
        return tuple(sorted(exact | set(self.by_model)))


def route_id(route: Route) -> str:
    """The name of a route that stays the same when its policy is edited."""
    return f"{route.policy.namespace}/{route.policy.name}/{route.rule}"


def make_plan(snapshot: Snapshot, digest: str, labels: Mapping[str, str]) -> Plan:
    """The plan for a pod with these labels."""
    targets = {target.name: target for target in sorted(snapshot.targets, key=lambda target: target.name)}
    by_model: dict[str, tuple[Target, ...]] = {}
    for target in targets.values():
        by_model[target.model] = (*by_model.get(target.model, ()), target)
    routes = tuple(route for route in snapshot.routes if route.workload.items() <= labels.items())
    return Plan(digest, routes, targets, by_model)
