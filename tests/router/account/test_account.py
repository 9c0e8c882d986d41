"""Accounting: one record a request, written once, at its end."""

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest

from optipath_router.account import Account, Decisions, Record, count
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.errors import Code, Outcome, UpstreamBroken
from optipath_router.telemetry.metrics import Metrics
from optipath_snapshot import Pricing
from support.builders import route, snapshot, target
from support.clock import Clock
from support.requests import chat_request
from support.stage import DONE, SAID, SERVER, SLOW, Stage, streamed

DOLLAR = Pricing(input_per_mtok=Decimal(1), output_per_mtok=Decimal(2))
SMALL, LARGE = target("acme/small", pricing=DOLLAR), target("bell/large", pricing=DOLLAR)
USAGE = Usage(10, 5, cached_input_tokens=2, reasoning_tokens=1)
COUNTED = Event(Kind.OPENING, b"data: usage\n\n", USAGE)


class Books:
    """An account, and what it wrote."""

    def __init__(self, at_most: int = 1000) -> None:
        self.clock = Clock()
        self.decisions, self.metrics = Decisions(at_most), Metrics()
        self.account = Account(
            self.decisions, lambda _, record: count(record, self.metrics), now=self.clock, wall=lambda: 1_000_000.0
        )

    def record(self) -> Record:
        """The only one."""
        assert len(self.decisions) == 1
        record = self.decisions.get("decision-1")
        assert record is not None
        return record

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0

    def labels(self) -> set[str]:
        """Every value of every label."""
        return {
            value
            for family in self.metrics.registry.collect()
            for sample in family.samples
            for value in sample.labels.values()
        }


@pytest.fixture
def books() -> Books:
    return Books()


def decision(model: str = "small") -> Decision:
    plan = make_plan(snapshot(route("acme/small", "bell/large", models=["small", "canary-*"])), "sha256:0", {})
    return decide(Features(model, 100), plan, Health(), 7)


def tried(of: str = "acme/small", outcome: Outcome = Outcome.OK, **given: Any) -> Tried:
    known = {each.name: each for each in (SMALL, LARGE)}
    return Tried(**{"target": known[of], "outcome": outcome, "started_seconds": 0.0, "seconds": 0.5, **given})


def whole(*attempts: Tried, status: int = 200) -> Reply:
    attempts = attempts or (tried(usage=USAGE),)
    return Reply(Whole(status, (), b"{}", USAGE), lambda: attempts, attempts[-1].target)


def failed(*attempts: Tried) -> Reply:
    return Reply(Failed(503, Code.ALL_ATTEMPTS_FAILED, "no"), lambda: attempts)


def test_a_whole_reply_is_booked_at_once(books: Books) -> None:
    reply = whole()
    assert books.account(chat_request(), decision(), reply) is reply
    record = books.record()
    assert (record.outcome, record.status, record.target, record.usage) == (Outcome.OK, 200, SMALL, USAGE)
    assert not record.streamed


def test_a_refusal_passed_on_is_booked_as_one(books: Books) -> None:
    books.account(chat_request(), decision(), whole(tried(outcome=Outcome.REFUSED), status=400))
    record = books.record()
    assert (record.outcome, record.status, record.usage, record.cost) == (Outcome.REFUSED, 400, None, Decimal(0))


def test_a_failure_is_booked_by_its_code(books: Books) -> None:
    books.account(chat_request(), decision(), failed(tried(outcome=Outcome.BUSY), tried("bell/large", Outcome.TIMEOUT)))
    record = books.record()
    assert (record.outcome, record.status, record.target) == (Code.ALL_ATTEMPTS_FAILED, 503, None)
    assert [attempt.outcome for attempt in record.tried] == [Outcome.BUSY, Outcome.TIMEOUT]


# Streams, whose end is the end of their attempt.


async def served(books: Books, *script: Event | BaseException, at_most: int = 100) -> list[Event]:
    """The first events of a stream that plays a script; then the caller leaves."""
    stage = Stage(streamed(*script), targets=["acme/small"])
    reply = books.account(chat_request(stream=True), decision(), await stage())
    assert isinstance(reply.content, Streamed)
    assert len(books.decisions) == 0
    seen: list[Event] = []
    events = reply.content.events
    assert isinstance(events, AsyncGenerator)
    async with aclosing(events):
        async for event in events:
            seen.append(event)
            if len(seen) == at_most:
                break
    assert stage.healths.in_flight == 0
    return seen


async def test_a_stream_is_booked_when_it_has_ended(books: Books) -> None:
    assert await served(books, SAID, SAID, COUNTED) == [SAID, SAID, COUNTED]
    record = books.record()
    assert (record.outcome, record.usage, record.streamed) == (Outcome.OK, USAGE, True)


@pytest.mark.case("S04")
async def test_a_stream_that_breaks_off_is_booked_as_cut_with_what_was_counted(books: Books) -> None:
    with pytest.raises(UpstreamBroken):
        await served(books, SAID, COUNTED, UpstreamBroken(Outcome.BROKEN, "gone"))
    assert (books.record().outcome, books.record().usage) == (Outcome.CUT, USAGE)
    assert [each.outcome for each in books.record().tried] == [Outcome.CUT]


@pytest.mark.case("S04", "D01")
async def test_what_was_seen_of_an_answer_is_booked_as_an_estimate(books: Books) -> None:
    await served(books, SAID, SAID, SAID, SAID, at_most=3)
    record = books.record()
    assert (record.outcome, record.usage) == (Outcome.ABANDONED, Usage(100, 3, estimated=True))


@pytest.mark.parametrize("outcome", [Outcome.OUT_OF_TIME, Outcome.NO_ROOM])
async def test_an_answer_that_ends_by_no_fault_of_its_target_is_booked_as_that(books: Books, outcome: Outcome) -> None:
    with pytest.raises(UpstreamBroken):
        await served(books, SAID, UpstreamBroken(outcome, "ours"))
    assert books.record().outcome is outcome


async def test_a_caller_who_leaves_with_the_end_mark_has_had_all(books: Books) -> None:
    await served(books, SAID, DONE, SAID, at_most=2)
    assert books.record().outcome is Outcome.OK


async def test_of_usage_that_grows_the_last_one_counts(books: Books) -> None:
    await served(books, Event(Kind.CONTENT, b"data: x\n\n", Usage(10, 1)), COUNTED, SAID)
    assert books.record().usage == USAGE


def test_a_caller_that_left_before_any_answer_is_booked(books: Books) -> None:
    given_up = (tried(outcome=Outcome.ABANDONED),)
    books.account.abandoned(chat_request(), decision(), given_up, Outcome.ABANDONED)
    assert (books.record().outcome, books.record().target, books.record().status) == (Outcome.ABANDONED, None, 499)


def test_a_request_that_the_routers_end_cut_off_is_booked_as_that(books: Books) -> None:
    books.account.abandoned(chat_request(), decision(), (tried(outcome=Outcome.STOPPED),), Outcome.STOPPED)
    assert (books.record().outcome, books.record().status) == (Outcome.STOPPED, 503)


# Money.

BILLED = {
    "counted": (tried(usage=USAGE), Decimal("0.00002"), False),
    "not counted": (tried(tokens=50), Decimal("0.0002"), True),
    "cut": (tried(outcome=Outcome.CUT, tokens=50), Decimal("0.0002"), True),
    "abandoned": (tried(outcome=Outcome.ABANDONED), Decimal("0.0001"), True),
    "silent for too long": (tried(outcome=Outcome.TIMEOUT), Decimal("0.0001"), True),
    "a gateway that gave up": (tried(outcome=Outcome.SERVER_ERROR, status=504), Decimal("0.0001"), True),
    "refused for an error": (tried(outcome=Outcome.SERVER_ERROR, status=500), Decimal(0), None),
    "refused for patience": (tried(outcome=Outcome.BUSY, status=429), Decimal(0), None),
    "never sent": (tried(outcome=Outcome.UNREACHABLE), Decimal(0), None),
    "out of time before it was sent": (tried(outcome=Outcome.OUT_OF_TIME, sent=False), Decimal(0), None),
    "passed over": (tried(outcome=Outcome.BREAKER_OPEN, made=False), Decimal(0), None),
}


@pytest.mark.row("A22", "B14", "C09")
@pytest.mark.parametrize(("attempt", "dollars", "estimated"), BILLED.values(), ids=BILLED)
def test_an_attempt_costs_what_was_counted_or_probably_billed(
    books: Books, attempt: Tried, dollars: Decimal, *, estimated: bool | None
) -> None:
    books.account(chat_request(), decision(), failed(attempt))
    [bill] = books.record().bills
    assert bill.cost == dollars
    assert (bill.usage.estimated if bill.usage else None) is estimated


@pytest.mark.row("E13")
def test_all_attempts_are_paid_for(books: Books) -> None:
    lost = tried(outcome=Outcome.LOST)
    books.account(chat_request(), decision(), whole(lost, tried("bell/large", usage=USAGE)))
    assert books.record().cost == Decimal("0.00012")
    assert books.record().usage == USAGE


def test_a_price_that_is_not_known_makes_the_cost_unknown(books: Books) -> None:
    books.account(chat_request(), decision(), failed(tried(target=target("acme/small"), usage=USAGE)))
    assert books.record().cost is None
    by_model = {"gen_ai_provider_name": "acme", "gen_ai_request_model": "small"}
    assert books.counted("optipath_cost_unknown_total", **by_model) == 1
    assert books.record().as_json()["cost"] is None


@pytest.mark.row("A22")
async def test_a_stream_costs_what_the_whole_answer_costs() -> None:
    plain, stream = Books(), Books()
    plain.account(chat_request(), decision(), whole(tried(usage=USAGE)))
    stage = Stage(streamed(SAID, COUNTED), targets=["acme/small"], facts={"acme/small": {"pricing": DOLLAR}})
    reply = stream.account(chat_request(stream=True), decision(), await stage())
    assert isinstance(reply.content, Streamed)
    assert [event async for event in reply.content.events] == [SAID, COUNTED]
    assert plain.record().cost == stream.record().cost == Decimal("0.00002")


# Time.


def test_a_record_lasts_from_the_arrival_to_the_end(books: Books) -> None:
    request = chat_request(arrived=books.clock())
    books.clock.advance(2.5)
    books.account(request, decision(), whole())
    assert (books.record().seconds, books.record().arrived) == (2.5, 1_000_000.0 - 2.5)


@pytest.mark.row("A20")
def test_the_time_of_the_providers_and_that_of_the_router_make_up_the_whole(books: Books) -> None:
    request = chat_request(arrived=books.clock())
    books.clock.advance(10)
    first = tried(outcome=Outcome.LOST, started_seconds=1.0, seconds=4.0)
    second = tried("bell/large", started_seconds=3.0, seconds=3.0, usage=USAGE)
    later = tried("bell/large", started_seconds=7.0, seconds=1.0, usage=USAGE)
    books.account(request, decision(), whole(first, second, later))
    assert books.record().provider_seconds == 6.0
    assert books.counted("optipath_provider_seconds_sum") == 6.0
    assert books.counted("optipath_overhead_seconds_sum") == 4.0


# Keeping and counting.


def test_the_ring_keeps_the_latest() -> None:
    books = Books(at_most=3)
    for number in range(5):
        asked = chat_request()
        books.account(
            ChatRequest(asked.id, f"decision-{number}", 0.0, {}, asked.body, asked.asked), decision(), whole()
        )
    assert len(books.decisions) == 3
    kept = [books.decisions.get(f"decision-{number}") is not None for number in range(5)]
    assert kept == [False, False, True, True, True]


@pytest.mark.parametrize("reply", [whole(), Reply(Failed(404, Code.MODEL_NOT_FOUND, "no"))], ids=["whole", "failed"])
def test_a_record_is_plain_json(books: Books, reply: Reply) -> None:
    books.account(chat_request(), decision(), reply)
    told = books.record().as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["decision"]["ranking"] == ["acme/small", "bell/large"]
    assert told["decision"]["draw"] == "0000000000000007"
    assert told["decision"]["features"] == {
        "wire": "openai.chat",
        "input_tokens": 100,
        "output_tokens": None,
        "needs": [],
        "turns": 1,
        "modalities": ["Text"],
    }


@pytest.mark.row("A21", "C08")
def test_requests_attempts_tokens_and_dollars_are_counted(books: Books) -> None:
    books.account(
        chat_request(),
        decision(),
        whole(tried(outcome=Outcome.BUSY), tried("bell/large", usage=USAGE, first_content_seconds=0.3)),
    )
    labels = {"policy": "team-a/policy", "rule": "rule", "model": "large", "provider": "bell", "outcome": "ok"}
    assert books.counted("optipath_requests_total", **labels) == 1
    assert books.counted("optipath_attempts_total", provider="acme", target="acme/small", outcome="busy") == 1
    assert books.counted("optipath_attempts_total", provider="bell", target="bell/large", outcome="ok") == 1
    assert books.counted("optipath_failovers_total") == 1
    of_large = {"gen_ai_provider_name": "bell", "gen_ai_request_model": "large"}
    for kind, tokens in {"input": 10, "output": 5, "cached_input": 2, "reasoning": 1}.items():
        labels = {**of_large, "gen_ai_token_type": kind, "counted_by": "provider"}
        assert books.counted("gen_ai_client_token_usage_total", **labels) == tokens
    assert books.counted("optipath_cost_dollars_total", **of_large, counted_by="provider") == 2e-5
    assert books.counted("gen_ai_client_operation_duration_seconds_count", **of_large) == 1
    assert books.counted("gen_ai_server_time_to_first_token_seconds_sum", **of_large) == 0.3


def test_a_target_that_was_passed_over_is_no_attempt(books: Books) -> None:
    passed = tried(outcome=Outcome.BREAKER_OPEN, made=False, message="it failed")
    books.account(chat_request(), decision(), whole(passed, tried("bell/large", usage=USAGE)))
    labels = {"provider": "acme", "target": "acme/small", "reason": "breaker_open"}
    assert books.counted("optipath_passed_over_total", **labels) == 1
    assert books.record().attempts == 1
    told = books.record().as_json()
    assert told["passed_over"] == [{"target": "acme/small", "reason": "breaker_open", "detail": "it failed"}]
    assert [attempt["target"] for attempt in told["attempts"]] == ["bell/large"]


def test_what_an_app_asks_for_never_becomes_a_label(books: Books) -> None:
    for number in range(20):
        model = f"canary-{number}"
        books.account(chat_request(model=model), decision(model), whole())
        books.account(
            chat_request(model=model), decision(f"nobody-{model}"), Reply(Failed(404, Code.MODEL_NOT_FOUND, "no"))
        )
    assert not [label for label in books.labels() if "canary" in label or "nobody" in label]


def test_names_that_are_no_longer_in_force_are_counted_no_longer(books: Books) -> None:
    books.account(chat_request(), decision(), whole(tried(outcome=Outcome.BUSY), tried("bell/large", usage=USAGE)))
    books.metrics.keep({"team-a/policy", "rule", "bell", "large", "bell/large"})
    assert "acme" not in books.labels()
    assert {"bell", "rule"} <= books.labels()
    books.account(chat_request(), decision(), whole())
    assert books.counted("optipath_attempts_total", provider="acme", target="acme/small", outcome="ok") == 1


@pytest.mark.case("X05")
async def test_no_prompt_and_no_key_is_logged_or_recorded(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    request = chat_request(text="my-canary", headers={"x-secret": "my-canary"}, user="my-canary")
    seen = Features("small", 1, headers=request.headers)
    plan = make_plan(snapshot(route("acme/small")), "sha256:0", {})
    stage = Stage(streamed(Event(Kind.CONTENT, b"data: my-canary\n\n")), targets=["acme/small"])
    reply = books.account(request, decide(seen, plan, Health(), 0), await stage())
    assert isinstance(reply.content, Streamed)
    assert [event async for event in reply.content.events]
    logged = [json.dumps(vars(record), default=str) for record in caplog.records if record.name.startswith("optipath")]
    assert logged
    assert not [line for line in logged if "canary" in line]
    assert "canary" not in json.dumps(books.record().as_json())
    assert "canary" not in repr(books.record())
    assert b"canary" not in books.metrics.text()


@pytest.mark.parametrize("end", [SERVER, SLOW], ids=repr)
async def test_a_call_that_failed_wholly_is_booked_once(books: Books, end: Exception) -> None:
    stage = Stage(end, end, targets=["a/m", "b/m"], attempts=2)
    books.account(chat_request(), decision(), await stage())
    assert books.record().attempts == 2
