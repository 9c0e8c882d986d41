"""Data boundaries: which providers may get what."""

from typing import Annotated, Literal

from pydantic import Field

from optipath_snapshot.part import Part
from optipath_snapshot.policy import PolicyRef

Locality = Literal["Cluster", "External"]
Days = Annotated[int, Field(ge=0)]


class Handling(Part):
    """What becomes of a request at a provider, as its ModelProvider says. What it leaves open is admitted nowhere."""

    locality: Locality = "External"
    region: str | None = None
    retention_days: Days | None = None
    """How long what is sent is kept; 0 is not at all."""


class Boundary(Part):
    """Where requests may go, whichever rule routes them. All that is named must hold of a provider."""

    policy: PolicyRef
    name: str
    workload: dict[str, str] = {}
    """Labels that a pod must have for the boundary to bind it; none named means every pod."""
    sensitivity: tuple[str, ...] = ()
    """Which requests: those in which any of these was found, or may be. None named means every request."""
    locality: Locality | None = None
    regions: tuple[str, ...] = ()
    """Each admits itself, and those that begin with it and a hyphen."""
    retention_days: Days | None = None
    """The longest that is admitted."""


class Hints(Part):
    """What a policy says of callers' hints."""

    policy: PolicyRef
    workload: dict[str, str] = {}
    allowed: bool


def why_not_admitted(boundary: Boundary, handling: Handling) -> str:
    """What a provider does that a boundary does not admit, to be read after the provider's name; empty if nothing."""
    if boundary.locality == "Cluster" and handling.locality != "Cluster":
        return "is not in the cluster"
    if boundary.regions and not any(_holds(region, handling.region) for region in boundary.regions):
        where = f"is in region {handling.region}" if handling.region else "does not say its region"
        return f"{where}, and must be in {' or '.join(boundary.regions)}"
    if boundary.retention_days is not None:
        wanted = _days(boundary.retention_days)
        if handling.retention_days is None:
            return f"does not say how long it keeps requests, and may do so for {wanted}"
        if handling.retention_days > boundary.retention_days:
            return f"keeps requests for {_days(handling.retention_days)}, and may do so for {wanted}"
    return ""


def _holds(region: str, other: str | None) -> bool:
    return other is not None and (other == region or other.startswith(f"{region}-"))


def _days(count: int) -> str:
    return f"{count} day{'s' * (count != 1)}" if count else "no time"
