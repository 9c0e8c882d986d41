"""Limits of policies in a router that runs: what callers notice, and when a place is free again."""

import asyncio
import json
from typing import Any

import anthropic
import openai
import pytest

from optipath_cli.simulator import Simulator
from optipath_snapshot import Concurrency, PolicyRef, RoundRobin, Snapshot
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.callers import Connection, request
from support.figures import figures
from support.requests import body
from support.router import Files, Router, asked, chain, program, running, until
from support.vendors import claude, gpt

TIER = PolicyRef(namespace="optipath-system", name="gold", generation=3)
HELLO: Any = [{"role": "user", "content": "Hello"}]
JSON = {"content-type": "application/json"}


def tier(most: int, **given: Any) -> Concurrency:
    return Concurrency(policy=TIER, whole=True, max_concurrent=most, **given)


def limited(simulator: Simulator, *concurrency: Concurrency, **given: Any) -> Snapshot:
    """One target behind these limits, which answers when the test says so: `main` is mapped to what it does."""
    return chain(simulator.url, "main", concurrency=concurrency, **given)


async def under_way(router: Router) -> float:
    return (await figures(router)).total("optipath_limit_under_way")


async def waiting(router: Router) -> float:
    return (await figures(router)).total("optipath_limit_waiting")


async def holds(router: Router, count: int) -> None:
    """Wait until so many requests have their place."""

    async def there() -> bool:
        return await under_way(router) == count

    await until(there)


async def queued(router: Router, count: int) -> None:
    """Wait until so many requests wait for theirs."""

    async def there() -> bool:
        return await waiting(router) == count

    await until(there)


@pytest.mark.case("D08")
async def test_a_stream_keeps_its_place_to_its_last_byte(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "drip-30+tokens-10"
    files.put(limited(simulator, tier(1)))
    async with running(files.settings()) as router:
        opened = await router.open()
        # Its first content is here, and its end is not.
        refused = await router.ask()
        stream = await router.opened(opened)
        await holds(router, 0)
        served = await router.ask()
    assert stream.finished
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    assert (refused.headers["retry-after"], refused.headers["x-should-retry"]) == ("1", "true")
    assert refused.headers["x-optipath-attempts"] == "0"
    assert served.status_code == 200
    assert simulator.stats.max_in_flight == 1


async def test_a_stream_that_is_cut_or_left_leaves_its_place(simulator: Simulator, files: Files) -> None:
    files.put(limited(simulator, tier(1)))
    async with running(files.settings()) as router:
        simulator.map["main"] = "reset-after-3"
        assert not (await router.stream()).whole
        await holds(router, 0)
        simulator.map["main"] = "infinite-stream"
        opened = await router.open()
        await opened.aclose()
        await holds(router, 0)
        simulator.map["main"] = "503"
        assert (await router.ask()).status_code == 503
        simulator.map["main"] = "ok"
        assert (await router.ask()).status_code == 200
        await holds(router, 0)


async def test_who_waits_is_served_when_a_place_is_left(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-100ms"
    files.put(limited(simulator, tier(1, queue_length=2, queue_seconds=30)))
    async with running(files.settings()) as router:
        answers = await asyncio.gather(*(router.ask() for _ in range(4)))
        records = [await router.decision(answer) for answer in answers]
        told = await figures(router)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429]
    assert simulator.stats.max_in_flight == 1
    assert sum(record["wait"] is not None for record in records) == 3
    assert told.by("reason", "optipath_limit_refused_total", policy=TIER.full_name) == {"queue_full": 1}
    assert told.total("optipath_limit_waited_seconds_count", counts="router") == 2
    assert told.total("optipath_limit_max_concurrent", policy=TIER.full_name) == 1


async def test_a_caller_who_leaves_the_queue_is_noticed_and_recorded(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    files.put(limited(simulator, tier(1, queue_length=1, queue_seconds=30)))
    async with running(files.settings()) as router:
        first = asyncio.create_task(router.ask())
        await holds(router, 1)
        address = router.bound.api[0]
        caller = Connection(*await asyncio.open_connection(address.host, address.port))
        await caller.send(request(target="/v1/chat/completions", body=body("auto")))
        await queued(router, 1)
        caller.writer.close()
        await queued(router, 0)
        told = await figures(router)
        first.cancel()
    assert told.by("outcome", "optipath_requests_total") == {"abandoned": 1}
    assert simulator.stats.count == 1


@pytest.mark.row("A28")
async def test_each_sdk_raises_what_it_calls_a_limit(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    files.put(limited(simulator, tier(1)))
    async with running(files.settings()) as router, gpt(router) as openais, claude(router) as anthropics:
        first = asyncio.create_task(router.ask())
        await holds(router, 1)
        with pytest.raises(openai.RateLimitError, match="policy 'optipath-system/gold' lets 1 requests") as chat:
            await openais.chat.completions.create(model="auto", messages=HELLO)
        with pytest.raises(openai.RateLimitError):
            await openais.responses.create(model="auto", input="Hello", stream=True)
        with pytest.raises(anthropic.RateLimitError) as message:
            await anthropics.messages.create(model="auto", messages=HELLO, max_tokens=10)
        first.cancel()
    assert chat.value.code == "rate_limited"
    told = message.value.body
    assert isinstance(told, dict)
    assert (told["error"]["type"], told["error"]["code"]) == ("rate_limit_error", "rate_limited")


async def test_what_calls_nobody_needs_no_place(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    files.put(limited(simulator, tier(1)))
    async with running(files.settings()) as router:
        first = asyncio.create_task(router.ask())
        await holds(router, 1)
        explained = await router.http.post(f"{router.url}/optipath/explain", content=body("auto"), headers=JSON)
        unknown = await router.ask("nobody-knows-it")
        listed = await router.http.get(f"{router.url}/v1/models")
        counted = await router.http.post(f"{router.url}/v1/messages/count_tokens", json=asked())
        first.cancel()
    assert [each.status_code for each in (explained, unknown, listed, counted)] == [200, 404, 200, 200]


@pytest.mark.row("A28")
async def test_a_reload_counts_on_and_lets_in_as_many_as_may_be_now(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    bound = {"queue_length": 5, "queue_seconds": 60}
    files.put(limited(simulator, tier(1, **bound)))
    async with running(files.settings()) as router:
        asking = [asyncio.create_task(router.ask()) for _ in range(4)]
        await queued(router, 3)
        files.put(limited(simulator, tier(3, **bound)), 2)
        await queued(router, 1)
        assert await under_way(router) == 3
        # Those under way stay when there may be fewer, and count: nobody else is let in.
        files.put(limited(simulator, tier(1)), 3)

        async def taken_up() -> bool:
            return await router.metric("optipath_snapshot_generation") == 3

        await until(taken_up)
        assert (await router.ask()).status_code == 429
        assert (await under_way(router), await waiting(router)) == (3, 1)
        files.put(limited(simulator), 4)
        await until(lambda: _count(simulator, 4))
        for task in asking:
            task.cancel()


async def _count(simulator: Simulator, count: int) -> bool:
    return simulator.stats.count == count


async def test_a_limit_holds_in_pods_with_its_labels_and_nowhere_else(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    files.put(limited(simulator, tier(1, workload={"app": "chat"})))
    files.labels(app="mail")
    async with running(files.settings()) as router:
        asking = [asyncio.create_task(router.ask()) for _ in range(2)]
        await until(lambda: _count(simulator, 2))
        files.labels(app="chat")

        async def binds() -> bool:
            return (await figures(router)).total("optipath_limit_max_concurrent") == 1

        await until(binds)
        asking.append(asyncio.create_task(router.ask()))
        await holds(router, 1)
        assert (await router.ask()).status_code == 429
        for task in asking:
            task.cancel()


async def test_a_refused_request_takes_no_turn(simulator: Simulator, files: Files) -> None:
    made = snapshot(
        route("acme/one", "acme/two", models=["auto"], strategy=RoundRobin()),
        providers=[provider("acme", url=simulator.url)],
        targets=[target("acme/one"), target("acme/two")],
        egress=LOOPBACK,
        concurrency=(tier(1),),
    )
    simulator.map |= {"one": "drip-20+tokens-5", "two": "drip-20+tokens-5"}
    files.put(made)
    async with running(files.settings()) as router:
        served = []
        for _ in range(4):
            opened = await router.open()
            assert (await router.ask()).status_code == 429
            served.append((await router.opened(opened)).answer.headers["x-optipath-model"])
            await holds(router, 0)
    assert served == ["one", "two"] * 2


@pytest.mark.case("F07")
async def test_a_router_that_stops_tells_those_who_wait(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "slow-60s"
    files.put(limited(simulator, tier(1, queue_length=1, queue_seconds=60)))
    log = files.root / "decisions.jsonl"
    environment = files.environment(OPTIPATH_GRACE_SECONDS="6", OPTIPATH_DECISION_LOG=str(log))
    async with program(environment) as started:
        asking = [asyncio.create_task(started.router.ask()) for _ in range(2)]
        await queued(started.router, 1)
        started.process.terminate()
        answers = await asyncio.gather(*asking)
        assert await started.stopped() == 0
    assert [answer.status_code for answer in answers] == [503, 503]
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["outcome"] for record in records] == ["stopped", "stopped"]
    assert sorted(record["wait"] is not None for record in records) == [False, True]
