"""How long and how often a route tries."""

from typing import Annotated

from pydantic import Field

from optipath_snapshot.part import Part

Seconds = Annotated[float, Field(gt=0)]


class Resilience(Part):
    """Time-outs and attempts of one route. Defaults are clause C6 of the contract."""

    attempts: Annotated[int, Field(ge=1, le=3)] = 3
    """How many tries one request may take, the first included."""
    request_timeout_seconds: Seconds = 600.0
    """From the request's arrival to the end of its reply."""
    first_token_timeout_seconds: Seconds = 60.0
    """From the start of an attempt to its first content; keep-alives are none."""
    idle_timeout_seconds: Seconds = 30.0
    """The longest silence inside a streamed reply."""
