"""The step between deciding and calling, with a clock that the test moves: D08, and what becomes of who waits."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from optipath_router.account import Account, Decisions, Record, count
from optipath_router.call.limits import Admit, Held, Limits, leave
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Failed, Reply, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.wait import Wait
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.errors import Outcome
from optipath_router.flow import Flow
from optipath_router.telemetry.metrics import Metrics
from optipath_snapshot import Concurrency, PolicyRef
from support.builders import route, snapshot
from support.requests import chat_request
from support.timers import Timers, settle

TIER = PolicyRef(namespace="optipath-system", name="gold", generation=3)
CHAT = PolicyRef(namespace="team-a", name="chat", generation=1)


def tier(most: int, **given: Any) -> Concurrency:
    return Concurrency(policy=TIER, whole=True, max_concurrent=most, **given)


def chat(most: int, **given: Any) -> Concurrency:
    return Concurrency(policy=CHAT, max_concurrent=most, **given)


class Stage:
    """A router from deciding to accounting, in front of a provider that takes its time."""

    def __init__(self, *concurrency: Concurrency, seconds: float = 1.0, **resilience: Any) -> None:
        self.time, self.metrics, self.decisions = Timers(), Metrics(), Decisions()
        self.limits = Limits(self.time, self.time.later)
        self.limits.take(concurrency)
        self.provider_seconds = seconds
        self.in_flight = self.most = self.decided = 0
        self.replies: dict[str, Reply] = {}
        self.refused_after: list[float] = []
        routes = route("acme/m", policy="chat", models=["chat"], resilience=resilience), route("acme/m", models=["*"])
        self.plan = make_plan(snapshot(*routes), "sha256:0", {})
        account = Account(self.decisions, lambda _, record: count(record, self.metrics), now=self.time, wall=self.time)
        admit = Admit(self.limits, account.abandoned, self.metrics, self.time)
        self.flow = Flow(self._classify, self._decide, admit, self._call, account)

    async def ask(self, name: str = "one", model: str = "other") -> None:
        """A request from its arrival to the end of its reply."""
        held: Held = []
        arrived = self.time()
        asked = chat_request(arrived=arrived, model=model)
        request = ChatRequest(name, name, arrived, {}, asked.body, asked.asked)
        try:
            _, self.replies[name] = await self.flow(request, held)
        finally:
            leave(held)
        if isinstance(self.replies[name].content, Failed):
            self.refused_after.append(self.time() - arrived)

    async def asks(self, *names: str, model: str = "other") -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.ask(name, model)) for name in names]
        await settle()
        return tasks

    def record(self, name: str) -> Record:
        record = self.decisions.get(name)
        assert record is not None
        return record

    def refusal(self, name: str) -> Failed:
        content = self.replies[name].content
        assert isinstance(content, Failed)
        return content

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0

    def _classify(self, request: ChatRequest) -> Features:
        return Features(request.asked.model, 1)

    def _decide(self, features: Features) -> Decision:
        self.decided += 1
        return decide(features, self.plan, Health(version=self.decided), 0)

    async def _call(self, _: ChatRequest, __: Decision, ___: Wait | None) -> Reply:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await self.time.sleep(self.provider_seconds)
        finally:
            self.in_flight -= 1
        return Reply(Whole(200, (), b"{}"))


@pytest.mark.case("D08")
async def test_at_four_times_the_limit_as_much_is_served_as_may_be_and_the_rest_is_refused_at_once() -> None:
    stage, limit = Stage(tier(16)), 16
    # Each tick brings a quarter of four times what is served in a second; who was refused comes no more.
    for tick in range(40):
        await stage.asks(*(f"{tick}-{number}" for number in range(limit)))
        await stage.time.advance(0.25)
    await stage.time.advance(1)
    statuses = Counter(reply.content.status for reply in stage.replies.values())
    assert stage.most == limit
    assert statuses == {200: 10 * limit, 429: 30 * limit}
    assert set(stage.refused_after) == {0.0}
    assert stage.counted("optipath_limit_refused_total", **labels(TIER, "router"), reason="queue_full") == 30 * limit


def labels(policy: PolicyRef, counts: str) -> dict[str, str]:
    return {"policy": policy.full_name, "counts": counts}


async def test_a_refusal_says_whose_limit_it_was_and_when_to_come_back() -> None:
    stage = Stage(tier(2, queue_length=1, queue_seconds=60), seconds=12)
    await stage.asks("first")
    await stage.time.advance(12)
    await stage.asks("a", "b", "waits", "refused")
    refused = stage.refusal("refused")
    assert (refused.status, refused.code, refused.worth_a_retry) == (429, "rate_limited", True)
    assert refused.message == (
        "policy 'optipath-system/gold' lets 2 requests be under way at once in a pod's router, and so many are, "
        "and 1 wait"
    )
    assert refused.retry_after_seconds == 12
    record = stage.record("refused")
    assert (record.status, record.outcome, record.tried) == (429, "rate_limited", ())
    assert record.as_json()["wait"] == {"policy": TIER.full_name, "seconds": 0.0, "refused": refused.message}


async def test_who_waits_is_served_in_turn_and_the_record_says_how_long_it_took() -> None:
    stage = Stage(tier(1, queue_length=2, queue_seconds=60), seconds=3)
    await stage.asks("a", "b", "c")
    await stage.time.advance(9)
    assert [stage.record(name).seconds for name in ("a", "b", "c")] == [3, 6, 9]
    assert [stage.record(name).as_json()["wait"] for name in ("a", "b")] == [
        None,
        {"policy": TIER.full_name, "seconds": 3.0, "refused": None},
    ]
    assert stage.counted("optipath_limit_waited_seconds_sum", **labels(TIER, "router")) == 3 + 6
    assert stage.counted("optipath_overhead_seconds_sum") == 9, "what the provider took, and nothing that was waited"


async def test_who_has_waited_is_decided_anew_for_health_has_moved_on() -> None:
    stage = Stage(tier(1, queue_length=1, queue_seconds=60))
    await stage.asks("a", "b")
    await stage.time.advance(2)
    assert [stage.record(name).decision.health for name in ("a", "b")] == [1, 3]


async def test_who_has_waited_too_long_is_refused() -> None:
    stage = Stage(tier(1, queue_length=1, queue_seconds=2), seconds=10)
    await stage.asks("a", "b")
    await stage.time.advance(2)
    assert stage.refused_after == [2]
    assert stage.refusal("b").message.endswith("and so many are; no turn came within 2 s")
    assert stage.counted("optipath_limit_refused_total", **labels(TIER, "router"), reason="queue_timeout") == 1


async def test_nobody_waits_beyond_the_deadline_of_the_request() -> None:
    stage = Stage(chat(1, queue_length=1, queue_seconds=300), seconds=100, request_timeout_seconds=5)
    await stage.asks("a", "b", model="chat")
    await stage.time.advance(5)
    assert stage.refused_after == [5]


@pytest.mark.parametrize(("why", "status"), [(Outcome.ABANDONED, 499), (Outcome.STOPPED, 503)])
async def test_who_leaves_or_is_cut_while_waiting_has_a_record_and_takes_no_place(why: Outcome, status: int) -> None:
    stage = Stage(tier(1, queue_length=2, queue_seconds=60))
    _, waiting, _ = await stage.asks("a", "b", "c")
    await stage.time.advance(0.5)
    waiting.cancel(why)
    await settle()
    record = stage.record("b")
    assert (record.outcome, record.status, record.tried) == (why, status, ())
    assert record.wait == Wait(TIER.full_name, 0.5)
    await stage.time.advance(2)
    assert stage.record("c").seconds == 2


async def test_a_request_passes_every_limit_that_binds_it() -> None:
    stage = Stage(tier(3), chat(1))
    await stage.asks("chat-1", "chat-2", model="chat")
    assert stage.refusal("chat-2").message.startswith("policy 'team-a/chat' lets 1 ")
    await stage.asks("other-1", "other-2", "other-3")
    assert stage.refusal("other-3").message.startswith("policy 'optipath-system/gold' lets 3 ")
    assert stage.in_flight == 3


async def test_who_waits_for_the_narrow_limit_keeps_nobody_from_the_wide_one() -> None:
    stage = Stage(tier(2), chat(1, queue_length=5, queue_seconds=60), seconds=5)
    await stage.asks("chat-1", "chat-2", "chat-3", model="chat")
    await stage.asks("other")
    assert stage.in_flight == 2
    assert not stage.refused_after


async def test_who_is_refused_by_the_second_limit_leaves_the_first() -> None:
    stage = Stage(tier(1), chat(1), seconds=5)
    await stage.asks("other")
    await stage.asks("chat-1", model="chat")
    assert stage.refusal("chat-1").message.startswith("policy 'optipath-system/gold'")
    await stage.time.advance(5)
    await stage.asks("chat-2", model="chat")
    await stage.time.advance(5)
    assert stage.record("chat-2").status == 200


FAILURES: dict[str, Callable[[], BaseException]] = {
    "a mistake of ours": lambda: RuntimeError("a mistake"),
    "the caller leaves": lambda: asyncio.CancelledError(Outcome.ABANDONED),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_place_is_left_however_a_call_ends(failure: Callable[[], BaseException]) -> None:
    stage, problem = Stage(tier(1)), failure()

    async def fails(*_: object) -> Reply:
        raise problem

    stage.flow = Flow(stage.flow.classify, stage.flow.decide, stage.flow.admit, fails, stage.flow.account)
    with pytest.raises(type(problem)):
        await stage.ask("a")
    assert next(iter(stage.limits)).under_way == 0
