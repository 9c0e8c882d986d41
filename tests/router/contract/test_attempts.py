"""Further attempts: retries that wait, hedges that win, and what they cost. Rows A13, A24, C06, D24, E13."""

import asyncio
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from optipath_cli.simulator import Outcome, Simulator
from optipath_snapshot import HedgeDelay, HedgeQuantile, Pricing, Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import figures
from support.router import Files, asked, chain, running

PRICES = Pricing(input_per_mtok=Decimal(1), output_per_mtok=Decimal(10))


@pytest.mark.row("A24")
@pytest.mark.parametrize("streams", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("fault", "rest"), [("for-1-500", 0.2), ("for-1-429", 1.0)])
async def test_a_failure_that_passes_is_waited_out_and_tried_again(
    *, fault: str, rest: float, streams: bool, simulator: Simulator, files: Files
) -> None:
    simulator.map["main"] = fault
    files.put(chain(simulator.url, "main", resilience={"backoff_base_seconds": 0.2}))
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=streams))
        record = await router.decision(answer)
    assert answer.status_code == 200
    assert answer.headers["x-optipath-attempts"] == "2"
    assert answer.headers["x-optipath-failover"] == "false"
    assert record["attempts"][-1]["outcome"] == "ok"
    [(first, second)] = pairwise(arrival.seconds for arrival in simulator.stats.arrivals)
    assert second - first >= rest


@pytest.mark.row("A24")
async def test_what_has_begun_to_be_said_is_never_said_again(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "close-after-3"
    files.put(chain(simulator.url, "main", resilience={"backoff_base_seconds": 0.01}))
    async with running(files.settings()) as router:
        stream = await router.stream()
    assert not stream.whole
    assert stream.text == "I am main. "
    assert simulator.stats.count == 1


@pytest.mark.row("A13", "C06", "D24")
async def test_a_provider_that_refuses_connections_is_replaced(simulator: Simulator, files: Files) -> None:
    async with Simulator() as closed:
        url = closed.url
    providers = [provider("p1", url=url), provider("p2", url=simulator.url)]
    rule = route("p1/main", "p2/second", models=["auto"])
    files.put(snapshot(rule, providers=providers, egress=LOOPBACK))
    async with running(files.settings()) as router:
        answer = await router.ask()
        record = await router.decision(answer)
    assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
    assert (answer.headers["x-optipath-attempts"], answer.headers["x-optipath-failover"]) == ("2", "true")
    assert [attempt["outcome"] for attempt in record["attempts"]] == ["unreachable", "ok"]


def hedged(simulator: Simulator, after: HedgeDelay | HedgeQuantile) -> Snapshot:
    """`auto` goes to `main`, and beside it to `second` where that takes long."""
    targets = [target(f"{name}/{name}", pricing=PRICES) for name in ("main", "second")]
    providers = [provider(each.provider, url=simulator.url) for each in targets]
    rule = route("main/main", "second/second", models=["auto"], resilience={"hedge": after})
    return snapshot(rule, targets=targets, providers=providers, egress=LOOPBACK)


@pytest.mark.row("E13")
@pytest.mark.parametrize(
    ("slow", "streams", "phase"),
    [
        ("slow-30s", False, "before-head"),
        ("slow-30s", True, "before-head"),
        ("slow-first-token-30", True, "in-stream"),
    ],
)
async def test_the_first_good_answer_wins_and_the_loser_is_hung_up_on_and_booked(
    *, slow: str, streams: bool, phase: str, simulator: Simulator, outcomes: asyncio.Queue[Outcome], files: Files
) -> None:
    simulator.map["main"] = slow
    files.put(hedged(simulator, HedgeDelay(seconds=0.05)))
    async with running(files.settings()) as router:
        answer = await router.http.post(f"{router.url}/v1/chat/completions", json=asked(stream=streams))
        record = await router.decision(answer)
        ended = [await outcomes.get() for _ in range(2)]
        told = await figures(router)
    assert (answer.status_code, answer.headers["x-optipath-model"]) == (200, "second")
    assert answer.headers["x-optipath-attempts"] == "2"
    assert {(each.arrival.model, each.left) for each in ended} == {("main", phase), ("second", None)}
    lost, won = record["attempts"]
    assert [(each["target"], each["outcome"]) for each in (lost, won)] == [
        ("main/main", "lost"),
        ("second/second", "ok"),
    ]
    assert [each["usage"]["estimated"] for each in (lost, won)] == [True, False]
    assert all(Decimal(each["cost"]) > 0 for each in (lost, won))
    assert Decimal(record["cost"]) == Decimal(lost["cost"]) + Decimal(won["cost"])
    for model, by in (("main", "estimate"), ("second", "provider")):
        assert told.total("optipath_cost_dollars_total", gen_ai_request_model=model, counted_by=by) > 0


@pytest.mark.row("E13")
async def test_a_hedge_starts_once_a_target_is_slower_than_it_usually_is(simulator: Simulator, files: Files) -> None:
    files.put(hedged(simulator, HedgeQuantile(quantile=0.95)))
    async with running(files.settings()) as router:
        simulator.map["main"] = "slow-30ms"
        usual = [await router.ask() for _ in range(20)]
        simulator.map["main"] = "slow-30s"
        slow = await router.ask()
        record: dict[str, Any] = await router.decision(slow)
    assert {answer.status_code for answer in usual} == {200}
    assert (slow.status_code, slow.headers["x-optipath-model"]) == (200, "second")
    first, second = record["attempts"]
    assert second["started_seconds"] - first["started_seconds"] >= 0.03


@pytest.mark.row("E13")
async def test_hedges_are_no_more_than_the_retry_budget_pays(simulator: Simulator, files: Files) -> None:
    simulator.map |= {"main": "slow-500ms", "second": "slow-500ms"}
    files.put(hedged(simulator, HedgeDelay(seconds=0.02)))
    async with running(files.settings()) as router:
        answers = await asyncio.gather(*(router.ask() for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    # A fifth of what is in flight, the hedges themselves included: 7 of 37.
    assert 3 <= simulator.stats.models["second"].count <= 7
    assert simulator.stats.models["main"].count == 30


@pytest.mark.row("A41")
async def test_who_asks_by_a_request_s_id_learns_the_rule_the_candidates_and_what_each_provider_said(
    simulator: Simulator, files: Files
) -> None:
    simulator.map |= {"main": "quota", "second": "e503", "third": "ok"}
    files.put(chain(simulator.url, "main", "second", "third"))
    async with running(files.settings()) as router:
        record = await router.decision(await router.ask())
    decision = record["decision"]
    assert decision["rules"] == [{"policy": "team-a/policy@1", "rule": "rule", "matched": True, "failed": ""}]
    assert decision["ranking"] == ["p1/main", "p2/second", "p3/third"]
    assert [(each["target"], each["outcome"], each["status"], each["message"]) for each in record["attempts"]] == [
        ("p1/main", "quota", 429, "its account is spent, with status 429 and code insufficient_quota"),
        ("p2/second", "overloaded", 503, "it is overloaded, with status 503"),
        ("p3/third", "ok", 200, ""),
    ]
