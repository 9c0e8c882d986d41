"""Four times what a policy lets be under way: as much is served as may be, and the rest is refused quickly (D08)."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from statistics import median

from e2e.bench.figure import Figure
from e2e.bench.prompts import KIB, body
from e2e.bench.rig.client import Answer, Client
from e2e.bench.rig.load import percentile
from e2e.bench.rig.wire import Wire, on_the_wire
from optipath_cli.simulator import Simulator
from optipath_snapshot import Concurrency, Egress, EgressRule, PolicyRef, Provider, Snapshot, Target

_LIMIT = 16
_TIMES = 4
_WARM_UP = 10
_SECONDS = 10.0
_REST_SECONDS = 0.2
"""What who was refused waits before the next try: far less than it is told."""
_TIER = PolicyRef(namespace="optipath-system", name="gold", generation=1)


@on_the_wire
async def overload(wire: Wire) -> AsyncIterator[Figure]:
    """64 callers without patience, over a limit of 16, before a provider that takes no more than 16 either."""
    asked = body(KIB, model="main", stream=False)
    async with Simulator() as simulator:
        simulator.map["main"] = f"drip-50+tokens-4+concurrency-{_LIMIT}"
        async with wire.router(_limited(simulator.url)) as router:
            client = Client(router.port)
            alone = median([(await client.ask(asked)).took for _ in range(_WARM_UP)])
            callers, ends = _TIMES * _LIMIT, time.perf_counter() + _SECONDS
            # They do not come all at once, as they would if it was one app that begins.
            begin = (number * _REST_SECONDS / callers for number in range(callers))
            answers = await asyncio.gather(*(_calling(client, asked, after, ends) for after in begin))
            client.close()
    every = [answer for each in answers for answer in each]
    served = [answer for answer in every if answer.served]
    refused = [answer for answer in every if answer.status == 429]
    goodput = len(served) * alone / _LIMIT / _SECONDS
    late = percentile([answer.ended - answer.begun for answer in refused], 0.99) * 1e3
    failed = len(every) - len(served) - len(refused)
    yield Figure("overload: of the limit that is served", goodput * 100, "%", reach=90, must=True, more_is_better=True)
    yield Figure("overload: refused within, p99", late, "ms", reach=50, must=True)
    yield Figure("overload: most at the provider", simulator.stats.max_in_flight, "", reach=_LIMIT, must=True)
    yield Figure("overload: neither served nor refused", failed, "", reach=0, must=True)
    yield Figure("overload: refused", len(refused), "")


def _limited(url: str) -> Snapshot:
    """A namespace of a tier that limits each of its routers."""
    return Snapshot(
        namespace="bench",
        tier="gold",
        providers=(Provider(name="acme", type="OpenAICompatible", url=url),),
        targets=(Target(name="acme/main", provider="acme", model="main", upstream_model="main"),),
        concurrency=(Concurrency(policy=_TIER, whole=True, max_concurrent=_LIMIT),),
        egress=Egress(allow=(EgressRule(host="127.0.0.1", plaintext=True),)),
    )


async def _calling(client: Client, asked: bytes, after: float, ends: float) -> Sequence[Answer]:
    """The answers to one caller's calls, one after the other until the time is up."""
    await asyncio.sleep(after)
    answers = []
    while time.perf_counter() < ends:
        answer = await client.ask(asked)
        answers.append(answer)
        if not answer.served:
            await asyncio.sleep(_REST_SECONDS)
    return answers
