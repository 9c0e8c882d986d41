"""A caller that leaves: how long the provider goes on working for nobody."""

import asyncio
import time
from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.wire import Proxy, Wire, on_the_wire

_TIMES = 20
_PHASES = {"before the first content": "hang", "in mid-stream": "paced-1000-5"}
_PATIENCE_SECONDS = 2.0
_A_MOMENT_SECONDS = 0.03


@on_the_wire
async def leaving(wire: Wire) -> AsyncIterator[Figure]:
    """The longest of twenty times until the provider's connection is closed, in each phase."""
    async with wire.both(*_PHASES.values()) as (theirs, ours, _):
        for phase, model in _PHASES.items():
            worst = [max([await _noticed(wire, proxy, model) for _ in range(_TIMES)]) for proxy in (theirs, ours)]
            nginx, router = (seconds * 1e3 for seconds in worst)
            yield Figure(f"caller leaves {phase}: noticed", router, "ms", reach=100, must=True, nginx=nginx)


async def _noticed(wire: Wire, proxy: Proxy, model: str) -> float:
    """Seconds until the provider is left, too; as long as we wait where it is not."""
    client, upstream = Client(proxy.scripted), wire.upstream
    connection = await client.connection()
    upstream.asked.clear()
    answering = connection.begin(client.request(body(KIB, model=model)), time.perf_counter())
    await upstream.asked.wait()
    await asyncio.sleep(_A_MOMENT_SECONDS)
    left = time.perf_counter()
    connection.abort()
    await answering
    while True:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                noticed = await upstream.deserted.get() - left
        except TimeoutError:
            return _PATIENCE_SECONDS
        # Somebody's earlier desertion, noticed late, is not this one.
        if noticed >= 0:
            return noticed
