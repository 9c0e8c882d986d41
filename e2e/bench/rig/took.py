"""What a request takes of a proxy's processor, as fast as it goes."""

from dataclasses import dataclass

from e2e.bench.rig.load import wrk
from e2e.bench.rig.wire import Proxy, Wire

_ROUND_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Took:
    """One round."""

    micros: float
    """Of processor, a request."""
    failed: int


async def took(wire: Wire, proxy: Proxy, body: bytes) -> Took:
    """A round of requests with this body through a proxy."""
    before = proxy.process.cpu_seconds()
    through = await wrk(wire.tools, wire.folder, proxy.plain, body, seconds=_ROUND_SECONDS)
    return Took((proxy.process.cpu_seconds() - before) / max(through.requests, 1) * 1e6, through.failed)
