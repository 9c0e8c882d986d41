"""What a failover costs the caller, and whether it is ever seen."""

from collections.abc import AsyncIterator

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import percentile
from e2e.bench.rig.manifests import rule
from e2e.bench.rig.wire import Wire, on_the_wire

_FAULTS = ("e500", "e429", "reset")
_TIMES = 100
_WARM_UP = 5


@on_the_wire
async def failover(wire: Wire) -> AsyncIterator[Figure]:
    """Each faulty target is called once: what the router learns of one must not make the next call easier.

    After each call comes one by a like rule whose first target is well.
    """
    for fault in _FAULTS:
        faulty = [f"{fault}-{number}" for number in range(_TIMES + _WARM_UP)]
        rules = [
            each
            for model in faulty
            for each in (rule(f"ill-{model}", model, "whole"), rule(f"well-{model}", "whole", model))
        ]
        async with wire.router(wire.providers.compile([*faulty, "whole"], rules)) as router:
            client = Client(router.port)
            pairs = [(await _ask(client, f"ill-{model}"), await _ask(client, f"well-{model}")) for model in faulty]
            client.close()
        ill, well = zip(*pairs[_WARM_UP:], strict=True)
        seen = sum(not answer.served for answer in ill)
        yield Figure(f"failover on {fault}: failures seen", seen, "", reach=0, must=True)
        for name, share, reach in (("p50", 0.5, 0.8), ("p99", 0.99, 5.0)):
            slow, usual = (percentile([answer.took for answer in answers], share) * 1e3 for answers in (ill, well))
            yield Figure(f"failover on {fault}: over healthy, {name}", slow - usual, "ms", reach=reach, must=True)


async def _ask(client: Client, model: str) -> Answer:
    return await client.ask(body(KIB, model=model, stream=False))
