"""`python -m e2e.bench_control_plane`: measure the operator at scale, and fail where a must is missed.

Takes some minutes: a thousand namespaces have to be made first.
"""

import argparse
import asyncio
import os
import signal
import sys
import time

from e2e.bench.figure import MARGIN, Figure
from e2e.bench_control_plane.audit import Audit
from e2e.bench_control_plane.measures import Scale, cold, warm
from e2e.bench_control_plane.plane import Plane, plane
from e2e.bench_control_plane.seeding import Api, seed
from e2e.cluster.programs import build


async def measure(found: Plane, scale: Scale) -> int:
    """Seed and measure, and say how many musts were missed."""
    started = time.monotonic()
    async with Api(found) as api:
        await seed(api, namespaces=scale.namespaces, policies=scale.policies, pods=scale.pods)
    print(
        f"{scale.namespaces} namespaces, {scale.resources} resources, {scale.pods} pods: "
        f"made in {time.monotonic() - started:.0f} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'what':<44}{'ours':>10}  {'':<4}{'to reach':>10}")
    missed, audit = 0, Audit(found.audit_log)
    for measures in (cold, warm):
        async for figure in measures(found, audit, scale):
            _show(figure)
            missed += figure.missed
    return missed


def _show(figure: Figure) -> None:
    reach = "" if figure.reach is None else f"{'must ' if figure.must else ''}{figure.reach:g}"
    remark = f"  missed by more than {MARGIN - 1:.0%}" if figure.missed else ""
    print(f"{figure.what:<44}{figure.value:>10.3g}  {figure.unit:<4}{reach:>10}{remark}", flush=True)


def main() -> int:
    """Read the options, and run."""
    parser = argparse.ArgumentParser(prog="python -m e2e.bench_control_plane", description=__doc__)
    parser.add_argument("--namespaces", type=int, default=1000)
    parser.add_argument("--policies", type=int, default=10, help="in each namespace")
    parser.add_argument("--pods", type=int, default=None, help="ten a namespace if not given")
    parser.add_argument("--pokes-per-second", type=float, default=50.0, help="the operator's own default")
    given = parser.parse_args()
    pods = given.namespaces * 10 if given.pods is None else given.pods
    # What was started is ended, too, when we are.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with plane(build()) as found:
        return asyncio.run(measure(found, Scale(given.namespaces, given.policies, pods, given.pokes_per_second)))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
