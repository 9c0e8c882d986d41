"""Case D08: at four times what may be served at once, as much is served as may be, and the rest is refused quickly."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from statistics import median

import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Concurrency, PolicyRef, Snapshot
from support.router import Files, chain, program
from support.soak import SOAKING, seconds

LIMIT = 16
ANSWER_SECONDS = 0.2
"""How long the provider takes: four tokens, 50 ms before each."""
ENOUGH = 5 * LIMIT
"""So many answers show it, however long a busy machine takes for them."""


def by_provider(of: Snapshot) -> Snapshot:
    """A snapshot whose provider takes no more than the limit."""
    (only,) = of.providers
    return of.model_copy(update={"providers": (only.model_copy(update={"max_concurrent": LIMIT}),)})


def by_policy(of: Snapshot) -> Snapshot:
    """A snapshot of a tier in which no router has more under way than the limit."""
    tier = PolicyRef(namespace="optipath-system", name="gold", generation=1)
    return of.model_copy(update={"concurrency": (Concurrency(policy=tier, whole=True, max_concurrent=LIMIT),)})


WAYS: dict[str, tuple[Callable[[Snapshot], Snapshot], dict[str, str], int]] = {
    "the router's own limit": (lambda of: of, {"OPTIPATH_MAX_IN_FLIGHT": str(LIMIT)}, 503),
    "the provider's limit": (by_provider, {}, 429),
    "a policy's limit": (by_policy, {}, 429),
}


@pytest.mark.case("D08")
@pytest.mark.parametrize(("limited", "environment", "refused"), WAYS.values(), ids=WAYS)
async def test_goodput_stays_at_the_limit_and_the_provider_never_sees_more(
    limited: Callable[[Snapshot], Snapshot],
    environment: dict[str, str],
    refused: int,
    simulator: Simulator,
    files: Files,
) -> None:
    simulator.map["main"] = f"drip-50+tokens-4+concurrency-{LIMIT}"
    files.put(limited(chain(simulator.url, "main")))
    lasts, statuses, retry_after = seconds(60, 0), Counter[int](), set[str]()
    refusals: list[float] = []
    async with program(files.environment(**environment)) as started:
        ends = time.monotonic() + lasts

        async def caller() -> None:
            while (begun := time.monotonic()) < ends or statuses[200] < ENOUGH:
                answer = await started.router.ask()
                statuses[answer.status_code] += 1
                if answer.status_code != 200:
                    refusals.append(time.monotonic() - begun)
                    retry_after.add(answer.headers["retry-after"])
                    await asyncio.sleep(ANSWER_SECONDS / 4)

        await asyncio.gather(*(caller() for _ in range(4 * LIMIT)))
        assert (await started.router.ask()).status_code == 200
    assert set(statuses) == {200, refused}
    assert retry_after == {"1"}
    assert simulator.stats.max_in_flight == LIMIT
    assert simulator.stats.models["main"].statuses == {200: statuses[200] + 1}
    if SOAKING:
        # At full length it is held to what the contract says in seconds.
        assert statuses[200] >= 0.9 * LIMIT * lasts / ANSWER_SECONDS
        assert median(refusals) < 0.05
