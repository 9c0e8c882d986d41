"""Case F10, a few seconds of it: after a mix of all faults nothing is left behind. `make soak` has the long form."""

import asyncio
import os
from random import Random

import pytest
from e2e.soak.load import Load
from e2e.soak.mix import FAULTS, WELL, snapshot, turn

from optipath_cli.simulator import Simulator, behaviour
from support.router import Files, Router, running, until

REQUESTS_A_SECOND = 100


@pytest.mark.case("F10")
async def test_a_mix_of_all_faults_leaves_no_task_file_or_request_behind(simulator: Simulator, files: Files) -> None:
    files.put(snapshot(simulator.url))
    async with running(files.settings()) as router:
        await router.ask("mix-0")
        before = tasks(), open_files()
        load = Load(router.bound.api[0].port, simulator, Random(7))
        await load.run(2.5, REQUESTS_A_SECOND)
        await until(lambda: all_over(router, simulator))
        after = tasks(), open_files()
        kept = len(simulator._connections)
        assert (await router.ask("mix-0")).status_code == 200
    assert after[0] <= before[0] + kept
    # A connection that is kept has an end here and one at the simulator, which shares this process.
    assert after[1] <= before[1] + 2 * kept
    assert load.ends.total() == 2.5 * REQUESTS_A_SECOND
    assert set(load.ends) <= {"200", "400", "404", "422", "429", "502", "503", "504", "left"}


def tasks() -> int:
    """How many there are in this loop, the router's and the simulator's."""
    return len(asyncio.all_tasks())


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  a Path would open one more to look


async def all_over(router: Router, simulator: Simulator) -> bool:
    """Whether nobody is served any more, here or at the simulator."""
    served = await router.metric("optipath_requests_in_flight")
    return served == 0 and simulator.stats.in_flight == 0 and len(router_callers()) <= 1


def router_callers() -> list[asyncio.Task[object]]:
    """Requests that are being served."""
    return [task for task in asyncio.all_tasks() if "RequestResponseCycle" in repr(task.get_coro())]


@pytest.mark.case("F10")
def test_every_word_of_the_mix_says_something_and_the_same_seed_says_the_same() -> None:
    assert [fault for fault in FAULTS if len(behaviour(fault).words) != fault.count("+") + 1] == []
    first, second = Random(3), Random(3)
    turns = [turn(first) for _ in range(2000)]
    assert turns == [turn(second) for _ in range(2000)]
    assert {each.behaviour for each in turns} == {*FAULTS, WELL}
