"""A thousand requests of every kind, one record each, whose sums are what the provider saw: A01."""

import asyncio
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Pricing, Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import Figures, figures
from support.router import Files, running
from support.soak import many

PRICES = Pricing(input_per_mtok=Decimal("0.25"), output_per_mtok=Decimal(2))
EXACT = Decimal("1e-9")
"""A billionth of a dollar: how exact costs are."""

MIX = {
    "good": ("ok", "ok", 6),
    "long": ("tokens-40", "ok", 2),
    "uncounted": ("noUsage", "ok", 1),
    "down": ("e503", "all_attempts_failed", 1),
    "faulty": ("e400", "refused", 1),
    "poor": ("quota", "rate_limited", 1),
    "passing": ("for-1-500", "ok", 1),
    "replaced": ("e500", "ok", 2),
    "cut": ("close-after-3", "cut", 1),
    "reset": ("reset-after-3", "cut", 1),
    "truncated": ("truncate-after-3", "cut", 1),
}
"""By name: what the provider does, how such a request ends, and how often it comes. The last three are streams."""
PARTIAL = ("cut", "reset", "truncated")


def mixed(simulator: Simulator) -> Snapshot:
    """A route and a provider for each kind; behind one that is to be replaced there is a target that answers."""
    resilience = {"backoff_base_seconds": 0.001, "backoff_max_seconds": 0.002}
    rules = [
        route(
            f"{kind}/{kind}",
            *(["second/second"] if kind == "replaced" else []),
            rule=kind,
            models=[kind],
            resilience=resilience,
        )
        for kind in MIX
    ]
    names = (*MIX, "second")
    targets = [target(f"{name}/{name}", pricing=PRICES) for name in names]
    providers = [provider(name, url=simulator.url) for name in names]
    return snapshot(*rules, targets=targets, providers=providers, egress=LOOPBACK)


@pytest.mark.case("A01")
async def test_a_thousand_of_every_kind_leave_one_record_each_and_add_up(simulator: Simulator, files: Files) -> None:
    simulator.map |= {kind: behaviour for kind, (behaviour, _, _) in MIX.items()}
    files.put(mixed(simulator))
    chance = random.Random(20261121)
    kinds = chance.choices(list(MIX), [weight for *_, weight in MIX.values()], k=many(1000, 300))
    at_once = asyncio.Semaphore(20)
    async with running(files.settings()) as router:

        async def one(kind: str) -> dict[str, Any]:
            async with at_once:
                if kind in PARTIAL or chance.random() < 0.5:
                    return await router.decision((await router.stream(kind)).answer)
                return await router.decision(await router.ask(kind))

        records = await asyncio.gather(*map(one, kinds))
        told = await figures(router)
    assert len({record["id"] for record in records}) == len(kinds)
    for kind, record in zip(kinds, records, strict=True):
        assert record["outcome"] == MIX[kind][1], (kind, record)
    # One record a request, and one count a record.
    assert told.total("optipath_requests_total") == len(kinds)
    assert told.by("outcome", "optipath_requests_total") == Counter(record["outcome"] for record in records)
    # Every attempt is one that the provider has seen, and it saw no other.
    attempts = Counter(attempt["target"] for record in records for attempt in record["attempts"])
    seen = {f"{model}/{model}": stats.count for model, stats in simulator.stats.models.items()}
    assert attempts == seen == told.by("target", "optipath_attempts_total")
    check_tokens(simulator, told, records)
    check_costs(told, records)


def check_tokens(simulator: Simulator, told: Figures, records: list[dict[str, Any]]) -> None:
    """Tokens that the provider counted are booked as it counted them, and all that it said is booked somehow."""
    for model in ("good", "long", "passing", "second"):
        stats = simulator.stats.models[model]
        counted = {"gen_ai_request_model": model, "counted_by": "provider"}
        used = [
            told.total("gen_ai_client_token_usage_total", gen_ai_token_type=kind, **counted)
            for kind in ("input", "output")
        ]
        assert used == [stats.prompt_tokens, stats.completion_tokens]
    for model in PARTIAL:
        estimated = {"gen_ai_request_model": model, "counted_by": "estimate", "gen_ai_token_type": "output"}
        said = told.total("gen_ai_client_token_usage_total", **estimated)
        assert said == simulator.stats.models[model].completion_tokens
    marks = Counter(
        (attempt["target"], attempt["usage"]["estimated"])
        for record in records
        for attempt in record["attempts"]
        if attempt["usage"] is not None
    )
    estimates = {name for name, estimated in marks if estimated}
    assert estimates == {f"{model}/{model}" for model in (*PARTIAL, "uncounted")}


def check_costs(told: Figures, records: list[dict[str, Any]]) -> None:
    """The cost of all records is what the metric says."""
    booked = sum((Decimal(record["cost"]) for record in records), Decimal(0))
    assert booked > 0
    assert abs(Decimal(told.total("optipath_cost_dollars_total")) - booked) <= EXACT
