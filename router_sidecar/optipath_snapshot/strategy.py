"""Ways to rank the targets of a route."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from optipath_snapshot.money import Dollars, Fraction
from optipath_snapshot.part import Part


class Ordered(Part):
    """In the order in which the targets are written."""

    kind: Literal["ordered"] = "ordered"


class StickyHeader(Part):
    """One draw for all requests whose header has the same value."""

    kind: Literal["header"] = "header"
    name: str
    """In lower case."""


class StickyConversation(Part):
    """One draw for all turns of a conversation."""

    kind: Literal["conversation"] = "conversation"


Sticky = Annotated[StickyHeader | StickyConversation, Field(discriminator="kind")]


class Weighted(Part):
    """By a draw in which each target's weight is its share."""

    kind: Literal["weighted"] = "weighted"
    sticky: Sticky | None = None
    """What keeps its draw; None draws for each request anew, as does a request that lacks it."""


class RoundRobin(Part):
    """Each in its turn."""

    kind: Literal["roundRobin"] = "roundRobin"


class LeastBusy(Part):
    """The fewest attempts under way first; equal ones in turn."""

    kind: Literal["leastBusy"] = "leastBusy"


class LowestCost(Part):
    """The lowest predicted cost of the request first."""

    kind: Literal["lowestCost"] = "lowestCost"


class LowestLatency(Part):
    """The shortest predicted time first: to the first content of a stream, to the end of any other answer."""

    kind: Literal["lowestLatency"] = "lowestLatency"


class HighestQuality(Part):
    """The highest predicted quality on the request first."""

    kind: Literal["highestQuality"] = "highestQuality"


class Balanced(Part):
    """By a sum of cost, latency, quality and reliability, each times its weight over the sum of all weights."""

    kind: Literal["balanced"] = "balanced"
    cost: Fraction = Decimal(0)
    latency: Fraction = Decimal(0)
    quality: Fraction = Decimal(0)
    reliability: Fraction = Decimal(0)


class QualityFloor(Part):
    """Of those whose predicted quality reaches a floor, the most quality for a dollar first; then all others."""

    kind: Literal["qualityFloor"] = "qualityFloor"
    min_quality: Fraction


class CostCeiling(Part):
    """Of those whose predicted cost is within a ceiling, the highest predicted quality first; no others."""

    kind: Literal["costCeiling"] = "costCeiling"
    max_cost: Dollars
    """Dollars a request."""


class Plugin(Part):
    """By a strategy that is installed beside the router, under an entry point of this name."""

    kind: Literal["plugin"] = "plugin"
    name: str
    config: dict[str, str] = {}
    """What it is told; its own to understand."""


Strategy = Annotated[
    Ordered
    | Weighted
    | RoundRobin
    | LeastBusy
    | LowestCost
    | LowestLatency
    | HighestQuality
    | Balanced
    | QualityFloor
    | CostCeiling
    | Plugin,
    Field(discriminator="kind"),
]
