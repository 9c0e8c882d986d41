"""What is measured is what happened: the rows about latency, success, cost, calls and tokens."""

import time
from decimal import Decimal

import httpx
import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Pricing, Snapshot
from support import wire
from support.builders import LOOPBACK, provider, snapshot, target
from support.figures import figures
from support.router import Files, Router, chain, running, until
from support.scripted import Do, ScriptedServer, Step

PRICES = Pricing(input_per_mtok=Decimal("0.25"), output_per_mtok=Decimal(2))
EXACT = Decimal("1e-9")
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
        for length in range(1, 12):
            await router.ask("plain", "x" * length)
            assert (await router.stream("streamed", "x" * length)).finished
        told = await figures(router)
    plain, streamed = (
        told.total("optipath_cost_dollars_total", gen_ai_request_model=model, counted_by="provider")
        for model in ("plain", "streamed")
    )
    assert plain == streamed
    assert abs(Decimal(plain) - dollars(simulator, "plain")) <= EXACT
    assert simulator.stats.models["plain"].completion_tokens == 11 * 137
    assert told.total("optipath_cost_dollars_total", counted_by="estimate") == 0


@pytest.mark.row("C25", "E16")
async def test_a_price_that_changes_is_what_the_next_answer_costs(simulator: Simulator, files: Files) -> None:
    dearer = Pricing(input_per_mtok=Decimal("0.5"), output_per_mtok=Decimal(4))
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
    assert abs(Decimal(told.total("optipath_cost_dollars_total")) - sum(costs)) <= EXACT


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


async def ask(router: Router, *, streams: bool) -> httpx.Response:
    """The head of an answer that was read whole."""
    return (await router.stream()).answer if streams else await router.ask()


@pytest.mark.row("C09")
async def test_tokens_that_nobody_counted_are_an_estimate_and_marked(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "noUsage+tokens-50"
    files.put(chain(simulator.url, "main"))
    async with running(files.settings()) as router:
        stream = await router.stream()
        record = await router.decision(stream.answer)
        told = await figures(router)
    assert record["usage"]["estimated"] is True
    assert record["usage"]["output_tokens"] == simulator.stats.models["main"].completion_tokens == 50
    assert told.total("gen_ai_client_token_usage_total", counted_by="provider") == 0
