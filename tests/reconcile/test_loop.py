"""The loop: who leads works, and one bad namespace or a bad minute stops nobody for long."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from optipath_operator.cluster.client import Unreachable
from optipath_operator.cluster.lease import Lease
from optipath_operator.reconcile.loop import Loop
from optipath_operator.reconcile.worklist import Lane, Worklist
from support.apiserver import ApiServer, config_path, model_provider, namespace, path_of, refused, routing_policy
from support.operator import Tenant
from support.timers import Timers, settle


class Leader:
    """An operator with a loop that turns."""

    def __init__(self, tenant: Tenant, timers: Timers) -> None:
        api = tenant.api
        self.tenant, self.timers = tenant, timers
        self.worklist = Worklist(timers, timers.later)
        self.lease = Lease(
            api, "sys", f"op-{id(self)}", now=timers, sleep=timers.sleep, began=self._began, ended=self.worklist.clear
        )
        self.loop = Loop(
            tenant.reconcile,
            client=api,
            worklist=self.worklist,
            store=tenant.store,
            lease=self.lease,
            metrics=tenant.metrics,
            now=timers,
        )
        self.tasks = [
            asyncio.create_task(work)
            for work in (self.lease.run(), self.loop.run(), api.outage.run(api.answers, sleep=timers.sleep))
        ]

    def _began(self) -> None:
        self.tenant.store.begin_term()
        self.loop.begin_term()

    def sees(self, *touched: str) -> None:
        for each in touched:
            self.loop.touch(each, Lane.EDIT)

    async def stop(self) -> None:
        for task in reversed(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest_asyncio.fixture
async def make(timers: Timers) -> AsyncIterator[Callable[[Tenant], Leader]]:
    made: list[Leader] = []

    def one(tenant: Tenant) -> Leader:
        made.append(Leader(tenant, timers))
        return made[-1]

    yield one
    for each in made:
        await each.stop()


Make = Callable[[Tenant], Leader]


async def test_what_was_there_is_made_so_when_it_begins_to_lead(tenant: Tenant, make: Make, timers: Timers) -> None:
    tenant.starts()
    make(tenant)
    await timers.advance(1)
    assert tenant.asked == ["chat"]


async def test_one_that_does_not_lead_writes_nothing_and_collects_nothing(
    tenant: Tenant, make: Make, timers: Timers
) -> None:
    tenant.starts()
    make(tenant)
    await timers.advance(1)
    tenant.sees_config()
    second = tenant.restarted()
    other = make(second)
    before = len(tenant.api.writes)
    other.sees(*second.applies(routing_policy(asked="other", generation=2)))
    await timers.advance(5)
    assert len(tenant.api.writes) == before
    assert other.worklist.age() == 0
    assert second.counted("optipath_operator_drift_repaired_total") == 0


async def test_the_next_leader_takes_up_what_the_last_one_left(tenant: Tenant, make: Make, timers: Timers) -> None:
    tenant.starts()
    first = make(tenant)
    await timers.advance(1)
    second = tenant.restarted()
    make(second)
    await first.stop()
    second.applies(routing_policy(asked="other", generation=2))
    await timers.advance(2)
    assert second.asked == ["other"]


async def test_a_namespace_that_fails_does_not_stop_the_others(tenant: Tenant, make: Make, timers: Timers) -> None:
    tenant.starts()
    other = tenant.api.put("/api/v1/namespaces/team-b", namespace("team-b"))
    tenant.store.take(other, gone=False)
    tenant.api.fail("apply", "team-a/configmaps", *(refused(500) for _ in range(3)))
    make(tenant)
    await timers.advance(0.1)
    assert config_path("team-b") in tenant.api.objects
    assert config_path() not in tenant.api.objects
    await timers.advance(10)
    assert tenant.asked == ["chat"]
    assert tenant.counted("optipath_operator_reconciles_total", outcome="refused") == 3


async def test_whatever_is_wrong_with_a_namespace_the_loop_turns(
    tenant: Tenant, make: Make, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError("too deep")

    tenant.starts()
    with monkeypatch.context() as broken:
        broken.setattr("optipath_operator.reconcile.namespace.compile_namespace", breaks)
        make(tenant)
        await timers.advance(0.2)
    assert tenant.counted("optipath_operator_reconciles_total", outcome="failed") == 1
    await timers.advance(1)
    assert tenant.asked == ["chat"]


@pytest.mark.case("O06")
@pytest.mark.parametrize("retry_after", [None, 30.0], ids=["away", "asks for patience"])
async def test_five_minutes_without_an_api_server_cost_little_and_are_made_good_in_half_a_minute(
    retry_after: float | None, tenant: Tenant, make: Make, timers: Timers
) -> None:
    tenant.starts()
    leader = make(tenant)
    await timers.advance(5)
    away = True
    asked = tenant.api._asked

    def unless_away(request: object) -> None:
        asked(request)  # type: ignore[arg-type]  # handed on as it came
        if away:
            error = Unreachable("away", retry_after)
            tenant.api.outage.began(error, retry_after)
            raise error

    tenant.api._asked = unless_away  # type: ignore[method-assign]  # all of it is away
    before = len(tenant.api.requests)
    leader.sees(*tenant.applies(routing_policy(asked="during", generation=2)))
    await timers.advance(300)
    assert len(tenant.api.requests) - before <= 300
    assert not leader.lease.leads()
    away = False
    await timers.advance(30)
    assert leader.lease.leads()
    assert tenant.asked == ["during"]


async def test_a_sweep_of_everything_lets_others_have_their_turn(tenant: Tenant, make: Make, timers: Timers) -> None:
    tenant.starts()
    make(tenant)
    await timers.advance(1)
    tenant.sees_config()
    for number in range(50):
        tenant.store.take(tenant.api.put(f"/api/v1/namespaces/n{number}", namespace(f"n{number}")), gone=False)
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    leader_loop = make(tenant.restarted())
    leader_loop.loop.touch_all()
    await settle()
    task.cancel()
    assert turns > 3


@pytest.mark.case("X03")
async def test_what_is_shared_no_more_is_gone_also_where_it_is_just_being_written(
    tenant: Tenant, make: Make, timers: Timers
) -> None:
    shared = model_provider("llama", sharing={"from": "All"})
    target = {"provider": "llama", "namespace": "platform", "model": "small"}
    rule = {"name": "all", "strategy": {"ordered": {}}, "targets": [target]}
    platform = Tenant(tenant.api, tenant.operator, "platform")
    platform.applies(namespace("platform"), shared)
    tenant.applies(namespace(), routing_policy(rules=[rule]))
    leader = make(tenant)
    written: list[list[str]] = []

    def shares_no_more() -> None:
        leader.sees(*platform.applies(model_provider("llama", generation=2)))

    tenant.api.meanwhile("team-a/configmaps", shares_no_more)
    await timers.advance(0.05)
    written.append(tenant.reached)
    await timers.advance(1)
    written.append(tenant.reached)
    assert written == [["llama@platform/small"], []]


async def test_it_catches_up_until_all_that_was_there_is_written_and_said(
    tenant: Tenant, make: Make, timers: Timers
) -> None:
    tenant.starts()
    leader = make(tenant)
    meanwhile: list[bool] = []
    for part in ("configmaps", "routingpolicies/chat/status"):
        tenant.api.meanwhile(part, lambda: meanwhile.append(leader.loop.catching_up))
    await timers.advance(1)
    assert meanwhile == [True, True]
    assert not leader.loop.catching_up
    tenant.api.meanwhile("configmaps", lambda: meanwhile.append(leader.loop.catching_up))
    leader.sees(*tenant.applies(routing_policy(asked="other", generation=2)))
    await timers.advance(1)
    assert meanwhile[2:] == [False]


@pytest.mark.case("O15")
async def test_a_hundred_edits_in_a_second_are_at_most_five_writes_and_the_last_one_wins(
    tenant: Tenant, make: Make, timers: Timers
) -> None:
    tenant.starts()
    leader = make(tenant)
    await timers.advance(3)
    before = len(tenant.api.written("configmaps"))
    for number in range(100):
        leader.sees(*tenant.applies(routing_policy(asked=f"edit-{number}", generation=number + 2)))
        await timers.advance(0.01)
    await timers.advance(3)
    assert len(tenant.api.written("configmaps")) - before <= 5
    assert tenant.asked == ["edit-99"]


@pytest.mark.case("O10")
async def test_nothing_that_we_write_can_keep_a_tenants_object_from_being_deleted(
    tenant: Tenant, make: Make, timers: Timers, api: ApiServer
) -> None:
    tenant.starts()
    leader = make(tenant)
    await timers.advance(1)
    assert not [each for each in api.writes if "finalizers" in each.body.get("metadata", {})]
    await leader.stop()
    api.remove(path_of("RoutingPolicy", "chat"))
    api.remove(path_of("ModelProvider", "acme"))
    api.remove(config_path())
    api.remove("/api/v1/namespaces/team-a")
    after = tenant.restarted()
    before = len(api.writes)
    make(after)
    await timers.advance(5)
    assert len(api.writes) == before
