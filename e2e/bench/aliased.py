"""What it takes to understand a request and rank the models for it, beside sending it where its model says."""

import asyncio
from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.took import took
from e2e.bench.rig.wire import Proxy, Wire, on_the_wire

_ROUNDS = 3
_SETTLING_SECONDS = 1.0

_SIZES = {"1 KiB": (KIB, 1.2), "1 MiB": (KIB * KIB, 5.0)}
"""Lengths, and the milliseconds of processor that `auto` may take beyond a plain request of as many bytes."""


@on_the_wire
async def aliased(wire: Wire) -> AsyncIterator[Figure]:
    """The alias `auto` and the model's own name, in alternation; each one's best round counts."""
    failed = 0
    async with wire.both() as (_, ours, _):
        yield Figure("at rest with the routing model, RSS", await _resident_mib(ours), "MiB", reach=50, must=True)
        for size, (length, will_do) in _SIZES.items():
            named, auto = (body(length, model=model, stream=False) for model in ("plain", "auto"))
            rounds = [(await took(wire, ours, named), await took(wire, ours, auto)) for _ in range(_ROUNDS)]
            by_name, by_alias = (min(one.micros for one in each) for each in zip(*rounds, strict=True))
            failed += sum(one.failed for each in rounds for one in each)
            yield Figure(f"auto over plain, {size}: processor", (by_alias - by_name) / 1e3, "ms", will_do, must=True)
    yield Figure("auto: requests that failed", failed, "", reach=0, must=True)


async def _resident_mib(proxy: Proxy) -> float:
    """What the router takes once it has understood a request; raises RuntimeError if that failed."""
    client = Client(proxy.plain)
    answer = await client.ask(body(KIB, model="auto", stream=False))
    client.close()
    if not answer.served:
        raise RuntimeError(f"the router's first answer was {answer.status}: {answer.body.decode()}")
    await asyncio.sleep(_SETTLING_SECONDS)
    return proxy.process.resident_mib()
