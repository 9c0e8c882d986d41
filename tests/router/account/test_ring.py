"""How many decisions are kept."""

from optipath_router.account import Decisions, Record
from optipath_router.chat.features import Features
from optipath_router.decide import Health, decide, make_plan
from support.builders import route, snapshot


def record(number: int, targets: int) -> Record:
    """A record that has considered so many targets."""
    plan = make_plan(snapshot(targets=[f"acme/model-{each}" for each in range(targets)]), "sha256:0", {})
    decision = decide(Features("auto", 10), plan, Health(), 0)
    return Record(f"decision-{number}", "", 0.0, 0.0, decision, (), (), None, 200, "ok", streamed=False)


def test_the_latest_are_kept() -> None:
    decisions = Decisions(at_most=3)
    for number in range(5):
        decisions.add(record(number, targets=1))
    assert [decisions.get(f"decision-{number}") is not None for number in range(5)] == [False, False, True, True, True]


def test_fewer_are_kept_where_each_has_considered_many_targets() -> None:
    decisions = Decisions(at_most=1000, targets_at_most=50)
    for number in range(10):
        decisions.add(record(number, targets=20))
    assert len(decisions) == 2
    for number in range(10, 30):
        decisions.add(record(number, targets=1))
    assert decisions.get("decision-10") is not None


def test_one_is_kept_however_many_targets_it_has_considered() -> None:
    decisions = Decisions(targets_at_most=50)
    decisions.add(record(1, targets=100))
    assert decisions.get("decision-1") is not None


def asked_of(number: int, rules: int) -> Record:
    """A record that has asked so many rules."""
    made = (route("acme/small", rule=f"rule-{each}", models=["another"]) for each in range(rules))
    decision = decide(Features("auto", 10), make_plan(snapshot(*made), "sha256:0", {}), Health(), 0)
    return Record(f"decision-{number}", "", 0.0, 0.0, decision, (), (), None, 200, "ok", streamed=False)


def test_fewer_are_kept_where_each_has_asked_many_rules() -> None:
    decisions = Decisions(rules_at_most=50)
    for number in range(10):
        decisions.add(asked_of(number, rules=20))
    assert len(decisions) == 2
    decisions.add(asked_of(10, rules=100))
    assert len(decisions) == 1
    assert decisions.get("decision-10") is not None


def test_one_that_is_added_again_counts_once() -> None:
    decisions = Decisions(targets_at_most=50)
    for _ in range(10):
        decisions.add(record(1, targets=20))
    decisions.add(record(2, targets=20))
    assert len(decisions) == 2
