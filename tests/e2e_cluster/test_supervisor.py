from pathlib import Path

import pytest
from e2e.cluster.house import Supervisor
from e2e.cluster.parts import Address, Part

STORE = Part("store", ("store",))
SERVER = Part("server", ("server",), after=("http://store",))


class Machine:
    """Numbers processes as they start, and has addresses answer when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.answering: set[Address] = set()
        self.started: list[str] = []
        self.holds = folder
        self.supervisor = Supervisor([STORE, SERVER], self.start, self.answering.__contains__, folder)

    def start(self, part: Part) -> int:
        self.started.append(part.name)
        return len(self.started)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_part_starts_when_what_it_waits_for_answers(machine: Machine) -> None:
    machine.supervisor.look(0)
    assert machine.started == ["store"]
    machine.answering.add("http://store")
    machine.supervisor.look(1)
    machine.supervisor.look(2)
    assert machine.started == ["store", "server"]


def test_a_part_that_ended_starts_again_after_a_rest(machine: Machine) -> None:
    machine.supervisor.look(0)
    machine.supervisor.ended(1, now=5)
    machine.supervisor.look(5.5)
    assert machine.started == ["store"]
    machine.supervisor.look(6)
    assert machine.started == ["store", "store"]


def test_the_end_of_a_stranger_changes_nothing(machine: Machine) -> None:
    machine.supervisor.look(0)
    machine.supervisor.ended(99, now=0)
    machine.supervisor.look(10)
    assert machine.started == ["store"]


def test_a_held_part_is_killed_and_stays_down_until_it_is_let_go(machine: Machine) -> None:
    machine.supervisor.look(0)
    (machine.holds / "store").touch()
    assert machine.supervisor.look(1) == [1]
    machine.supervisor.ended(1, now=1)
    assert machine.supervisor.look(9) == []
    assert machine.started == ["store"]
    (machine.holds / "store").unlink()
    machine.supervisor.look(10)
    assert machine.started == ["store", "store"]
