"""Processes on a core of their own, and what the kernel says of them."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.bench.rig.tools import CannotMeasure

_STOPPING_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Cores:
    """Two cores: upstreams and load share one, the proxy under test has the other."""

    load: int
    proxy: int


def cores() -> Cores:
    """The first two cores that we may run on; raises CannotMeasure where there is but one."""
    match sorted(os.sched_getaffinity(0)):
        case [load, proxy, *_]:
            return Cores(load, proxy)
        case _:
            raise CannotMeasure("two cores are needed, one for the load and one for the proxy under test")


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this process, and what it starts, on a core for as long as the block lasts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(frozen=True, slots=True)
class Process:
    """A running program, and the file that it writes its log to."""

    pid: int
    log: Path
    popen: "subprocess.Popen[bytes]"

    def cpu_seconds(self) -> float:
        """Processor time of all its threads, to the nanosecond."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def resident_mib(self) -> float:
        """Memory that it holds."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) / 1024


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, *, core: int, environment: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A program for as long as the block lasts; it ends with us, however we end."""
    pinned = ["taskset", "--cpu-list", str(core), "setpriv", "--pdeathsig", "TERM", *command]
    with log.open("wb") as output:
        popen = subprocess.Popen(pinned, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    try:
        yield Process(popen.pid, log, popen)
    finally:
        popen.terminate()
        try:
            popen.wait(_STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()
