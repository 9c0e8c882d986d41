"""Routes: which requests, ranked how, over which targets."""

from typing import Annotated

from pydantic import Field

from optipath_snapshot.match import Match
from optipath_snapshot.part import Part
from optipath_snapshot.policy import PolicyRef
from optipath_snapshot.resilience import Resilience
from optipath_snapshot.strategy import Strategy


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
    may_lose: tuple[str, ...] | None = None
    """What a target's dialect need not be able to say; None for what no answer hangs on."""
    provenance: dict[str, str] = {}
    """Which policy each field comes from that the route's own does not say, as `namespace/name@generation`.

    By a field's name as users write it, such as `resilience.attempts`.
    """
