"""The agenda: who is due, in turns, and so many at once."""

from optipath_operator.channel.agenda import Agenda
from optipath_operator.channel.router import NEVER


def agenda(*due: tuple[str, float], at_once: int = 100, in_namespace: int = 100) -> Agenda:
    made = Agenda(at_once=at_once, in_namespace=in_namespace)
    for key, moment in due:
        namespace, _, pod = key.partition("/")
        made.at((namespace, pod), moment)
    return made


def taken(of: Agenda, now: float) -> list[str]:
    found = []
    while (key := of.next(now)) is not None:
        found.append("/".join(key))
    return found


def test_who_is_due_is_taken_once_when_the_moment_has_come() -> None:
    made = agenda(("a/x", 5.0), ("a/y", 3.0))
    assert [taken(made, now) for now in (2.0, 3.0, 9.0, 9.0)] == [[], ["a/y"], ["a/x"], []]


def test_the_latest_moment_that_was_said_holds() -> None:
    made = agenda(
        ("a/later", 1.0), ("a/sooner", 9.0), ("a/never", 1.0), ("a/later", 8.0), ("a/sooner", 2.0), ("a/never", NEVER)
    )
    assert [taken(made, now) for now in (2.0, 8.0)] == [["a/sooner"], ["a/later"]]


def test_namespaces_take_turns() -> None:
    made = agenda(*((f"large/{number}", 0.0) for number in range(100)), ("small/x", 0.0), at_once=3)
    assert "small/x" in taken(made, 1.0)


def test_a_namespace_has_few_at_a_time_and_keeps_no_other_waiting() -> None:
    made = agenda(*((f"slow/{number}", 0.0) for number in range(50)), ("quick/x", 0.0), at_once=10, in_namespace=4)
    first = taken(made, 1.0)
    assert (len(first), "quick/x" in first) == (5, True)
    made.done(("slow", "0"))
    assert taken(made, 1.0) == ["slow/4"]


def test_so_many_at_once_and_no_more() -> None:
    made = agenda(*((f"n{number}/x", 0.0) for number in range(10)), at_once=4)
    assert len(taken(made, 1.0)) == 4
    made.done(("n0", "x"))
    assert len(taken(made, 1.0)) == 1


def test_what_waits_is_forgotten_by_one_that_leads_no_more() -> None:
    made = agenda(("a/x", 0.0), ("a/y", 5.0))
    made.clear()
    assert taken(made, 9.0) == []
