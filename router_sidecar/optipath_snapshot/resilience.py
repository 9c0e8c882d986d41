"""How long and how often a route tries."""

from typing import Annotated, Literal

from pydantic import Field

from optipath_snapshot.part import Part

Seconds = Annotated[float, Field(gt=0)]


class HedgeQuantile(Part):
    """After the time in which this share of the target's own latest answers had begun."""

    kind: Literal["quantile"] = "quantile"
    quantile: Annotated[float, Field(gt=0, lt=1)]


class HedgeDelay(Part):
    """After a fixed time."""

    kind: Literal["delay"] = "delay"
    seconds: Seconds


HedgeAfter = Annotated[HedgeQuantile | HedgeDelay, Field(discriminator="kind")]


class Resilience(Part):
    """Time-outs and attempts of one route. Defaults are clauses C3 and C6 of the contract."""

    attempts: Annotated[int, Field(ge=1, le=3)] = 3
    """How many tries one request may take, the first included."""
    request_timeout_seconds: Seconds = 600.0
    """From the request's arrival to the end of its reply."""
    connect_timeout_seconds: Seconds = 5.0
    """From the wish for a connection to one that is open."""
    first_token_timeout_seconds: Seconds = 60.0
    """From the start of an attempt to its first content; keep-alives are none."""
    idle_timeout_seconds: Seconds = 30.0
    """The longest silence inside a streamed reply."""
    backoff_base_seconds: Seconds = 0.25
    """The least time before the same target is tried again; what chance adds to it doubles with each try."""
    backoff_max_seconds: Seconds = 8.0
    """The most time before the same target is tried again. A provider that asks for more is not waited for."""
    hedge: HedgeAfter | None = None
    """When a second attempt starts beside one that is still silent; None is never."""
