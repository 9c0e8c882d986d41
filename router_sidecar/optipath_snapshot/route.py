"""Routes: which requests, ranked how, over which targets."""

from typing import Annotated

from pydantic import Field

from optipath_snapshot.part import Part
from optipath_snapshot.resilience import Resilience
from optipath_snapshot.strategy import Strategy


class PolicyRef(Part):
    """The RoutingPolicy that a route was compiled from."""

    namespace: str
    name: str
    generation: int

    @property
    def full_name(self) -> str:
        """Its name beyond its namespace, whatever its generation."""
        return f"{self.namespace}/{self.name}"

    def __str__(self) -> str:
        return f"{self.full_name}@{self.generation}"


class HeaderMatch(Part):
    """A header that a request must carry."""

    name: str
    """In lower case."""
    value: str


class Match(Part):
    """Which requests a route is for. All that is named must hold; an empty match holds for every request."""

    models: tuple[str, ...] = ()
    """Exact names and globs (`*` any run of signs, `?` any one), one of which must fit the name asked for."""
    headers: tuple[HeaderMatch, ...] = ()


class RouteTarget(Part):
    """A target as one route uses it."""

    target: str
    """The name of a target in the same snapshot."""
    weight: Annotated[int, Field(ge=0)] = 1


class Route(Part):
    """One rule of one policy."""

    policy: PolicyRef
    rule: str
    workload: dict[str, str] = {}
    """Labels that a pod must have for the route to be its own; none named means every pod."""
    match: Match = Match()
    strategy: Strategy
    targets: tuple[RouteTarget, ...]
    """Empty where nothing that the rule names can be resolved: such a route refuses, it does not fall through."""
    resilience: Resilience = Resilience()
