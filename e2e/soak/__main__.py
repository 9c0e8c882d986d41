"""The soak: a seeded mix of all faults at 50 requests a second, and a verdict.

Clause C9 and case F10: memory grows by less than 1 MiB in ten minutes and
never beyond 200 MiB, files are as many at the end as at the begin, and the
router is still the one that was started.
"""

import asyncio
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from e2e.bench.rig.client import Client
from e2e.bench.rig.process import cores
from e2e.bench.rig.router import Router, router
from e2e.soak.load import Load
from e2e.soak.mix import snapshot
from e2e.soak.reading import Reading, Value, floors, peak_mib, per_ten_minutes, read
from optipath_cli.simulator import Simulator

_PER_SECOND = 50.0
_WARM_UP_SHARE = 0.2
_QUIET_SECONDS = 8.0
"""After the last request: the longest connections in their patience, idle ones have been closed or are kept."""
_RELOAD_SECONDS = 30.0
_MOST_MIB, _MOST_GROWTH_MIB = 200.0, 1.0
_MOST_FILES = 16
"""More than at the begin: connections to providers that are kept for the next request."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was seen."""

    load: Load
    readings: list[Reading]
    peak: float
    before: Reading
    after: Reading
    in_flight: float
    """Requests that the router still serves when all callers have gone."""
    restarts: int
    errors: list[str]
    """Lines of its log."""
    attempts: Counter[str]
    """By outcome."""
    lag: float
    """Share of the loop's beats that came more than 100 ms late."""

    def missed(self) -> Iterator[str]:
        """What was promised and not kept."""
        if (growth := self.growth()) >= _MOST_GROWTH_MIB:
            yield f"memory grows by {growth:.2f} MiB in ten minutes, not by less than {_MOST_GROWTH_MIB:g}"
        if self.peak > _MOST_MIB:
            yield f"memory went up to {self.peak:.0f} MiB, more than {_MOST_MIB:g}"
        if (more := self.after.files - self.before.files) > _MOST_FILES:
            yield f"{more} more files are open at the end than at the begin"
        if self.in_flight:
            yield f"{self.in_flight:g} requests are in flight though everybody has gone"
        if self.restarts:
            yield "the router has ended"
        if self.errors:
            yield f"the router has logged {len(self.errors)} errors, the first: {self.errors[0][:500]}"
        if silent := self.load.ends["no end"] + self.load.ends["no connection"]:
            yield f"{silent} requests had no end or no connection"

    @property
    def memory(self) -> list[Value]:
        """Memory in MiB over time."""
        return [(each.seconds, each.resident_mib) for each in self.readings]

    def growth(self) -> float:
        """Of memory, in MiB in ten minutes."""
        return per_ten_minutes(self.memory)

    def figures(self) -> Iterator[str]:
        """What there is to tell, a line each."""
        files = per_ten_minutes([(each.seconds, each.files) for each in self.readings])
        yield f"requests           {_listed(self.load.ends)}"
        yield f"attempts           {_listed(self.attempts)}"
        yield f"memory at rest     {self.before.resident_mib:.1f} MiB before, {self.after.resident_mib:.1f} MiB after"
        yield f"memory at most     {self.peak:.1f} MiB"
        yield "memory over time   " + " ".join(f"{mib:.0f}" for _, mib in floors(self.memory)) + " MiB"
        yield f"memory slope       {self.growth():+.2f} MiB in ten minutes"
        yield f"files at rest      {self.before.files} before, {self.after.files} after"
        yield f"files slope        {files:+.1f} in ten minutes"
        yield f"in flight at end   {self.in_flight:g}"
        yield f"restarts           {self.restarts}"
        yield f"loop beats late    {self.lag:.3%} by more than 100 ms"


async def soak(seconds: float, seed: int) -> Soaked:
    """Soak a router for so long, after a warm-up that is part of it."""
    with TemporaryDirectory() as folder:
        async with (
            Simulator() as simulator,
            router(Path(folder), snapshot(simulator.url), core=cores().proxy) as soaked,
        ):
            load, pid = Load(soaked.port, simulator, Random(seed)), soaked.process.pid
            await load.run(seconds * _WARM_UP_SHARE, _PER_SECOND)
            await asyncio.sleep(_QUIET_SECONDS)
            before, readings = read(pid), list[Reading]()
            watching = asyncio.create_task(_watch(pid, readings))
            reloading = asyncio.create_task(_reload(soaked, simulator.url))
            await load.run(seconds * (1 - _WARM_UP_SHARE), _PER_SECOND)
            reloading.cancel()
            watching.cancel()
            await asyncio.gather(reloading, watching, return_exceptions=True)
            await asyncio.sleep(_QUIET_SECONDS)
            metrics = await _metrics(soaked)
            beats = metrics["optipath_event_loop_lag_seconds_count"]
            return Soaked(
                load=load,
                readings=readings,
                peak=peak_mib(pid),
                before=before,
                after=read(pid),
                in_flight=metrics["optipath_requests_in_flight"],
                restarts=int(soaked.process.popen.poll() is not None),
                errors=[line for line in soaked.process.log.read_text().splitlines() if _is_error(line)],
                attempts=_by_outcome(metrics),
                lag=1 - metrics['optipath_event_loop_lag_seconds_bucket{le="0.1"}'] / beats,
            )


async def _watch(pid: int, readings: list[Reading]) -> None:
    while True:
        await asyncio.sleep(1)
        readings.append(read(pid))


async def _reload(soaked: Router, url: str) -> None:
    """New snapshots under load, as a cluster at work brings them."""
    generation = 1
    while True:
        await asyncio.sleep(_RELOAD_SECONDS)
        generation += 1
        soaked.mounted.put(snapshot(url), generation)


async def _metrics(soaked: Router) -> dict[str, float]:
    client = Client(soaked.admin)
    lines = (await client.get("/metrics")).body.decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def _by_outcome(metrics: Mapping[str, float]) -> Counter[str]:
    counted = Counter[str]()
    for name, value in metrics.items():
        if found := re.match(r'optipath_attempts_total\{outcome="(\w+)"', name):
            counted[found[1]] += int(value)
    return counted


def _listed(counted: Counter[str]) -> str:
    return f"{counted.total()}: " + ", ".join(f"{count} {what}" for what, count in counted.most_common())


def _is_error(line: str) -> bool:
    return '"ERROR"' in line or '"exception"' in line or not line.startswith("{")


def main() -> None:
    """Soak, tell, and exit 1 where a promise was not kept."""
    seconds, seed = (
        float(os.environ.get("OPTIPATH_SOAK_SECONDS", "7200")),
        int(os.environ.get("OPTIPATH_SOAK_SEED", "1")),
    )
    print(
        f"{_PER_SECOND:g} requests a second for {seconds:g} s, seed {seed}, from {time.strftime('%H:%M:%S')}",
        flush=True,
    )
    soaked = asyncio.run(soak(seconds, seed))
    print(*soaked.figures(), sep="\n")
    missed = list(soaked.missed())
    print(*([f"MISSED: {what}" for what in missed] or ["all kept"]), sep="\n")
    sys.exit(bool(missed))


main()
