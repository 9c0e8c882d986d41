"""How many chunks a second come through when the provider writes as fast as it can."""

import asyncio
import time
from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.wire import Wire, on_the_wire

_CHUNKS = 10_000
_MODEL = f"flood-{_CHUNKS}"
_STREAMS = 4
_ROUNDS = 3


@on_the_wire
async def flood(wire: Wire) -> AsyncIterator[Figure]:
    """Four streams of 10,000 chunks, in alternation with nginx; each proxy's best round counts."""
    async with wire.both(_MODEL) as (theirs, ours, _):
        rounds = [[await _chunks_per_second(way.scripted) for way in (theirs, ours)] for _ in range(_ROUNDS)]
    nginx, router = (max(each) for each in zip(*rounds, strict=True))
    yield Figure("flood", router, "/s", reach=0.7, must=True, nginx=nginx, of_nginx=True, more_is_better=True)


async def _chunks_per_second(port: int) -> float:
    client, asked = Client(port), body(KIB, model=_MODEL)
    begun = time.perf_counter()
    answers = await asyncio.gather(*(client.ask(asked) for _ in range(_STREAMS)))
    took = time.perf_counter() - begun
    client.close()
    whole = sum(answer.served and b"[DONE]" in answer.pieces[-1][1] for answer in answers)
    return whole * _CHUNKS / took
