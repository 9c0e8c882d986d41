"""One caller who asks for a flood and reads nothing of it: what the others notice (D04)."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import percentile
from e2e.bench.rig.upstream import ages
from e2e.bench.rig.wire import Wire, on_the_wire
from optipath_cli.simulator import Simulator
from optipath_snapshot import Provider, Snapshot, Target

_OTHERS = "paced-25-20"
_PER_SECOND = 103
"""Streams of half a second that begin, so that 50 are under way.

At 100 all of them would write in the same milliseconds, and wait for each other.
"""
_FLOOD = "flood-200"
_BUFFER_BYTES = 4096
_ROUNDS = 10
_ROUND_SECONDS = 3.0
_REST_SECONDS = 0.3
"""Between two rounds, for what one leaves behind to be cleared away."""
_CALM = 0.25
"""Neighbours on the machine can only make a round worse: the best rounds, of either kind, tell of the router."""


@dataclass(frozen=True, slots=True)
class _Round:
    """What the others saw."""

    opening: float
    """Seconds to a stream's first content, p99."""
    age: float
    """Seconds from a chunk's sending to its arrival, p99."""
    cut: int
    """Streams that did not come to their end."""


@on_the_wire
async def slow_reader(wire: Wire) -> AsyncIterator[Figure]:
    """50 streams under way, by themselves and beside one who reads nothing, in turn; the filling of its buffers counts.

    It is measured against themselves, not against nginx: the clause is that nobody notices.
    """
    async with Simulator() as simulator, wire.router(_flooded(wire, simulator.url)) as router:
        client = Client(router.port)
        await _round(client)
        alone, beside, pushed = list[_Round](), list[_Round](), list[float]()
        for _ in range(_ROUNDS):
            alone.append(await _round(client))
            before = simulator.stats.bytes_sent
            async with _reads_nothing(router.port, client.request(body(KIB, model=_FLOOD))):
                beside.append(await _round(client))
            pushed.append((simulator.stats.bytes_sent - before) / 2**20)
        client.close()
    for figure in (
        *_compared("first content", [each.opening for each in alone], [each.opening for each in beside]),
        *_compared("chunk age", [each.age for each in alone], [each.age for each in beside]),
    ):
        yield figure
    cut = sum(each.cut for each in (*alone, *beside))
    # Where little was pushed there was no flood, and the others had nothing to notice.
    yield Figure("slow reader: pushed by its provider, least", min(pushed), "MiB", 1, must=True, more_is_better=True)
    yield Figure("slow reader: pushed by its provider, most", max(pushed), "MiB", reach=16)
    yield Figure("slow reader: others' streams cut", cut, "", reach=0, must=True)


def _compared(what: str, alone: Sequence[float], beside: Sequence[float]) -> Iterator[Figure]:
    """What the others see of both kinds of rounds, in seconds, and how many times the one is the other."""
    without, with_it = percentile(alone, _CALM), percentile(beside, _CALM)
    yield Figure(f"slow reader: others' {what} without it, p99", without * 1e3, "ms")
    yield Figure(f"slow reader: others' {what} beside it, p99", with_it * 1e3, "ms")
    yield Figure(f"slow reader: others' {what}, times that", with_it / without, "", reach=1.2, must=True)


def _flooded(wire: Wire, url: str) -> Snapshot:
    """The others' model at the scripted provider, and the flood at the simulator."""
    told = wire.providers.compile([_OTHERS], ())
    provider = Provider(name="simulator", type="OpenAICompatible", url=url)
    target = Target(name=f"simulator/{_FLOOD}", provider="simulator", model=_FLOOD, upstream_model=_FLOOD)
    return told.model_copy(update={"providers": (*told.providers, provider), "targets": (*told.targets, target)})


@asynccontextmanager
async def _reads_nothing(port: int, request: bytes) -> AsyncIterator[None]:
    """A caller with a small buffer who has sent a request, and never reads."""
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        raw.settimeout(0)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", port))
        await loop.sock_sendall(raw, request)
        yield


async def _round(client: Client) -> _Round:
    """Streams that begin at a fixed rate, whether or not earlier ones have ended."""
    asked, tasks = body(KIB, model=_OTHERS), list[asyncio.Task[Answer]]()
    begun = time.perf_counter()
    for number in range(round(_PER_SECOND * _ROUND_SECONDS)):
        # They count from when they are sent: no slow answer keeps another from being asked for, and what this loop's
        # timers are late would only make the difference look smaller.
        await asyncio.sleep(max(begun + number / _PER_SECOND - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(client.ask(asked)))
    answers = await asyncio.gather(*tasks)
    await asyncio.sleep(_REST_SECONDS)
    return _Round(
        percentile([answer.opened_after for answer in answers], 0.99),
        percentile(ages([piece for answer in answers for piece in answer.pieces]), 0.99),
        sum(not answer.served for answer in answers),
    )
