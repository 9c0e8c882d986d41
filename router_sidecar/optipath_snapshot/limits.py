"""Limits: how many requests one router may have under way, and how many may wait."""

from typing import Annotated

from pydantic import Field

from optipath_snapshot.part import Part
from optipath_snapshot.policy import PolicyRef


class Concurrency(Part):
    """A bound on requests under way in one router, which means in one pod."""

    policy: PolicyRef
    """Whose rules it counts, whoever says how many; of a bound on all requests, who says so."""
    whole: bool = False
    """Whether it counts every request of the router; otherwise those that the policy's own rules route."""
    workload: dict[str, str] = {}
    """Labels that a pod must have for it to hold there."""
    max_concurrent: Annotated[int, Field(gt=0)]
    queue_length: Annotated[int, Field(ge=0)] = 0
    """How many more may wait for their turn; the next one is refused at once."""
    queue_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How long one may wait before it is refused."""
