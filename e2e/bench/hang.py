"""A target that takes a request and never says a word."""

from collections.abc import AsyncIterator
from statistics import median

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Client
from e2e.bench.rig.manifests import rule
from e2e.bench.rig.wire import Wire, on_the_wire

_PATIENCE_SECONDS = 0.2
_IN_A_ROW = 5
"""Failures after which a breaker opens: clause C7 of contract.md."""
_AFTER = 20


@on_the_wire
async def hang(wire: Wire) -> AsyncIterator[Figure]:
    """Call after call at one such target, with another one behind it."""
    patience = f"{_PATIENCE_SECONDS * 1000:.0f}ms"
    rules = [rule("ill", "hang", "whole", firstTokenTimeout=patience), rule("well", "whole", "hang")]
    async with wire.router(wire.providers.compile(["hang", "whole"], rules)) as router:
        client = Client(router.port)
        ill, well = (body(KIB, model=model, stream=False) for model in ("ill", "well"))
        healthy = [await client.ask(well) for _ in range(_AFTER)]
        slow = [await client.ask(ill) for _ in range(_IN_A_ROW)]
        spared = [await client.ask(ill) for _ in range(_AFTER)]
        client.close()
    failed = sum(not answer.served for answer in (*slow, *spared))
    late = median(answer.took for answer in slow) - _PATIENCE_SECONDS
    over = median(answer.took for answer in spared) - median(answer.took for answer in healthy)
    yield Figure("hang: failures seen", failed, "", reach=0, must=True)
    yield Figure("hang: answered after firstTokenTimeout by", late * 1e3, "ms", reach=10, must=True)
    yield Figure(f"hang: over healthy, after {_IN_A_ROW} in a row", over * 1e3, "ms", reach=0.8, must=True)
