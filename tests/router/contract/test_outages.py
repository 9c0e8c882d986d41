"""Providers that are down, become slow or go away, and what their callers notice: U09, U11, A04, B03, E21."""

import asyncio
import statistics
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import count, pairwise

import httpx
import pytest

from optipath_cli.simulator import Simulator
from optipath_router.call.health import HealthSettings
from optipath_router.call.health.breaker import BreakerSettings
from optipath_router.call.health.ejection import EjectionSettings
from optipath_snapshot import Handling, RoundRobin, Snapshot
from support.arrivals import arrivals
from support.builders import LOOPBACK, provider, route, snapshot, target
from support.figures import figures
from support.router import Files, Router, chain, running
from support.soak import many, seconds


def resting(full: float, ci: float) -> HealthSettings:
    """Health with breakers that rest for so long."""
    return HealthSettings(BreakerSettings(rest_seconds=seconds(full, ci)))


def spread(**urls: str) -> Snapshot:
    """A snapshot that has providers by these names serve the model `m` in turns."""
    providers = [provider(name, url=url) for name, url in urls.items()]
    rule = route(*(f"{name}/m" for name in urls), models=["auto"], strategy=RoundRobin())
    return snapshot(rule, providers=providers, egress=LOOPBACK)


async def calling(router: Router, calls: int, at_once: int = 5) -> list[httpx.Response]:
    """The answers to so many calls, of which several are always under way."""
    answers: list[httpx.Response] = []
    numbers = count()

    async def caller() -> None:
        while next(numbers) < calls:
            answers.append(await router.ask())

    await asyncio.gather(*(caller() for _ in range(at_once)))
    return answers


async def calling_until(router: Router, holds: Callable[[httpx.Response], bool], pause: float) -> list[httpx.Response]:
    """The answers to calls one after the other, up to the first one of which something holds."""
    answers = [await router.ask()]
    while not holds(answers[-1]):
        await asyncio.sleep(pause)
        answers.append(await router.ask())
    return answers


def served_by(model: str) -> Callable[[httpx.Response], bool]:
    """Whether an answer is of this model."""
    return lambda answer: bool(answer.headers.get("x-optipath-model") == model)


@pytest.mark.case("U09")
async def test_an_outage_of_everybody_is_not_multiplied(simulator: Simulator, files: Files) -> None:
    simulator.map |= {"main": "503", "second": "503"}
    files.put(chain(simulator.url, "main", "second"))
    lasts, a_second = seconds(10, 1.5), many(200, 60)
    calls: list[asyncio.Task[httpx.Response]] = []
    async with running(files.settings()) as router:
        for _ in range(int(lasts * a_second)):
            calls.append(asyncio.create_task(router.ask()))
            await asyncio.sleep(1 / a_second)
        answers = await asyncio.gather(*calls)
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["error"]["code"] for answer in answers} == {"all_attempts_failed"}
    assert all("retry-after" in answer.headers for answer in answers)
    assert simulator.stats.count <= 1.2 * len(answers) + 3 * lasts
    assert statistics.median(answer.elapsed.total_seconds() for answer in answers) < 1


@pytest.mark.case("U11")
async def test_a_breaker_opens_probes_with_one_call_and_closes(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = "503"
    files.put(chain(simulator.url, "main", "second"))
    health = resting(30, 1)
    async with running(files.settings(), health) as router:
        down = [await router.ask() for _ in range(10)]
        failed = arrivals(simulator, "main")
        simulator.map["main"] = "slow-200ms"
        callers = (calling_until(router, served_by("main"), 0.005) for _ in range(5))
        back = [answer for answers in await asyncio.gather(*callers) for answer in answers]
    assert {answer.status_code for answer in (*down, *back)} == {200}
    assert len(failed) == 5
    probe, *later = arrivals(simulator, "main")[5:]
    assert probe - failed[-1] >= health.breaker.rest_seconds
    assert probe - failed[-1] < 40
    # While the probe was under way the others went elsewhere.
    assert all(arrival - probe >= 0.2 for arrival in later)
    assert later


@pytest.mark.row("E21")
async def test_callers_do_not_notice_an_outage_and_go_back_when_it_is_over(simulator: Simulator, files: Files) -> None:
    simulator.map["main"] = f"for-{seconds(300, 1.5):g}s-503"
    files.put(chain(simulator.url, "main", "second"))
    async with running(files.settings(), resting(30, 0.15)) as router:
        answers = await calling_until(router, served_by("main"), 0.005)
        told = await figures(router)
    assert {answer.status_code for answer in answers} == {200}
    asked = arrivals(simulator, "main")
    probes = asked[5:]
    assert len(probes) >= 3, "it was probed while it was down, and once when it was not"
    rests = [later - earlier for earlier, later in pairwise(asked[4:])]
    assert all(later > earlier for earlier, later in pairwise(rests)), "each probe that fails is followed by more rest"
    assert told.by("outcome", "optipath_attempts_total", target="p1/main") == {"overloaded": len(asked) - 1, "ok": 1}
    assert told.total("optipath_failovers_total") == len(asked) - 1


@pytest.mark.row("C07")
async def test_while_everybody_outside_is_down_the_local_model_answers(simulator: Simulator, files: Files) -> None:
    simulator.map |= {"main": "503", "second": "reset"}
    local = [target("p1/main"), target("p2/second"), target("p3/ok-local")]
    providers = [
        provider("p1", url=simulator.url),
        provider("p2", url=simulator.url),
        provider("p3", url=simulator.url, handling=Handling(locality="Cluster")),
    ]
    rule = route(*(each.name for each in local), models=["auto"])
    files.put(snapshot(rule, providers=providers, targets=local, egress=LOOPBACK))
    async with running(files.settings(), resting(30, 0.5)) as router:
        down = [await router.ask() for _ in range(8)]
        away = await figures(router)
        simulator.map |= {"main": "ok", "second": "ok"}
        back = await calling_until(router, served_by("main"), 0.01)
        well = await figures(router)
    assert {answer.status_code for answer in (*down, *back)} == {200}
    assert all(served_by("ok-local")(answer) for answer in down)
    assert away.by("target", "optipath_target_available") == {"p3/ok-local": 1}
    assert well.total("optipath_target_available", target="p1/main") == 1


@pytest.mark.row("A04")
async def test_the_share_of_an_endpoint_that_becomes_slow_falls(simulator: Simulator, files: Files) -> None:
    health = HealthSettings(ejection=EjectionSettings(slower_seconds=seconds(1, 0.05)))
    async with Simulator() as west:
        files.put(spread(east=simulator.url, west=west.url))
        async with running(files.settings(), health) as router:

            async def asked_of_west(calls: int) -> float:
                before = (await figures(router)).total("optipath_attempts_total", provider="west")
                assert {answer.status_code for answer in await calling(router, calls)} == {200}
                return (await figures(router)).total("optipath_attempts_total", provider="west") - before

            assert await asked_of_west(40) == 20
            west.map["m"] = f"slow-{seconds(3, 0.4):g}s"
            # Some ten slow answers, and those that are under way meanwhile.
            assert 10 <= await asked_of_west(80) <= 16
            assert await asked_of_west(40) == 0


@pytest.mark.row("B03")
async def test_an_endpoint_that_dies_under_load_costs_nobody_an_answer(files: Files) -> None:
    async with AsyncExitStack() as stack:
        east, north = [await stack.enter_async_context(Simulator()) for _ in range(2)]
        west = Simulator()
        await west.__aenter__()
        for each in (east, north, west):
            each.map["m"] = "slow-20ms"
        files.put(spread(east=east.url, north=north.url, west=west.url))
        async with running(files.settings()) as router:
            loading = asyncio.create_task(calling(router, 150))
            await until_asked(west, 15)
            await west.__aexit__()
            answers = await loading
            before = await figures(router)
            answers += await calling(router, 30)
            after = await figures(router)
    assert {answer.status_code for answer in answers} == {200}
    shares = {
        name: after.total("optipath_requests_total", provider=name)
        - before.total("optipath_requests_total", provider=name)
        for name in ("east", "north", "west")
    }
    assert shares == {"east": 15, "north": 15, "west": 0}


async def until_asked(simulator: Simulator, times: int) -> None:
    """Return once a provider was asked so often."""
    while simulator.stats.count < times:  # noqa: ASYNC110  a simulator tells nobody
        await asyncio.sleep(0.005)
