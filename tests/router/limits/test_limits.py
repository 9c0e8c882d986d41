"""Which limits bind a request, and what a reload does with them."""

from typing import Any

from optipath_router.call.limits import Limits, leave
from optipath_router.call.limits.limit import Held
from optipath_snapshot import Concurrency, PolicyRef
from support.clock import Clock


def policy(name: str, namespace: str = "team-a", generation: int = 1) -> PolicyRef:
    return PolicyRef(namespace=namespace, name=name, generation=generation)


def concurrency(name: str, most: int, **given: Any) -> Concurrency:
    return Concurrency(policy=policy(name), max_concurrent=most, **given)


def binding(limits: Limits, name: str | None) -> list[tuple[str, int]]:
    """The limits that bind a request of this policy's, by policy and bound."""
    found = limits.binding(policy(name, generation=7) if name else None)
    return [(limit.concurrency.policy.name, limit.concurrency.max_concurrent) for limit in found]


def entered(limits: Limits, name: str | None) -> Held:
    """The places of a request of this policy's, as long as there are any."""
    places = [limit.enter() for limit in limits.binding(policy(name) if name else None)]
    return [place for place in places if place is not None]


def test_a_policy_binds_what_its_own_rules_route_and_a_whole_one_everything() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("tier", 16, whole=True), concurrency("chat", 4), concurrency("mail", 2)])
    assert binding(limits, "chat") == [("chat", 4), ("tier", 16)]
    assert binding(limits, "mail") == [("mail", 2), ("tier", 16)]
    assert binding(limits, "other") == [("tier", 16)]
    assert binding(limits, None) == [("tier", 16)]


def test_without_limits_nothing_binds() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("chat", 4)])
    limits.take([])
    assert binding(limits, "chat") == []
    assert list(limits) == []


def test_of_two_that_count_the_same_the_stricter_holds() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("chat", 3), concurrency("chat", 2), concurrency("chat", 5)])
    assert binding(limits, "chat") == [("chat", 2)]


def test_a_reload_keeps_the_count_and_changes_the_bound() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("chat", 2)])
    under_way = [entered(limits, "chat") for _ in range(2)]
    limits.take([concurrency("chat", 3)])
    assert entered(limits, "chat")
    assert not entered(limits, "chat")
    limits.take([concurrency("chat", 1)])
    for held in under_way:
        leave(held)
    assert not entered(limits, "chat"), "the third is still under way"


def test_a_limit_that_comes_back_counts_who_is_still_under_way() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("chat", 1)])
    held = entered(limits, "chat")
    limits.take([])
    limits.take([concurrency("chat", 1)])
    assert not entered(limits, "chat")
    leave(held)
    assert entered(limits, "chat")


def test_what_is_gone_is_forgotten_when_nobody_counts_in_it_any_more() -> None:
    limits = Limits(Clock())
    for number in range(100):
        limits.take([concurrency(f"policy-{number}", 1)])
    assert len(limits._limits) == 1


def test_a_place_in_a_limit_that_is_gone_may_be_left() -> None:
    limits = Limits(Clock())
    limits.take([concurrency("tier", 1, whole=True)])
    held = entered(limits, None)
    limits.take([])
    leave(held)
    limits.take([concurrency("tier", 1, whole=True)])
    assert entered(limits, None)
