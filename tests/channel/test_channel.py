"""The channel as whole: who is asked when, and what is known then."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from optipath_operator.channel.ask import Outcome
from optipath_operator.channel.channel import Channel
from optipath_operator.channel.evidence import Provided
from optipath_operator.channel.tally import Tally
from optipath_operator.resources.health import Health
from optipath_operator.telemetry import Metrics
from support.routers import Paper, Routers, row
from support.timers import Timers, settle


class Cluster:
    """Namespaces with routers, a channel that runs, and what it reported."""

    def __init__(self, timers: Timers) -> None:
        self.timers, self.routers, self.metrics = timers, Routers(), Metrics()
        self.leads, self.busy = True, False
        self.reported: list[str] = []
        self.channel = Channel(
            self.routers.ask,
            leads=lambda: self.leads,
            provided=lambda _: {"acme": Provided("uid-acme", frozenset({"small"}), None)},
            report=self.reported.append,
            metrics=self.metrics,
            busy=lambda: self.busy,
            now=timers,
            sleep=timers.sleep,
        )
        self.task = asyncio.create_task(self.channel.run())

    def pods(self, *names: str, has: str = "old", of: str = "team-a", ready: bool = True) -> None:
        """Pods come, whose routers have a configuration."""
        for name in names:
            address = f"10.{len(self.routers.at) // 250}.0.{len(self.routers.at) % 250}"
            self.routers.at[address] = Paper(has)
            self.channel.took(row(name, address, of=of, ready=ready))

    def router(self, name: str) -> Paper:
        return self.routers.at[self.address(name)]

    def address(self, name: str, of: str = "team-a") -> str:
        router = self.channel._fleet.router((of, name))
        assert router is not None
        return router.address

    def changes(self, digest: str = "new", *, of: str = "team-a", token: str | None = "token") -> None:
        self.channel.published(of, digest, token)

    def tells(self, name: str, *, has: str | None = "new", of: str = "team-a") -> None:
        """A pod is annotated, and its router takes what there is."""
        self.channel.told(of, name)
        if has is not None:
            self.router(name).digest = has

    def asks(self) -> int:
        return self.routers.asked.total()

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"optipath_operator_{name}", labels) or 0.0

    def tally(self, of: str = "team-a") -> Tally:
        return self.channel.tally(of, {})

    async def knows(self, *names: str, digest: str = "old") -> None:
        """Pods that have what they should, and have said so."""
        self.pods(*names, has=digest)
        self.changes(digest)
        await self.timers.advance(5)
        assert self.tally().figure == f"{len(names)}/{len(names)}"


@pytest_asyncio.fixture
async def cluster(timers: Timers) -> AsyncIterator[Cluster]:
    made = Cluster(timers)
    await settle()
    yield made
    made.task.cancel()
    await asyncio.gather(made.task, return_exceptions=True)


async def test_a_change_is_known_of_as_soon_as_routers_have_it(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    cluster.changes()
    assert cluster.tally().waits
    cluster.tells("x")
    cluster.tells("y")
    await timers.advance(2)
    assert cluster.tally() == Tally(agree=2)


async def test_one_that_does_not_take_it_is_stale_after_its_patience(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    cluster.changes()
    cluster.tells("x")
    cluster.tells("y", has=None)
    await timers.advance(10)
    assert cluster.tally().waits
    await timers.advance(10)
    assert cluster.tally() == Tally(agree=1, stale=1, example="y")
    cluster.router("y").digest = "new"
    await timers.advance(40)
    assert cluster.tally() == Tally(agree=2)


async def test_a_router_with_an_older_token_is_stale_and_not_out_of_reach(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    cluster.changes()
    cluster.tells("x", has=None)
    cluster.router("x").outcome = Outcome.REFUSED
    await timers.advance(20)
    assert (cluster.tally().stale, cluster.tally().out_of_reach) == (1, 0)


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.SILENT, Outcome.NONSENSE])
async def test_out_of_reach_is_not_stale(cluster: Cluster, timers: Timers, outcome: Outcome) -> None:
    cluster.pods("x", "y")
    cluster.router("y").outcome = outcome
    cluster.changes("old")
    await timers.advance(20)
    assert cluster.tally() == Tally(agree=1, out_of_reach=1, example="y")


async def test_where_pods_are_not_told_kubelet_has_its_own_time(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    before = cluster.asks()
    cluster.changes()
    await timers.advance(59)
    assert cluster.asks() == before
    cluster.router("x").digest = "new"
    await timers.advance(5)
    assert (cluster.tally().agree, cluster.tally().waits) == (1, True)
    await timers.advance(80)
    assert cluster.tally() == Tally(agree=1, stale=1, example="y")


async def test_at_rest_three_are_asked_every_half_a_minute_and_all_in_the_long_run(
    cluster: Cluster, timers: Timers
) -> None:
    await cluster.knows(*map(str, range(20)))
    before = cluster.asks()
    await timers.advance(600)
    assert 54 <= cluster.asks() - before <= 63
    assert len(cluster.routers.asked) == 20
    assert max(cluster.routers.asked.values()) < 25


async def test_at_rest_nothing_is_reported(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    await timers.advance(30)
    cluster.reported.clear()
    await timers.advance(600)
    assert cluster.reported == []


async def test_a_change_is_reported_once_it_is_settled_and_not_for_each_router(
    cluster: Cluster, timers: Timers
) -> None:
    await cluster.knows(*map(str, range(12)))
    await timers.advance(10)
    cluster.reported.clear()
    cluster.changes()
    for name in range(12):
        cluster.tells(str(name))
        await timers.advance(0.1)
    await timers.advance(5)
    assert cluster.reported == ["team-a"]


async def test_a_pod_that_comes_is_asked_when_it_is_ready(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    cluster.channel.took(row("y", "10.9.9.9", ready=False))
    cluster.routers.at["10.9.9.9"] = Paper("old")
    await timers.advance(10)
    assert (cluster.tally().figure, cluster.tally().waits) == ("1/2", False)
    cluster.channel.took(row("y", "10.9.9.9"))
    await timers.advance(2)
    assert cluster.tally().figure == "2/2"


async def test_a_pod_whose_app_never_gets_ready_is_asked_nevertheless(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    cluster.channel.took(row("y", "10.9.9.9", ready=False))
    cluster.routers.at["10.9.9.9"] = Paper("old")
    await timers.advance(70)
    assert cluster.tally().figure == "2/2"


async def test_a_pod_that_goes_counts_no_more_and_is_asked_a_last_time(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    address = cluster.address("x")
    before = cluster.routers.asked[address]
    cluster.channel.took(row("x", address, deletionTimestamp="2026-11-22T10:00:00Z"))
    await timers.advance(1)
    assert (cluster.tally().figure, cluster.routers.asked[address]) == ("1/1", before + 1)
    cluster.channel.lost("team-a", "x", 9999)
    await timers.advance(120)
    assert cluster.routers.asked[address] == before + 1


async def test_what_is_heard_of_a_pod_that_has_another_uid_by_now_counts_for_nothing(
    cluster: Cluster, timers: Timers
) -> None:
    answer, slow = cluster.routers.ask, asyncio.Event()

    async def late(address: str, token: str) -> Any:
        await slow.wait()
        return await answer(address, token)

    cluster.channel._ask = late
    cluster.pods("x")
    cluster.changes("old")
    await timers.advance(1)
    cluster.channel.took(row("x", "10.7.7.7", uid="another"))
    slow.set()
    await settle()
    assert cluster.tally().agree == 0


async def test_another_ones_namespace_that_swallows_everything_keeps_nobody_waiting(
    cluster: Cluster, timers: Timers
) -> None:
    answer = cluster.routers.ask

    async def ask(address: str, token: str) -> Any:
        if address.startswith("10.0."):
            await timers.sleep(2)
        return await answer(address, token)

    cluster.channel._ask = ask
    cluster.pods(*map(str, range(250)), of="slow", has="other")
    cluster.changes(of="slow")
    await timers.advance(5)
    cluster.pods("x", of="quick")
    cluster.changes("old", of="quick")
    await timers.advance(0.5)
    assert cluster.tally("quick").figure == "1/1"


@pytest.mark.case("O15")
async def test_ten_thousand_routers_are_asked_at_a_steady_pace(cluster: Cluster, timers: Timers) -> None:
    cluster.pods(*map(str, range(2000)))
    cluster.changes("old")
    await timers.advance(10)
    assert 900 <= cluster.asks() <= 1050
    await timers.advance(15)
    assert cluster.tally().figure == "2000/2000"


async def test_fewer_are_asked_while_namespaces_wait_to_be_looked_at(cluster: Cluster, timers: Timers) -> None:
    cluster.pods(*map(str, range(500)))
    cluster.busy = True
    cluster.changes("old")
    await timers.advance(10)
    assert cluster.asks() <= 130


async def test_only_the_leader_asks_and_a_new_one_knows_nothing_yet(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    cluster.leads = False
    cluster.channel.end_term()
    before = cluster.asks()
    await timers.advance(300)
    assert cluster.asks() == before
    cluster.leads = True
    cluster.channel.begin_term()
    assert cluster.tally().agree == 0
    cluster.changes("old")
    assert cluster.tally().waits, "what stands in status stays until it is known"
    await timers.advance(1)
    assert cluster.tally().figure == "2/2"


async def test_without_a_token_nobody_is_asked(cluster: Cluster, timers: Timers) -> None:
    cluster.pods("x")
    cluster.changes("old", token=None)
    await timers.advance(120)
    assert (cluster.asks(), cluster.tally()) == (0, Tally(unasked=1, shut=True))
    cluster.changes("old2")
    cluster.router("x").digest = "old2"
    await timers.advance(5)
    assert cluster.tally().figure == "1/1"


async def test_a_router_that_makes_us_stumble_stops_no_other(
    cluster: Cluster, timers: Timers, caplog: pytest.LogCaptureFixture
) -> None:
    answer = cluster.routers.ask

    async def ask(address: str, token: str) -> Any:
        if address == cluster.address("x"):
            raise RuntimeError("a mistake of ours")
        return await answer(address, token)

    cluster.channel._ask = ask
    cluster.pods("x", "y")
    cluster.changes("old")
    await timers.advance(5)
    assert (cluster.tally().agree, cluster.tally().out_of_reach) == (1, 1)
    assert "cannot take in what a router said" in caplog.text


async def test_how_long_a_change_took_is_measured_by_when_the_router_took_it(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x", "y")
    cluster.changes()
    cluster.tells("x")
    cluster.tells("y")
    cluster.router("x").age, cluster.router("y").age = 0.6, 900.0
    await timers.advance(3)
    assert cluster.counted("propagation_seconds_count") == 2
    assert 0.4 <= cluster.counted("propagation_seconds_sum") <= 1.0, "and never less than nothing"
    cluster.pods("z", has="new")
    await timers.advance(10)
    assert cluster.counted("propagation_seconds_count") == 2, "one that came later began with it"


async def test_metrics_say_what_came_of_asking_and_where_routers_are(cluster: Cluster, timers: Timers) -> None:
    cluster.pods("x", "y", "z")
    cluster.router("y").digest = "other"
    cluster.router("z").outcome = Outcome.SILENT
    cluster.changes("old")
    await timers.advance(20)
    cluster.channel.gauge()
    states = {
        state: cluster.counted("routers", state=state) for state in ("agrees", "stale", "out_of_reach", "unasked")
    }
    assert states == {"agrees": 1, "stale": 1, "out_of_reach": 1, "unasked": 0}
    assert cluster.counted("router_asks_total", outcome="silent") >= 3
    assert cluster.counted("router_asks_total", outcome="answered") >= 2


@pytest.mark.row("C24")
async def test_health_is_reported_when_it_turns(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    await timers.advance(10)
    cluster.reported.clear()
    cluster.router("x").fails("acme", "small")
    await timers.advance(60)
    assert cluster.reported == ["team-a"]
    found = cluster.channel.models("team-a", "acme", ("small",))
    assert found is not None
    assert found["small"].health is Health.DOWN


async def test_what_was_withheld_is_reported_again(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    await timers.advance(10)
    cluster.reported.clear()
    cluster.channel.withheld("team-a", 30.0)
    await timers.advance(29)
    assert cluster.reported == []
    await timers.advance(3)
    assert cluster.reported == ["team-a"]


@pytest.mark.row("C07")
async def test_health_that_turns_back_does_not_wait_for_spend_that_was_withheld(
    cluster: Cluster, timers: Timers
) -> None:
    await cluster.knows("x")
    cluster.router("x").fails("acme", "small")
    await timers.advance(60)
    cluster.channel.withheld("team-a", 400.0)
    cluster.reported.clear()
    cluster.router("x").serves("acme", "small")
    await timers.advance(60)
    assert cluster.reported == ["team-a"]


async def test_a_namespace_that_needs_nothing_any_more_is_asked_nothing(cluster: Cluster, timers: Timers) -> None:
    await cluster.knows("x")
    cluster.channel.forget("team-a")
    before = cluster.asks()
    await timers.advance(300)
    assert cluster.asks() == before
    cluster.changes("old")
    await timers.advance(2)
    assert cluster.tally().figure == "1/1"
