"""How much later than the provider's a stream's first content comes through the router."""

from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.light import added, light
from e2e.bench.rig.wire import Wire, on_the_wire

_MODEL = "paced-3-1"


@on_the_wire
async def first_content(wire: Wire) -> AsyncIterator[Figure]:
    """Short streams, of which there is hardly ever more than one."""
    async with wire.both(_MODEL) as (theirs, ours, _):
        rounds = await light([way.scripted for way in (wire.direct, theirs, ours)], body(KIB, model=_MODEL))
    for name, share, will_do in (("p50", 0.5, 0.7), ("p99", 0.99, 1.2)):
        nginx, router = added(rounds, lambda answer: answer.opened_after, share)
        what = f"first content added, {name}"
        # Milliseconds are of the machine of performance.md; elsewhere what nginx adds is the measure.
        yield Figure(what, router, "ms", reach=6, must=True, nginx=nginx, of_nginx=True, will_do=will_do)
