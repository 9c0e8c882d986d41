"""A snapshot: all that a router needs to know of its namespace."""

from collections.abc import Collection, Hashable, Sequence
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from optipath_snapshot.boundary import Boundary, Hints
from optipath_snapshot.egress import Egress
from optipath_snapshot.limits import Concurrency
from optipath_snapshot.part import Part
from optipath_snapshot.resilience import Resilience
from optipath_snapshot.route import Route
from optipath_snapshot.target import Provider, Target


class Classifier(Part):
    """A recogniser that is installed beside the router, under an entry point of this name."""

    name: str
    config: dict[str, str] = {}
    """What it is told; its own to understand."""
    workload: dict[str, str] = {}
    """Labels that a pod must have for it to be asked there."""


class Snapshot(Part):
    """One namespace's compiled configuration."""

    namespace: str
    tier: str | None = None
    """The SLA class of the namespace, as its label says."""
    providers: tuple[Provider, ...] = ()
    targets: tuple[Target, ...] = ()
    routes: tuple[Route, ...] = ()
    """In the order in which they are asked; the first that matches is taken."""
    boundaries: tuple[Boundary, ...] = ()
    """All of those that bind a pod hold for it, in any order."""
    hints: tuple[Hints, ...] = ()
    """In order of precedence; the first that is for a pod holds, and without one hints count for nothing."""
    classifiers: tuple[Classifier, ...] = ()
    """In the order in which they are asked; what a later one sees goes before what an earlier one saw."""
    concurrency: tuple[Concurrency, ...] = ()
    """All of those that bind a pod hold for it, in any order."""
    resilience: Resilience = Resilience()
    """For requests that no route matches, which ask for a model or an alias by its name."""
    egress: Egress = Egress()
    status_token_sha256: str | None = None
    """Hash of the token that opens the router's /status; None keeps it shut."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        # By place, not by name: what a router logs of a refused file quotes none of its content.
        providers = _unique("providers", [provider.name for provider in self.providers])
        targets = _unique("targets", [target.name for target in self.targets])
        _unique("routes", [(route.policy.namespace, route.policy.name, route.rule) for route in self.routes])
        for index, target in enumerate(self.targets):
            if target.provider not in providers:
                raise _broken(f"targets[{index}]", "names a provider that is not there")
        for index, route in enumerate(self.routes):
            for place, used in enumerate(route.targets):
                if used.target not in targets:
                    raise _broken(f"routes[{index}].targets[{place}]", "names a target that is not there")
        return self


def _unique(field: str, names: Sequence[Hashable]) -> Collection[Hashable]:
    """The names, which must be there once each."""
    first = {name: index for index, name in reversed(list(enumerate(names)))}
    for index, name in enumerate(names):
        if first[name] != index:
            raise _broken(f"{field}[{index}]", f"has the name of {field}[{first[name]}]")
    return first.keys()


def _broken(where: str, how: str) -> PydanticCustomError:
    return PydanticCustomError("snapshot", "{where} {how}", {"where": where, "how": how})
