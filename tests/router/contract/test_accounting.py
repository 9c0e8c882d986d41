"""What is booked is what happened: A01, and the rows about latency, success, cost, calls and tokens."""

import asyncio
import random
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Pricing, Snapshot
from support import wire
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import Figures, figures
from support.router import Files, Router, Stream, chain, running, until
from support.scripted import Do, ScriptedServer, Step
from support.soak import many

PRICES = Pricing(input_per_mtok=Decimal("0.25"), output_per_mtok=Decimal("2"))
CENTS = Decimal("1e-9")
"""A billionth of a dollar: how exact costs are."""


def priced(simulator: Simulator, *models: str, pricing: Pricing = PRICES) -> Snapshot:
    """A snapshot whose targets, all at one provider, are asked for by their own names."""
    targets = [target(f"acme/{model}", pricing=pricing) for model in models]
    return snapshot(targets=targets, providers=[provider("acme", url=simulator.url)], egress=LOOPBACK)


def dollars(simulator: Simulator, model: str, pricing: Pricing = PRICES) -> Decimal:
    """What the provider would bill for a model."""
    stats = simulator.stats.models[model]
    assert pricing.input_per_mtok is not None
    assert pricing.output_per_mtok is not None
    return (stats.prompt_tokens * pricing.input_per_mtok + stats.completion_tokens * pricing.output_per_mtok) / 10**6


# A thousand of every kind.

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
    """A route for each kind; behind one that is to be replaced there is a target that answers."""
    resilience = {"backoff_base_seconds": 0.001, "backoff_max_seconds": 0.002}
    rules = [
        route(
            f"acme/{kind}",
            *(["acme/second"] if kind == "replaced" else []),
            rule=kind,
            models=[kind],
            resilience=resilience,
        )
        for kind in MIX
    ]
    targets = [target(f"acme/{model}", pricing=PRICES) for model in (*MIX, "second")]
    return snapshot(*rules, targets=targets, providers=[provider("acme", url=simulator.url)], egress=LOOPBACK)


@pytest.mark.case("A01")
async def test_a_thousand_of_every_kind_leave_one_record_each_and_add_up(simulator: Simulator, files: Files) -> None:
    simulator.map |= {kind: behaviour for kind, (behaviour, _, _) in MIX.items()}
    files.put(mixed(simulator))
    chance = random.Random(20261121)  # noqa: S311  a seed that makes the same mix each time
    kinds = chance.choices(list(MIX), [weight for *_, weight in MIX.values()], k=many(1000, 300))
    at_once = asyncio.Semaphore(20)
    async with running(files.settings()) as router:

        async def one(kind: str) -> dict[str, Any]:
            async with at_once:
                streams = kind in PARTIAL or chance.random() < 0.5
                answer = (await router.stream(kind)).answer if streams else await router.ask(kind)
                return await router.decision(answer)

        records = await asyncio.gather(*map(one, kinds))
        told = await figures(router)
    assert len({record["id"] for record in records}) == len(kinds)
    for kind, record in zip(kinds, records, strict=True):
        # A target that has failed too often is left out, and one that is busy waits: nobody was asked, and it is told.
        expected = {MIX[kind][1], "all_attempts_failed"} if kind in {*PARTIAL, "down"} else {MIX[kind][1]}
        assert record["outcome"] in expected, (kind, record)
    # One record a request, and one count a record.
    assert told.total("optipath_requests_total") == len(kinds)
    assert told.by("outcome", "optipath_requests_total") == Counter(record["outcome"] for record in records)
    # Every attempt is one that the provider has seen, and it saw no other.
    attempts = Counter(attempt["target"] for record in records for attempt in record["attempts"])
    seen = {f"acme/{model}": stats.count for model, stats in simulator.stats.models.items()}
    assert attempts == seen == told.by("target", "optipath_attempts_total")
    check_tokens(simulator, told, records)
    assert_costs(told, records)


def check_tokens(simulator: Simulator, told: Figures, records: list[dict[str, Any]]) -> None:
    """Tokens that the provider counted are booked as it counted them, and all that it said is booked somehow."""
    for model in ("good", "long", "passing", "second"):
        stats = simulator.stats.models[model]
        counted = {"gen_ai_request_model": model, "counted_by": "provider"}
        used = [told.total("gen_ai_client_token_usage_total", gen_ai_token_type=kind, **counted) for kind in INOUT]
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
    assert estimates == {f"acme/{model}" for model in (*PARTIAL, "uncounted")}


INOUT = ("input", "output")


def assert_costs(told: Figures, records: list[dict[str, Any]]) -> None:
    """The cost of all records is what the metric says."""
    booked = sum((Decimal(record["cost"]) for record in records), Decimal(0))
    assert booked > 0
    assert abs(Decimal(told.total("optipath_cost_dollars_total")) - booked) <= CENTS


# Latency, success, cost.


@pytest.mark.row("A20")
async def test_time_is_told_whole_and_by_who_took_it(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-50ms"
    files.put(chain(simulator.url, "main"))
    async with running(files.settings()) as router:
        began = time.monotonic()
        for _ in range(5):
            await router.ask()
            await router.stream()
        measured = time.monotonic() - began
        told = await figures(router)
    whole = told.total("gen_ai_client_operation_duration_seconds_sum")
    provider_seconds = told.total("optipath_provider_seconds_sum")
    overhead = told.total("optipath_overhead_seconds_sum")
    assert told.total("gen_ai_client_operation_duration_seconds_count") == 10
    assert whole == pytest.approx(provider_seconds + overhead)
    assert 10 * 0.05 <= provider_seconds <= whole <= measured
    # The buckets are cumulative, and none of the ten was quicker than its provider.
    assert told.total("optipath_provider_seconds_bucket", le="0.05") == 0
    assert told.total("optipath_provider_seconds_bucket", le="+Inf") == 10


@pytest.mark.row("A21", "C08")
async def test_success_and_calls_are_counted_by_target_tenant_and_rule(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "for-2-500"
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings()) as router:
        answers = [await router.ask() for _ in range(10)]
        told = await figures(router)
    assert {answer.status_code for answer in answers} == {200}
    outcomes = told.by("outcome", "optipath_attempts_total", target="p1/main")
    assert outcomes == {"server_error": 2, "ok": 8}
    assert outcomes["ok"] / outcomes.total() == 0.8
    asked = {model: stats.count for model, stats in simulator.stats.models.items()}
    assert {name.partition("/")[2]: n for name, n in told.by("target", "optipath_attempts_total").items()} == asked
    ours = {"policy": "team-a/policy", "rule": "rule"}
    assert told.by("model", "optipath_requests_total", **ours) == {"main": 8, "second": 2}
    assert told.total("optipath_requests_total") == 10
    assert told.total("optipath_failovers_total") == 2


@pytest.mark.row("A22", "B14")
async def test_known_tokens_at_known_prices_cost_the_same_plain_and_streamed(
    simulator: Simulator, files: Files
) -> None:
    simulator.map |= {"plain": "tokens-137", "streamed": "tokens-137"}
    files.put(priced(simulator, "plain", "streamed"))
    async with running(files.settings()) as router:
        for length in range(1, 30):
            await router.ask("plain", "x" * length)
            assert (await router.stream("streamed", "x" * length)).finished
        told = await figures(router)
    plain, streamed = (
        told.total("optipath_cost_dollars_total", gen_ai_request_model=model, counted_by="provider")
        for model in ("plain", "streamed")
    )
    assert plain == streamed
    assert abs(Decimal(plain) - dollars(simulator, "plain")) <= CENTS
    assert simulator.stats.models["plain"].completion_tokens == 29 * 137
    assert told.total("optipath_cost_dollars_total", counted_by="estimate") == 0


@pytest.mark.row("C25")
async def test_a_price_that_changes_is_what_the_next_answer_costs(simulator: Simulator, files: Files) -> None:
    dearer = Pricing(input_per_mtok=Decimal("0.5"), output_per_mtok=Decimal("4"))
    files.put(priced(simulator, "main"), generation=1)
    async with running(files.settings()) as router:
        before = await router.decision(await router.ask("main"))
        under_way = await router.open("main")
        files.put(priced(simulator, "main", pricing=dearer), generation=2)

        async def in_force() -> bool:
            return bool((await router.get("/snapshot")).json()["generation"] == 2)

        await until(in_force)
        after = await router.decision(await router.ask("main"))
        assert (await router.opened(under_way)).finished
        meanwhile = await router.decision(under_way)
        told = await figures(router)
    cheap = dollars(simulator, "main") / 3
    costs = [Decimal(record["cost"]) for record in (before, after, meanwhile)]
    # Who began under the old price ends under it.
    assert costs == [cheap, 2 * cheap, cheap]
    assert abs(Decimal(told.total("optipath_cost_dollars_total")) - sum(costs)) <= CENTS


# Tokens, as real providers tell them.

KINDS = ("input", "output", "cached_input", "reasoning")


def recorded() -> list[tuple[bytes, bytes, tuple[int, ...]]]:
    """Content type, body and usage of recorded answers, plain and streamed, whose usage has all four kinds."""
    found = [(b"application/json", *each) for each in wire.answers()]
    found += [(b"text/event-stream", *each) for each in wire.streams()]
    told = []
    for kind, exchange, body in found:
        usage = (exchange.get("expect") or {}).get("usage") or {}
        counts = tuple(usage.get(name) or 0 for name in ("input", "output", "cache_read", "reasoning"))
        if all(counts) and exchange["provider"] != "xai":  # of whose counts there is a test of their own
            told.append((kind, body, counts))
    return told


def answered(kind: bytes, body: bytes) -> bytes:
    """An HTTP answer."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n%b" % (kind, len(body), body)


@pytest.mark.row("C09")
async def test_tokens_are_those_that_providers_told(files: Files) -> None:
    answers = recorded()
    script: list[Step] = [step for kind, body, _ in answers for step in (Do.READ, answered(kind, body))]
    async with ScriptedServer(script) as server:
        files.put(chain(f"{server.url}/v1", "main"))
        async with running(files.settings()) as router:
            for kind, *_ in answers:
                answer = await ask(router, streams=kind == b"text/event-stream")
                assert answer.status_code == 200
            told = await figures(router)
    totals = [
        told.total("gen_ai_client_token_usage_total", gen_ai_token_type=kind, counted_by="provider") for kind in KINDS
    ]
    assert {kind for kind, *_ in answers} == {b"application/json", b"text/event-stream"}
    assert totals == [sum(counts) for counts in zip(*(counts for *_, counts in answers), strict=True)]
    assert told.total("gen_ai_client_token_usage_total", counted_by="estimate") == 0


async def ask(router: Router, *, streams: bool) -> Any:
    """The head of an answer that was read whole."""
    return (await router.stream()).answer if streams else await router.ask()


@pytest.mark.row("C09")
async def test_tokens_that_nobody_counted_are_an_estimate_and_marked(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "noUsage+tokens-50"
    files.put(chain(simulator.url, "main"))
    async with running(files.settings()) as router:
        stream: Stream = await router.stream()
        record = await router.decision(stream.answer)
        told = await figures(router)
    assert record["usage"]["estimated"] is True
    assert record["usage"]["output_tokens"] == simulator.stats.models["main"].completion_tokens == 50
    assert told.total("gen_ai_client_token_usage_total", counted_by="provider") == 0


