"""What 20,000 requests leave behind in the router."""

from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.load import one_after_another
from e2e.bench.rig.wire import Wire, on_the_wire

_WARM_UP, _REQUESTS = 5_000, 20_000


@on_the_wire
async def memory(wire: Wire) -> AsyncIterator[Figure]:
    """Resident memory before and after, the router having been warmed up."""
    async with wire.router(wire.providers.compile([], [])) as router:
        client, asked = Client(router.port), body(KIB, model="plain", stream=False)
        failed = await one_after_another(client, asked, count=_WARM_UP)
        before = router.process.resident_mib()
        failed += await one_after_another(client, asked, count=_REQUESTS)
        after = router.process.resident_mib()
        client.close()
    yield Figure(f"memory after {_WARM_UP:,} requests, RSS", before, "MiB")
    yield Figure(f"memory growth in {_REQUESTS:,} more", after - before, "MiB", reach=2, must=True)
    yield Figure("memory: requests that failed", failed, "", reach=0, must=True)
