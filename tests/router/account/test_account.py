"""Accounting: one record a request, written once, at its end."""

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from optipath_router.account import Account, Decisions, Record
from optipath_router.chat.events import Event, Kind
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.chat.request import ChatRequest
from optipath_router.chat.usage import Usage
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.errors import Code, Outcome, UpstreamBroken
from optipath_router.telemetry.metrics import Metrics
from support.builders import route, snapshot, target
from support.clock import Clock
from support.requests import chat_request

SMALL, LARGE = target("acme/small"), target("bell/large")
USAGE = Usage(10, 5, cached_input_tokens=2, reasoning_tokens=1)


class Books:
    """An account, and what it wrote."""

    def __init__(self, at_most: int = 1000) -> None:
        self.clock = Clock()
        self.decisions, self.metrics = Decisions(at_most), Metrics()
        self.account = Account(self.decisions, self.metrics, now=self.clock, wall=lambda: 1_000_000.0)

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
    return decide(Features(model, 10), plan, Health(), 7)


def tried(of: str = "acme/small", outcome: Outcome = Outcome.OK, **given: object) -> Tried:
    return Tried(of, of.partition("/")[0], outcome, 0.0, 0.5, **given)  # type: ignore[arg-type]  # as the test gives it


def whole(status: int = 200) -> Reply:
    return Reply(Whole(status, (), b"{}", USAGE), (tried(),), SMALL)


def streamed(*script: Event | Exception) -> tuple[Reply, list[str]]:
    """A reply that plays a script, and what became of its source."""
    fate: list[str] = []

    async def events() -> AsyncGenerator[Event]:
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            fate.append("closed")

    return Reply(Streamed(200, (), events()), (tried(),), SMALL), fate


async def drain(reply: Reply, at_most: int = 100) -> list[Event]:
    """The first events of a reply; then the caller leaves."""
    assert isinstance(reply.content, Streamed)
    seen: list[Event] = []
    async with aclosing(reply.content.events) as events:
        async for event in events:
            seen.append(event)
            if len(seen) == at_most:
                break
    return seen


SAID = Event(Kind.CONTENT, b"data: said\n\n")
COUNTED = Event(Kind.OPENING, b"data: usage\n\n", USAGE)


def test_a_whole_reply_is_booked_at_once(books: Books) -> None:
    reply = whole()
    assert books.account(chat_request(), decision(), reply) is reply
    record = books.record()
    assert (record.outcome, record.status, record.target, record.usage) == (Outcome.OK, 200, "acme/small", USAGE)
    assert not record.streamed


def test_a_refusal_passed_on_is_booked_as_one(books: Books) -> None:
    books.account(chat_request(), decision(), Reply(Whole(400, (), b"{}"), (tried(outcome=Outcome.REFUSED),), SMALL))
    assert (books.record().outcome, books.record().status) == (Outcome.REFUSED, 400)


def test_a_failure_is_booked_by_its_code(books: Books) -> None:
    reply = Reply(
        Failed(503, Code.ALL_ATTEMPTS_FAILED, "no"), (tried(outcome=Outcome.BUSY), tried("bell/large", Outcome.TIMEOUT))
    )
    books.account(chat_request(), decision(), reply)
    record = books.record()
    assert (record.outcome, record.status, record.target) == (Code.ALL_ATTEMPTS_FAILED, 503, None)
    assert [attempt.outcome for attempt in record.tried] == [Outcome.BUSY, Outcome.TIMEOUT]


async def test_a_stream_is_booked_when_it_has_ended(books: Books) -> None:
    reply, fate = streamed(SAID, SAID, COUNTED)
    accounted = books.account(chat_request(stream=True), decision(), reply)
    assert len(books.decisions) == 0
    assert await drain(accounted) == [SAID, SAID, COUNTED]
    record = books.record()
    assert (record.outcome, record.usage, record.streamed) == (Outcome.OK, USAGE, True)
    assert fate == ["closed"]


async def test_a_stream_that_breaks_off_is_booked_as_cut_with_what_was_counted(books: Books) -> None:
    reply, fate = streamed(SAID, COUNTED, UpstreamBroken(Outcome.BROKEN, "gone"))
    with pytest.raises(UpstreamBroken):
        await drain(books.account(chat_request(), decision(), reply))
    assert (books.record().outcome, books.record().usage) == (Outcome.CUT, USAGE)
    assert [tried.outcome for tried in books.record().tried] == [Outcome.CUT]
    assert fate == ["closed"]


async def test_a_caller_who_leaves_with_the_end_mark_has_had_all(books: Books) -> None:
    reply, _ = streamed(SAID, Event(Kind.END, b"data: [DONE]\n\n"), SAID)
    await drain(books.account(chat_request(stream=True), decision(), reply), at_most=2)
    assert books.record().outcome is Outcome.OK


async def test_a_stream_whose_caller_leaves_is_booked_as_abandoned_and_closed(books: Books) -> None:
    reply, fate = streamed(SAID, SAID, SAID)
    await drain(books.account(chat_request(), decision(), reply), at_most=1)
    assert (books.record().outcome, books.record().usage) == (Outcome.ABANDONED, None)
    assert fate == ["closed"]


async def test_of_usage_that_grows_the_last_one_counts(books: Books) -> None:
    early = Event(Kind.CONTENT, b"data: x\n\n", Usage(10, 1))
    reply, _ = streamed(early, COUNTED, SAID)
    await drain(books.account(chat_request(), decision(), reply))
    assert books.record().usage == USAGE


def test_a_caller_that_left_before_any_answer_is_booked(books: Books) -> None:
    books.account.abandoned(chat_request(), decision(), (tried(outcome=Outcome.ABANDONED),))
    assert (books.record().outcome, books.record().target) == (Outcome.ABANDONED, None)


def test_a_record_lasts_from_the_arrival_to_the_end(books: Books) -> None:
    request = chat_request(arrived=books.clock())
    books.clock.advance(2.5)
    books.account(request, decision(), whole())
    assert (books.record().seconds, books.record().arrived) == (2.5, 1_000_000.0 - 2.5)


def test_the_ring_keeps_the_latest() -> None:
    books = Books(at_most=3)
    for number in range(5):
        asked = chat_request()
        books.account(
            ChatRequest(asked.id, f"decision-{number}", 0.0, {}, asked.body, asked.asked), decision(), whole()
        )
    assert len(books.decisions) == 3
    assert [books.decisions.get(f"decision-{number}") is not None for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("reply", [whole(), Reply(Failed(404, Code.MODEL_NOT_FOUND, "no"))], ids=["whole", "failed"])
def test_a_record_is_plain_json(books: Books, reply: Reply) -> None:
    books.account(chat_request(), decision(), reply)
    told = books.record().as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["decision"]["ranking"] == ["acme/small", "bell/large"]
    assert told["decision"]["draw"] == "0000000000000007"


def test_requests_attempts_and_tokens_are_counted(books: Books) -> None:
    attempts = tried(outcome=Outcome.BUSY), tried("bell/large")
    books.account(chat_request(), decision(), Reply(Whole(200, (), b"{}", USAGE), attempts, LARGE))
    labels = {"policy": "team-a/policy", "rule": "rule", "model": "large", "provider": "bell", "outcome": "ok"}
    assert books.counted("optipath_requests_total", **labels) == 1
    assert books.counted("optipath_attempts_total", provider="acme", target="acme/small", outcome="busy") == 1
    assert books.counted("optipath_attempts_total", provider="bell", target="bell/large", outcome="ok") == 1
    assert books.counted("optipath_failovers_total") == 1
    of_large = {"gen_ai_provider_name": "bell", "gen_ai_request_model": "large"}
    assert books.counted("gen_ai_client_token_usage_total", **of_large, gen_ai_token_type="input") == 10
    assert books.counted("gen_ai_client_token_usage_total", **of_large, gen_ai_token_type="output") == 5
    assert books.counted("gen_ai_client_operation_duration_seconds_count", **of_large) == 1


def test_what_an_app_asks_for_never_becomes_a_label(books: Books) -> None:
    for number in range(20):
        model = f"canary-{number}"
        books.account(chat_request(model=model), decision(model), whole())
        books.account(
            chat_request(model=model), decision(f"nobody-{model}"), Reply(Failed(404, Code.MODEL_NOT_FOUND, "no"))
        )
    assert not [label for label in books.labels() if "canary" in label or "nobody" in label]


@pytest.mark.case("X05")
async def test_no_prompt_and_no_key_is_logged_or_recorded(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    request = chat_request(text="my-canary", headers={"x-secret": "my-canary"}, user="my-canary")
    reply, _ = streamed(Event(Kind.CONTENT, b"data: my-canary\n\n"))
    await drain(books.account(request, decision(), reply))
    books.account(request, decision(), whole())
    logged = [json.dumps(vars(record), default=str) for record in caplog.records if record.name.startswith("optipath")]
    assert logged
    assert not [line for line in logged if "canary" in line]
    assert "canary" not in json.dumps(books.record().as_json())
    assert "canary" not in repr(books.record())
    assert b"canary" not in books.metrics.text()
