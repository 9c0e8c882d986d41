"""What a policy inherits, as its status tells it: who says which field, coarse and bounded."""

from optipath_operator.reconcile.inherited import Inherited, inherited
from optipath_operator.resources import ResourceRef
from optipath_snapshot import Ordered, PolicyRef, Route, Snapshot

CHAT = ResourceRef("RoutingPolicy", "team-a", "chat")


def route(rule: str, *, policy: str = "chat", **provenance: str) -> Route:
    return Route(
        policy=PolicyRef(namespace="team-a", name=policy, generation=1),
        rule=rule,
        strategy=Ordered(),
        targets=(),
        provenance=provenance,
    )


def snapshot(*routes: Route) -> Snapshot:
    return Snapshot(namespace="team-a", routes=routes)


def test_a_field_is_told_once_for_all_rules_of_a_policy_in_an_order_of_its_own() -> None:
    found = inherited(
        snapshot(route("two", idleTimeout="sys/gold@1", attempts="sys/bronze@2"), route("one", attempts="sys/bronze@2"))
    )
    assert found == {CHAT: (Inherited("sys/bronze", "attempts"), Inherited("sys/gold", "idleTimeout"))}


def test_an_edit_of_the_policy_above_that_changes_no_field_here_is_no_news() -> None:
    before, after = (inherited(snapshot(route("one", attempts=f"sys/bronze@{n}"))) for n in (1, 2))
    assert before == after


def test_who_inherits_nothing_is_not_named() -> None:
    assert inherited(snapshot(route("one"), route("two", policy="other", attempts="sys/bronze@1"))).keys() == {
        ResourceRef("RoutingPolicy", "team-a", "other")
    }


def test_a_status_tells_of_so_many_and_no_more() -> None:
    many = {f"field{number:03}": "sys/bronze@1" for number in range(100)}
    found = inherited(snapshot(route("one", **many)))[CHAT]
    assert [each.field for each in found] == sorted(many)[:32]
