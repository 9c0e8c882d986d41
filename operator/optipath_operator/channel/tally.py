"""Routers counted, and what is said of a policy by it. Values only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from optipath_operator.channel.router import Router, State
from optipath_operator.resources.conditions import Condition, ConditionType, Reason, Truth


@dataclass(frozen=True, slots=True)
class Tally:
    """The routers that a policy applies to."""

    agree: int = 0
    stale: int = 0
    out_of_reach: int = 0
    unasked: int = 0
    waits: bool = False
    """Whether more will be known in a moment."""
    example: str = ""
    """A pod to look at: one that is stale, or else one out of reach."""
    shut: bool = False
    """Whether nobody can be asked, for want of a key."""

    @property
    def total(self) -> int:
        """How many there are."""
        return self.agree + self.stale + self.out_of_reach + self.unasked

    @property
    def figure(self) -> str:
        """Those that have the newest configuration, of all there are."""
        return f"{'?' if self.shut and self.total else self.agree}/{self.total}"


def tally(routers: Mapping[str, Router], selector: Mapping[str, str], *, shut: bool) -> Tally:
    """Count the routers, by their pods' names, whose labels a selector matches."""
    chosen = [
        (name, each)
        for name, each in routers.items()
        if each.state is not State.LEAVING and selector.items() <= each.labels.items()
    ]
    counts = Counter(each.state for _, each in chosen)
    odd = State.STALE if counts[State.STALE] else State.OUT_OF_REACH
    return Tally(
        counts[State.AGREES],
        counts[State.STALE],
        counts[State.OUT_OF_REACH],
        counts[State.UNASKED],
        waits=any(each.awaited for _, each in chosen),
        # Always the same one, as long as it is odd: another one would be another message.
        example=min((name for name, each in chosen if each.state is odd), default=""),
        shut=shut,
    )


def propagated(counted: Tally, generation: int) -> Condition:
    """The condition that a policy's routers give it."""
    return Condition(ConditionType.PROPAGATED, *_said(counted), generation)


def _said(counted: Tally) -> tuple[Truth, Reason, str]:
    total = counted.total
    if not total:
        return Truth.TRUE, Reason.NO_ROUTERS, "no pod in this namespace has a router that it applies to"
    if counted.shut:
        return Truth.UNKNOWN, Reason.NOT_ASKED, "the operator has no key to ask routers with: its log says why"
    if counted.waits:
        return Truth.UNKNOWN, Reason.PENDING, "routers are being asked"
    return _found(counted, total)


def _found(counted: Tally, total: int) -> tuple[Truth, Reason, str]:
    """What is said once all have been asked who can be."""
    pod = f"such as pod {counted.example!r}"
    if counted.stale:
        told = f"{counted.stale} of {total} routers have another configuration than the newest, {pod}"
        unreached = f"; {counted.out_of_reach} could not be asked" if counted.out_of_reach else ""
        return Truth.FALSE, Reason.STALE, told + unreached
    if counted.agree:
        unreached = f"{counted.out_of_reach} of {total} routers could not be asked, {pod}"
        return Truth.TRUE, Reason.PROPAGATED, unreached if counted.out_of_reach else ""
    if counted.out_of_reach:
        told = f"none of {total} routers could be asked, {pod}: does a NetworkPolicy keep the operator from port 7081?"
        return Truth.UNKNOWN, Reason.OUT_OF_REACH, told
    return Truth.UNKNOWN, Reason.PENDING, "no router is ready"
