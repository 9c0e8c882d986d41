"""What the router adds to a plain request's time when little is going on, and when it is watched and reconfigured."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.light import Rounds, added, light
from e2e.bench.rig.manifests import rule
from e2e.bench.rig.router import Router
from e2e.bench.rig.wire import Wire, on_the_wire

_DISTURBED_EACH_SECONDS = 1.0
_ASKED = body(KIB, model="plain", stream=False)


@on_the_wire
async def latency(wire: Wire) -> AsyncIterator[Figure]:
    """One request at a time, undisturbed and disturbed."""
    async with wire.both() as (theirs, ours, router):
        ports = [way.plain for way in (wire.direct, theirs, ours)]
        for figure in _figures("latency added", await light(ports, _ASKED)):
            yield figure
        async with _disturbed(wire, router):
            for figure in _figures("the same, scraped and reloaded each second", await light(ports, _ASKED)):
                yield figure


def _figures(what: str, rounds: Rounds) -> Iterator[Figure]:
    for name, share, times, will_do in (("p50", 0.5, 3, 1.0), ("p99", 0.99, 5, 1.5)):
        nginx, router = added(rounds, lambda answer: answer.took, share)
        yield Figure(f"{what}, {name}", router, "ms", times, must=True, nginx=nginx, of_nginx=True, will_do=will_do)


@asynccontextmanager
async def _disturbed(wire: Wire, router: Router) -> AsyncIterator[None]:
    """Someone who reads all metrics and changes the snapshot, each second."""
    snapshots = [wire.providers.compile([model], [rule("other", model)]) for model in ("whole-a", "whole-b")]

    async def disturb() -> None:
        for generation in itertools.count(2):
            router.mounted.put(snapshots[generation % 2], generation)
            await asyncio.sleep(_DISTURBED_EACH_SECONDS / 2)
            await Client(router.admin).get("/metrics")
            await asyncio.sleep(_DISTURBED_EACH_SECONDS / 2)

    disturbing = asyncio.create_task(disturb())
    try:
        yield
    finally:
        disturbing.cancel()
        with suppress(asyncio.CancelledError):
            await disturbing
