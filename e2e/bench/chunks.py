"""50 streams at once, 5,000 chunks a second: how old chunks are, what each takes, and when a stream begins."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import percentile
from e2e.bench.rig.process import Process
from e2e.bench.rig.upstream import ages
from e2e.bench.rig.wire import Wire, on_the_wire

_STREAMS = 50
_STREAM_SECONDS = 2.0
_PLAIN, _TLS = "paced-200-10", "tls-paced-200-10"
_CLAUDE = "claude-200-10"
_ROUNDS = 3
_ROUND_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class _Round:
    """What was seen while 50 streams ran."""

    age: float
    """Seconds from a chunk's sending to its arrival, p99."""
    openings: tuple[float, ...]
    """Seconds to the first content of each stream that began."""
    micros: float
    """Processor time a chunk; 0 where there was no proxy."""
    cut: int
    """Streams that did not come to their end."""


@on_the_wire
async def chunks(wire: Wire) -> AsyncIterator[Figure]:
    """Nobody, nginx and the router in alternation, over plain connections to the provider; then over TLS."""
    async with wire.both(_PLAIN, _TLS) as (theirs, ours, _):
        ways = ((wire.direct.scripted, None), (theirs.scripted, theirs.process), (ours.scripted, ours.process))
        rounds = [[await _round(port, _PLAIN, process) for port, process in ways] for _ in range(_ROUNDS)]
        tls_rounds = [[await _round(way.tls, _TLS, way.process) for way in (theirs, ours)] for _ in range(_ROUNDS)]
    direct, nginx, router = zip(*rounds, strict=True)
    for name, share, reach in (("p50", 0.5, 1.0), ("p99", 0.99, 5.0)):
        none, beside, value = (
            min(percentile(each.openings, share) for each in way) * 1e3 for way in (direct, nginx, router)
        )
        what = f"first content added, {_STREAMS} streams, {name}"
        yield Figure(what, value - none, "ms", reach=reach, must=True, nginx=beside - none)
    none, beside, value = (min(each.age for each in way) * 1e3 for way in (direct, nginx, router))
    yield Figure("chunk age added, 5,000/s, p99", value - none, "ms", reach=1.0, must=True, nginx=beside - none)
    yield _per_chunk("processor a chunk", nginx, router, 2.5)
    nginx, router = zip(*tls_rounds, strict=True)
    yield _per_chunk("processor a chunk, provider over TLS", nginx, router, 3.5)
    translated = [await _translated(wire) for _ in range(_ROUNDS)]
    micros = min(each.micros for each in translated)
    yield Figure("processor a chunk, translated from Anthropic", micros, "µs", reach=85, must=True)
    cut = sum(each.cut for round_ in (*rounds, *tls_rounds) for each in round_[-1:])
    cut += sum(each.cut for each in translated)
    yield Figure("streams that did not come to their end", cut, "", reach=0, must=True)


def _per_chunk(what: str, nginx: Sequence[_Round], router: Sequence[_Round], times: float) -> Figure:
    beside, value = (min(each.micros for each in way) for way in (nginx, router))
    return Figure(what, value, "µs", reach=times, must=True, nginx=beside, of_nginx=True)


async def _translated(wire: Wire) -> _Round:
    """The same streams from a provider that speaks Anthropic's dialect, to callers who speak OpenAI's."""
    told = wire.providers.compile([_CLAUDE], ())
    providers = [
        each.model_copy(update={"type": "Anthropic", "url": each.url.removesuffix("/v1")})
        if each.name == "scripted"
        else each
        for each in told.providers
    ]
    async with wire.router(told.model_copy(update={"providers": tuple(providers)})) as router:
        return await _round(router.port, _CLAUDE, router.process)


async def _round(port: int, model: str, process: Process | None) -> _Round:
    """Streams that begin one after another, and again when they have ended, so that each instant is like any other."""
    client, asked = Client(port), body(KIB, model=model)
    answers: list[Answer] = []
    end = time.perf_counter() + _STREAM_SECONDS + _ROUND_SECONDS

    async def streaming(number: int) -> None:
        await asyncio.sleep(number / _STREAMS * _STREAM_SECONDS)
        while time.perf_counter() < end:
            answers.append(await client.ask(asked))

    streams = asyncio.gather(*(streaming(number) for number in range(_STREAMS)))
    await asyncio.sleep(_STREAM_SECONDS)
    begun, before = time.perf_counter(), process.cpu_seconds() if process else 0.0
    await asyncio.sleep(_ROUND_SECONDS)
    ended, after = time.perf_counter(), process.cpu_seconds() if process else 0.0
    await streams
    client.close()
    seen = [piece for answer in answers for piece in answer.pieces if begun <= piece[0] < ended]
    old = ages(seen)
    return _Round(
        percentile(old, 0.99),
        tuple(answer.opened_after for answer in answers if begun <= answer.begun < ended),
        (after - before) / max(len(old), 1) * 1e6,
        sum(not answer.served for answer in answers),
    )
