"""Bodies that are no answers, or far too large: B01, B02."""

import json
import re
from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.router import Files, Program, chain, program, running

MOST_MIB = 200
"""Clause C9: a plain proxy needs 1,248 for the same."""
NO_ANSWERS = ("badjson", "empty", "error-200", "null", "wrong-type", "double-key+null", "bom+badjson")
ODD_ANSWERS = ("bom", "double-key")
QUICK = {"backoff_base_seconds": 0.01, "backoff_max_seconds": 0.02}


@pytest.mark.case("B01")
@pytest.mark.parametrize("fault", NO_ANSWERS)
async def test_what_is_no_answer_is_replaced_and_never_shown(fault: str, simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = fault
    files.put(chain(simulator.url, "main", "second", resilience=QUICK))
    async with running(files.settings()) as router:
        answer, stream = await router.ask(), await router.stream()
        simulator.map["second"] = fault
        failed = await router.ask()
    assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
    assert answer.json()["choices"][0]["message"]["content"].startswith("I am second. ")
    assert stream.finished
    assert stream.answer.headers["x-optipath-model"] == "second"
    assert stream.text.startswith("I am second. ")
    assert (failed.status_code, failed.json()["error"]["code"]) == (502, "all_attempts_failed")


@pytest.mark.case("B01")
@pytest.mark.parametrize("oddity", ODD_ANSWERS)
async def test_what_is_odd_and_still_an_answer_is_passed_on_as_it_is(
    oddity: str, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = oddity
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router:
        answer = await router.ask()
    assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "main")
    said = json.loads(answer.content.removeprefix(b"\xef\xbb\xbf"))
    assert said["choices"][0]["message"]["content"].startswith("I am main. ")
    assert answer.content.startswith(b"\xef\xbb\xbf") == (oddity == "bom")


@pytest.mark.case("B01", "B02")
async def test_bodies_without_measure_are_not_read_to_their_end(simulator: Simulator, files: Files) -> None:
    files.put(chain(simulator.url, "main", "second", resilience=QUICK))
    async with program(files.environment()) as started:
        router = started.router
        for fault, streams in (("huge-body-200", False), ("gzip-bomb-400", False), ("gzip-bomb-400", True)):
            simulator.map |= {"main": fault, "second": "ok"}
            answer = await router.ask(stream=streams)
            assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
            simulator.map["second"] = fault
            failed = await router.ask(stream=streams)
            assert (failed.status_code, failed.json()["error"]["code"]) == (502, "all_attempts_failed")
        assert peak_mib(started) <= MOST_MIB
    # At most three attempts at the huge body were read, and each only up to the 32 MiB that an answer may have.
    assert simulator.stats.bytes_sent < 4 * 40 * 2**20


def peak_mib(started: Program) -> float:
    """The most memory that a router has had, in MiB."""
    status = Path(f"/proc/{started.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024
