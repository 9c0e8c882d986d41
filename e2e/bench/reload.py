"""The snapshot changes while requests and streams fly."""

import asyncio
import math
import re
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from functools import partial
from itertools import accumulate
from statistics import median

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import at_a_rate
from e2e.bench.rig.manifests import rule
from e2e.bench.rig.router import Mounted
from e2e.bench.rig.wire import Wire, on_the_wire
from optipath_snapshot import Snapshot

_PER_SECOND = 200
_STREAMS = 20
_STREAM = "paced-40-20"
_SWAPS = 12
_SWAP_SECONDS = 0.53
"""Not a multiple of the period at which the router looks."""
_VERSION = re.compile(rb'"whole-(\d+)"')


@on_the_wire
async def reload(wire: Wire) -> AsyncIterator[Figure]:
    """200 requests/s and 20 streams, over a dozen changes of the target that serves the requests."""
    models = [f"whole-{version}" for version in range(_SWAPS + 1)]
    snapshots = [wire.providers.compile([_STREAM, model], [rule("changing", model)]) for model in models]
    async with wire.router(snapshots[0]) as router:
        client, enough = Client(router.port), asyncio.Event()
        streams = [asyncio.create_task(_streams_cut(client, enough)) for _ in range(_STREAMS)]
        swapping = asyncio.create_task(_swap(router.mounted, snapshots))
        asked = body(KIB, model="changing", stream=False)
        seconds = (_SWAPS + 2) * _SWAP_SECONDS
        (answers,) = await at_a_rate([partial(client.ask, asked)], per_second=_PER_SECOND, seconds=seconds)
        enough.set()
        cut = sum(await asyncio.gather(*streams))
        swapped = await swapping
        client.close()
    served = [(_version(answer), answer) for answer in answers if answer.served]
    delays = [_taken_up_after(moment, served, version) * 1e3 for version, moment in enumerate(swapped, 1)]
    yield Figure("reload: requests that failed", len(answers) - len(served), "", reach=0, must=True)
    yield Figure("reload: streams cut", cut, "", reach=0, must=True)
    yield Figure("reload: stale answers", _stale(served), "", reach=0, must=True)
    yield Figure("reload: in effect after, median", median(delays), "ms", reach=150, must=True)
    yield Figure(f"reload: in effect after, worst of {_SWAPS}", max(delays), "ms", reach=150)


async def _swap(mounted: Mounted, snapshots: Sequence[Snapshot]) -> list[float]:
    """Change the file again and again; when each version but the first was written."""
    moments = []
    for version, snapshot in enumerate(snapshots[1:], 1):
        await asyncio.sleep(_SWAP_SECONDS)
        mounted.put(snapshot, version + 1)
        moments.append(time.perf_counter())
    return moments


async def _streams_cut(client: Client, enough: asyncio.Event) -> int:
    """Stream after stream; how many did not come to their end."""
    asked, cut = body(KIB, model=_STREAM), 0
    while not enough.is_set():
        cut += not (await client.ask(asked)).served
    return cut


def _version(answer: Answer) -> int:
    """The version of the snapshot that an answer was given under."""
    found = _VERSION.search(answer.body)
    assert found is not None, "the upstream names its model"
    return int(found[1])


def _taken_up_after(moment: float, served: Sequence[tuple[int, Answer]], version: int) -> float:
    """Seconds from the writing of a version to the first request that it, or a later one, served."""
    later = (answer.begun - moment for under, answer in served if under >= version)
    return min((seconds for seconds in later if seconds >= 0), default=math.inf)


def _stale(served: Sequence[tuple[int, Answer]]) -> int:
    """How many were served by a version although an answer of a later one had been seen before they were asked."""
    ended = sorted((answer.ended, under) for under, answer in served)
    moments = [moment for moment, _ in ended]
    latest = [0, *accumulate((under for _, under in ended), max)]
    return sum(under < latest[bisect_left(moments, answer.begun)] for under, answer in served)
