"""From a change to what statuses say of routers: which have it, how providers do, what was spent; and how seldom."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
import pytest_asyncio

from optipath_operator.channel.ask import Outcome
from optipath_operator.channel.token import token_sha256
from optipath_operator.cluster.client import Json
from optipath_operator.resources.health import LastError
from support.apiserver import ApiServer, config_path, model_provider, namespace, path_of, routing_policy
from support.operator import Operator, Tenant
from support.routers import Paper, row
from support.timers import Timers, settle

KEY = b"k" * 32


class Stage:
    """A tenant with routers before an operator whose channel runs."""

    def __init__(self, api: ApiServer, timers: Timers, *, key: bytes | None = KEY) -> None:
        self.api, self.timers = api, timers
        self.operator = Operator(api, timers)
        if key:
            self.operator.tokens.take(key)
        self.tenant = Tenant(api, self.operator)
        self.routers = self.operator.routers.at
        self.task = asyncio.create_task(self.operator.channel.run())

    def pods(self, *names: str, **labels: str) -> None:
        for name in names:
            address = f"10.0.0.{len(self.routers) + 1}"
            self.routers[address] = Paper()
            found = row(name, address)
            found["metadata"]["labels"] |= labels
            self.operator.channel.took(found)

    async def starts(self, *names: str) -> None:
        """Everything is there, and has said so."""
        self.tenant.starts()
        self.pods(*names)
        await self.settles()

    async def settles(self, seconds: float = 10, *, told: bool = True) -> None:
        """The namespace is looked at, all routers take what there is, and time passes."""
        await self.tenant.works()
        digest = self.tenant.file.digest
        for name, router in zip(self._names(), self.routers.values(), strict=True):
            if told:
                self.operator.channel.told("team-a", name)
                router.digest = digest
        await self.passes(seconds)

    async def passes(self, seconds: float) -> None:
        """Time passes, and what is touched meanwhile is reported; watches tell of what was written."""
        for _ in range(int(seconds)):
            await self.timers.advance(1)
            while self.operator.waiting:
                name, _ = self.operator.waiting.popitem()
                await self.operator.reconcile.report(name)
                await settle()

    def _names(self) -> list[str]:
        group = self.operator.channel._fleet.group("team-a")
        assert group is not None
        return list(group.routers)

    def said(self, name: str = "chat") -> tuple[str, str, str]:
        """Propagated of a policy, and its ROUTERS."""
        condition = self.tenant.condition("RoutingPolicy", name, "Propagated")
        return condition["status"], condition["reason"], self.tenant.status("RoutingPolicy", name).get("routers", "")

    def provider(self) -> Json:
        return self.tenant.status("ModelProvider", "acme")

    def writes(self) -> int:
        return len(self.api.written("/status"))


@pytest_asyncio.fixture
async def stage(api: ApiServer, timers: Timers) -> AsyncIterator[Stage]:
    made = Stage(api, timers)
    yield made
    made.task.cancel()
    await asyncio.gather(made.task, return_exceptions=True)


async def test_the_snapshot_carries_the_hash_of_the_token_that_routers_are_asked_with(stage: Stage) -> None:
    await stage.starts("x")
    token = stage.operator.tokens.of(stage.tenant.state.uid)
    assert stage.operator.routers.tokens == {token}
    assert stage.tenant.file.snapshot.status_token_sha256 == token_sha256(token)


async def test_a_policy_says_which_routers_have_it(stage: Stage) -> None:
    await stage.starts("x", "y")
    assert stage.said() == ("True", "Propagated", "2/2")


async def test_an_edit_is_two_writes_and_none_for_the_other_policies(stage: Stage) -> None:
    stage.tenant.applies(*(routing_policy(f"p{number}", asked=f"m{number}") for number in range(10)))
    await stage.starts("x", "y")
    await stage.passes(120)
    before = stage.writes()
    stage.tenant.applies(routing_policy("p3", asked="other", generation=2))
    await stage.settles()
    assert stage.said("p3") == ("True", "Propagated", "2/2")
    assert stage.tenant.condition("RoutingPolicy", "p3", "Propagated")["observedGeneration"] == 2
    assert stage.writes() - before == 2
    assert stage.said("p4") == ("True", "Propagated", "2/2")


async def test_a_router_that_does_not_take_it_makes_it_stale_and_then_not(stage: Stage) -> None:
    await stage.starts("x", "y")
    stage.tenant.applies(routing_policy(asked="other", generation=2))
    await stage.tenant.works()
    stage.operator.channel.told("team-a", "x")
    stage.operator.channel.told("team-a", "y")
    stage.routers["10.0.0.1"].digest = stage.tenant.file.digest
    await stage.passes(25)
    assert stage.said() == ("False", "Stale", "1/2")
    assert "'y'" in stage.tenant.condition("RoutingPolicy", "chat", "Propagated")["message"]
    assert ("chat", "NotPropagated") in stage.tenant.events()
    stage.routers["10.0.0.2"].digest = stage.tenant.file.digest
    await stage.passes(180)
    assert stage.said() == ("True", "Propagated", "2/2")
    assert stage.tenant.events()[-1] == ("chat", "Propagated")


async def test_a_network_policy_is_no_staleness_and_nothing_else_suffers(stage: Stage) -> None:
    stage.tenant.starts()
    stage.pods("x", "y")
    for router in stage.routers.values():
        router.outcome = Outcome.SILENT
    await stage.settles(20)
    assert stage.said() == ("Unknown", "OutOfReach", "0/2")
    stage.tenant.applies(routing_policy(asked="other", generation=2))
    await stage.settles(1)
    assert stage.tenant.asked == ["other"]
    assert stage.tenant.condition("RoutingPolicy", "chat", "Programmed")["observedGeneration"] == 2


async def test_where_there_is_no_router_none_lacks_it(stage: Stage) -> None:
    stage.tenant.starts()
    await stage.settles()
    assert stage.said() == ("True", "NoRouters", "0/0")
    assert stage.writes() == 2


async def test_a_policy_counts_the_routers_that_it_applies_to(stage: Stage) -> None:
    selects = {"matchLabels": {"role": "search"}}
    stage.tenant.applies(routing_policy("search", asked="s", workloadSelector=selects))
    stage.pods("a", role="search")
    await stage.starts("b", "c")
    assert (stage.said("search"), stage.said("chat")) == (("True", "Propagated", "1/1"), ("True", "Propagated", "3/3"))


async def test_without_a_key_nobody_is_asked_and_all_else_goes_on(api: ApiServer, timers: Timers) -> None:
    stage = Stage(api, timers, key=None)
    await stage.starts("x")
    assert stage.said() == ("Unknown", "NotAsked", "?/1")
    assert stage.tenant.asked == ["chat"]
    assert stage.tenant.file.snapshot.status_token_sha256 is None
    assert stage.provider()["health"] == "Unknown"
    stage.task.cancel()
    await asyncio.gather(stage.task, return_exceptions=True)


async def test_what_is_not_programmed_is_not_propagated(stage: Stage) -> None:
    await stage.starts("x")
    broken = routing_policy(generation=2)
    broken["spec"]["rules"][0]["strategy"] = {}
    stage.tenant.applies(broken)
    await stage.settles()
    assert stage.said()[:2] == ("Unknown", "Pending")


@pytest.mark.case("O01")
async def test_at_rest_nothing_is_written_and_neither_is_after_a_restart(
    stage: Stage, api: ApiServer, timers: Timers
) -> None:
    await stage.starts("x", "y")
    for router in stage.routers.values():
        router.serves("acme", "small")
        router.spend = {"acme": Decimal("1.5")}
    await stage.passes(500)
    before = stage.writes()
    await stage.passes(400)
    assert stage.writes() == before
    other = Stage(api, timers)
    other.operator.sees_all()
    other.routers |= stage.routers
    for number, name in enumerate(("x", "y"), 1):
        other.operator.channel.took(row(name, f"10.0.0.{number}"))
    stage.operator.leads = False
    await other.tenant.works()
    await other.passes(400)
    other.task.cancel()
    await asyncio.gather(other.task, return_exceptions=True)
    assert len(api.written("/status")) == before


@pytest.mark.row("C24", "C07", "E19")
async def test_a_provider_shows_health_by_model_last_error_models_and_spend(stage: Stage) -> None:
    await stage.starts("x", "y")
    assert (stage.provider()["health"], stage.provider()["modelCount"]) == ("Unknown", 2)
    for router in stage.routers.values():
        router.serves("acme", "small")
        router.fails("acme", "large", error=LastError.TIMEOUT)
        router.spend = {"acme": Decimal("0.61728")}
    await stage.passes(500)
    shown = stage.provider()
    assert (shown["health"], shown["lastError"], shown["spend"]) == ("Degraded", "Timeout", "1.23")
    assert {each["name"]: (each["health"], each["breaker"]) for each in shown["models"]} == {
        "small": ("Healthy", "Closed"),
        "large": ("Down", "Open"),
    }


@pytest.mark.row("C07")
async def test_an_outage_shows_within_a_minute_and_passes_by_itself(stage: Stage) -> None:
    await stage.starts("x", "y")
    for router in stage.routers.values():
        router.fails("acme", "small", "large")
    await stage.passes(50)
    assert stage.provider()["health"] == "Down"
    for router in stage.routers.values():
        router.serves("acme", "small", "large")
    await stage.passes(120)
    assert stage.provider()["health"] == "Healthy"


async def test_health_that_flickers_is_written_at_most_once_a_minute(stage: Stage) -> None:
    await stage.starts("x")
    before = len(stage.api.written("acme/status"))
    for _ in range(20):
        for half in ("fails", "serves"):
            getattr(stage.routers["10.0.0.1"], half)("acme", "small")
            await stage.passes(30)
    assert len(stage.api.written("acme/status")) - before <= 21


async def test_spend_alone_is_written_every_five_minutes_or_less_often(stage: Stage) -> None:
    await stage.starts("x")
    before = len(stage.api.written("acme/status"))
    for cents in range(120):
        stage.routers["10.0.0.1"].spend = {"acme": Decimal(cents)}
        await stage.passes(30)
    written = len(stage.api.written("acme/status")) - before
    assert 7 <= written <= 13  # an hour, once in five to seven and a half minutes
    assert Decimal(stage.provider()["spend"]) > 100


@pytest.mark.case("X09")
async def test_what_routers_forge_gets_nowhere(stage: Stage) -> None:
    stage.tenant.applies(namespace("team-b", inject=False))
    await stage.starts("x")
    other = path_of("ModelProvider", "theirs", "team-b")
    stage.operator.sees(stage.api.put(other, model_provider("theirs")))
    await stage.operator.settles()
    before = stage.api.objects[other].get("status")
    liar = stage.routers["10.0.0.1"]
    liar.fails("theirs", "small")
    liar.fails("theirs@team-b", "small")
    liar.spend = {"theirs": Decimal(9), "theirs@team-b": Decimal(9)}
    await stage.passes(500)
    assert stage.api.objects[other].get("status") == before


@pytest.mark.case("X09")
async def test_neither_key_nor_token_is_told_anywhere(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await stage.starts("x")
    stage.routers["10.0.0.1"].outcome = Outcome.REFUSED
    await stage.passes(120)
    token = stage.operator.tokens.of(stage.tenant.state.uid)
    assert token is not None
    places = [caplog.text, stage.operator.metrics.text().decode(), repr(stage.api.requests), repr(stage.api.objects)]
    for place in places:
        assert token not in place
        assert KEY.decode() not in place


async def test_another_key_is_another_token_for_all(stage: Stage) -> None:
    await stage.starts("x")
    before = stage.api.objects[config_path()]["data"]
    stage.operator.tokens.take(b"n" * 32)
    await stage.settles()
    assert stage.api.objects[config_path()]["data"] != before
    assert stage.said() == ("True", "Propagated", "1/1")


async def test_a_policy_that_speaks_to_other_namespaces_leaves_it_to_their_own_to_tell(stage: Stage) -> None:
    await stage.starts("x")
    home = stage.api.put("/api/v1/namespaces/optipath-system", namespace("optipath-system"))
    stage.operator.sees(home)
    path = path_of("RoutingPolicy", "defaults", "optipath-system")
    scoped = routing_policy("defaults", scope={"mode": "Defaults"}, rules=[], resilience={"attempts": 2})
    stage.operator.sees(stage.api.put(path, scoped))
    await stage.operator.settles()
    told = {each["type"]: each for each in stage.api.objects[path]["status"]["conditions"]}
    assert told["Propagated"]["status"] != "True"
    assert "routers" not in stage.api.objects[path]["status"]
