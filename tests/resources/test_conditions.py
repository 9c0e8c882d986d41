"""Conditions are always there, positive, and tell what is wrong."""

import pytest

from optipath_operator.resources import Problem, ResourceRef, Severity
from optipath_operator.resources.conditions import CONDITIONS, Condition, ConditionType, conditions

REF = ResourceRef("RoutingPolicy", "team-a", "chat")


def problem(severity: Severity, field: str = "spec.rules[0]", message: str = "is odd") -> Problem:
    return Problem(REF, field, severity, message)


def told(*problems: Problem) -> dict[ConditionType, Condition]:
    return {each.type: each for each in conditions("RoutingPolicy", 7, problems)}


CASES = {
    "nothing wrong": ((), ["True Accepted", "True ResolvedRefs", "Unknown Pending", "Unknown Pending"]),
    "invalid": ((Severity.INVALID,), ["False Invalid", "Unknown Pending", "Unknown Pending", "Unknown Pending"]),
    "unresolved": (
        (Severity.UNRESOLVED,),
        ["True Accepted", "False RefNotFound", "Unknown Pending", "Unknown Pending"],
    ),
    "denied": ((Severity.DENIED,), ["True Accepted", "False RefNotPermitted", "Unknown Pending", "Unknown Pending"]),
    "denied and unresolved": (
        (Severity.DENIED, Severity.UNRESOLVED),
        ["True Accepted", "False RefNotFound", "Unknown Pending", "Unknown Pending"],
    ),
    "a warning": ((Severity.WARNING,), ["True Accepted", "True ResolvedRefs", "Unknown Pending", "Unknown Pending"]),
    "invalid and unresolved": (
        (Severity.UNRESOLVED, Severity.INVALID),
        ["False Invalid", "Unknown Pending", "Unknown Pending", "Unknown Pending"],
    ),
}


@pytest.mark.parametrize(("severities", "expected"), CASES.values(), ids=CASES)
def test_problems_become_conditions(severities: tuple[Severity, ...], expected: list[str]) -> None:
    made = conditions("RoutingPolicy", 7, map(problem, severities))
    assert [f"{each.status} {each.reason}" for each in made] == expected


@pytest.mark.parametrize("kind", CONDITIONS)
def test_every_condition_of_a_kind_is_there_and_names_its_generation(kind: str) -> None:
    made = conditions(kind, 7, [])
    assert tuple(each.type for each in made) == CONDITIONS[kind]
    assert {each.observed_generation for each in made} == {7}


def test_an_accepted_resource_still_says_what_is_not_as_it_may_be_meant() -> None:
    made = told(problem(Severity.WARNING, "spec.later", "is not a field that this release knows"))
    assert made[ConditionType.ACCEPTED].message == "spec.later: is not a field that this release knows"


def test_each_condition_tells_of_its_own_problems() -> None:
    made = told(problem(Severity.UNRESOLVED, "spec.rules[1]", "names nobody"), problem(Severity.WARNING))
    assert made[ConditionType.ACCEPTED].message == "spec.rules[0]: is odd"
    assert made[ConditionType.RESOLVED_REFS].message == "spec.rules[1]: names nobody"


def test_what_is_missing_and_what_is_not_allowed_are_told_together() -> None:
    made = told(problem(Severity.UNRESOLVED, "spec.a", "names nobody"), problem(Severity.DENIED, "spec.b", "may not"))
    assert made[ConditionType.RESOLVED_REFS].message == "spec.a: names nobody; spec.b: may not"


def test_of_many_problems_the_first_are_told_and_the_others_counted() -> None:
    made = told(*(problem(Severity.INVALID, f"spec.rules[{index}]") for index in range(50)))
    assert made[ConditionType.ACCEPTED].message.endswith("spec.rules[7]: is odd; and 42 more")


def test_a_message_fits_into_a_status() -> None:
    made = told(problem(Severity.INVALID, message="x" * 100_000))
    assert len(made[ConditionType.ACCEPTED].message) == 32_768
