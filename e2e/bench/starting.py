"""A router from its start to its first answer, and what it takes when nobody asks."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.wire import Wire, on_the_wire

_STARTS = 5
_START_SECONDS = 0.6
_YARDSTICK_SECONDS = 0.04
"""What importing asyncio took on the machine of performance.md. A slower one is given as much more time to start."""
_SETTLING_SECONDS = 1.0
_RESTING_SECONDS = 3.0


@on_the_wire
async def starting(wire: Wire) -> AsyncIterator[Figure]:
    """The program as the sidecar's image starts it: its modules compiled, a snapshot there, a provider that answers."""
    starts, yardsticks = [], []
    snapshot, asked = wire.providers.compile([], []), body(KIB, model="plain", stream=False)
    resident = resting = 0.0
    for number in range(_STARTS):
        yardsticks.append(_importing_asyncio())
        begun = time.perf_counter()
        async with wire.router(snapshot) as router:
            client = Client(router.port)
            answer = await client.ask(asked)
            if not answer.served:
                raise RuntimeError(f"the router's first answer was {answer.status}: {answer.body.decode()}")
            starts.append(answer.ended - begun)
            client.close()
            if number == _STARTS - 1:
                await asyncio.sleep(_SETTLING_SECONDS)
                resident, before = router.process.resident_mib(), router.process.cpu_seconds()
                await asyncio.sleep(_RESTING_SECONDS)
                resting = (router.process.cpu_seconds() - before) / _RESTING_SECONDS * 1e3
    reach = _START_SECONDS * max(1.0, min(yardsticks) / _YARDSTICK_SECONDS)
    yield Figure("yardstick: import asyncio in a fresh process", min(yardsticks), "s", _YARDSTICK_SECONDS)
    yield Figure("start, from exec to the first completion", min(starts), "s", reach, must=True)
    yield Figure("at rest, RSS", resident, "MiB", reach=50, must=True)
    yield Figure("at rest, processor", resting, "ms/s", reach=4, must=True)


def _importing_asyncio() -> float:
    measured = "import time; begun = time.perf_counter(); import asyncio; print(time.perf_counter() - begun)"
    return float(subprocess.run([sys.executable, "-c", measured], check=True, capture_output=True).stdout)
