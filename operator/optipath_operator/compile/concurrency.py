"""How many requests of a policy may be under way at once, and of all of a router's."""

from dataclasses import dataclass

from optipath_operator.compile.clamps import Bound
from optipath_operator.resources import PolicyLimitsSpec
from optipath_operator.resources.scalars import seconds
from optipath_snapshot import Concurrency, PolicyRef


@dataclass(frozen=True, slots=True)
class Limited:
    """What may be under way of one policy."""

    concurrency: Concurrency | None
    """None where it has no limit of its own."""
    origin: PolicyRef | None
    """Who says how many."""
    note: str | None = None
    """What holds otherwise than written."""


def limit(
    own: PolicyLimitsSpec | None,
    default: tuple[PolicyRef, PolicyLimitsSpec] | None,
    bound: Bound | None,
    policy: PolicyRef,
    workload: dict[str, str],
) -> Limited:
    """The limit of a policy: what it says itself, or else the default from above, within what is allowed at all."""
    origin, limits = (policy, own) if own is not None else default or (None, None)
    if limits is None or origin is None:
        return Limited(None, bound.policy if bound else None)
    most, note = limits.max_concurrent, None
    if bound is not None and most > bound.most:
        if own is not None:
            note = f"is {most}, and policy '{bound.policy.full_name}' allows {bound.most:g}, which holds"
        origin, most = bound.policy, int(bound.most)
    queue = limits.queue
    concurrency = Concurrency(
        policy=policy,
        workload=workload,
        max_concurrent=most,
        queue_length=queue.length if queue else 0,
        queue_seconds=seconds(queue.timeout) if queue else 0.0,
    )
    return Limited(concurrency, origin, note)


def of_all(bound: Bound) -> Concurrency:
    """What may be under way in a router at all."""
    return Concurrency(policy=bound.policy, whole=True, max_concurrent=int(bound.most))
