"""How much of a router a policy may take."""

from typing import Annotated

from pydantic import Field

from optipath_operator.resources.base import Spec
from optipath_operator.resources.scalars import Duration

MaxConcurrent = Annotated[int, Field(strict=True, ge=1, le=100_000)]


class QueueSpec(Spec):
    """Requests that wait for their turn; without a queue, the next one is refused at once."""

    length: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    """How many may wait; the next one is refused at once."""
    timeout: Duration
    """How long one may wait before it is refused."""


class PolicyLimitsSpec(Spec):
    """How many requests may be under way at once."""

    max_concurrent: MaxConcurrent
    """How many requests of the policy's rules each router, which means each pod, may have under way at once."""
    queue: QueueSpec | None = None
    """How many more may wait, and for how long."""
