"""Ways to rank the targets of a route."""

from typing import Annotated, Literal

from pydantic import Field

from optipath_snapshot.part import Part


class Ordered(Part):
    """In the order in which the targets are written."""

    kind: Literal["ordered"] = "ordered"


class Weighted(Part):
    """By a draw in which each target's weight is its share."""

    kind: Literal["weighted"] = "weighted"


class RoundRobin(Part):
    """Each in its turn."""

    kind: Literal["roundRobin"] = "roundRobin"


Strategy = Annotated[Ordered | Weighted | RoundRobin, Field(discriminator="kind")]
