"""Failover as a script: the test plays the targets and owns the clock."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest

from optipath_router.call.attempt import Attempt
from optipath_router.call.endpoint import Endpoint
from optipath_router.call.failover import Failover
from optipath_router.chat.features import Features
from optipath_router.chat.reply import Failed, Reply, Streamed, Tried, Whole
from optipath_router.credentials import Key
from optipath_router.decide import Health, decide, make_plan
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken, UpstreamBusy, UpstreamError
from optipath_router.providers import OPENAI
from optipath_snapshot import Provider
from support.builders import provider, route, snapshot
from support.clock import Clock
from support.requests import chat_request

OK = Whole(200, (), b"{}")
AUTH = UpstreamError(Outcome.AUTH, "it refused the key", status=401)
QUOTA = UpstreamError(Outcome.QUOTA, "its account is spent", status=429)
SERVER = UpstreamBroken(Outcome.SERVER_ERROR, "it answered 500", status=500)
SLOW = UpstreamBroken(Outcome.TIMEOUT, "it was silent for too long")
GARBLED = UpstreamBroken(Outcome.BROKEN, "7 bytes are no chat completion")
AWAY = TargetUnavailable(Outcome.UNREACHABLE, "cannot be reached")


def busy(seconds: float | None = None) -> UpstreamBusy:
    return UpstreamBusy("it asks for patience", status=429, retry_after_seconds=seconds)


class Script:
    """What the attempts come to, in turn; each takes a second."""

    def __init__(self, clock: Clock, *ends: Whole | BaseException) -> None:
        self._clock, self._ends = clock, list(ends)
        self.asked: list[tuple[str, str | None]] = []

    async def __call__(self, attempt: Attempt) -> Whole | Streamed:
        self.asked.append((attempt.target.name, attempt.key.name if attempt.key else None))
        self._clock.advance(1)
        end = self._ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return end


class Line:
    """Targets a/m, b/m, … in order, and what is called when they are."""

    def __init__(
        self,
        *ends: Whole | BaseException,
        targets: Sequence[str] = ("a/m", "b/m", "c/m", "d/m"),
        providers: Mapping[str, Mapping[str, Any]] | None = None,
        keys: Sequence[Key] = (),
        **resilience: Any,
    ) -> None:
        self.clock = Clock()
        self.script = Script(self.clock, *ends)
        self.left: list[tuple[Tried, ...]] = []
        given = providers or {}
        made = [provider(name, **given.get(name, {})) for name in dict.fromkeys(each.split("/")[0] for each in targets)]
        plan = make_plan(snapshot(route(*targets, resilience=resilience), providers=made), "sha256:0", {})
        self.decision = decide(Features("auto", 1), plan, Health(), 0)
        self.call = Failover(
            self.script,
            {each.name: endpoint(each) for each in made},
            lambda: {key.name: key for key in keys},
            lambda _, __, tried: self.left.append(tried),
            self.clock,
        )

    async def __call__(self) -> Reply:
        return await self.call(chat_request(arrived=self.clock()), self.decision)


def endpoint(of: Provider) -> Endpoint:
    return Endpoint(of, of.url.split("/")[2], OPENAI, httpx.MockTransport(lambda _: httpx.Response(500)))


async def test_the_first_that_answers_is_the_only_one_asked() -> None:
    line = Line(OK)
    reply = await line()
    assert reply.content is OK
    assert reply.target is not None
    assert (reply.target.name, reply.failed_over) == ("a/m", False)
    assert line.script.asked == [("a/m", None)]


@pytest.mark.parametrize("failure", [SERVER, SLOW, GARBLED, AWAY, AUTH, QUOTA, busy()], ids=repr)
async def test_after_a_failure_the_next_one_is_asked_at_once(failure: Exception) -> None:
    line = Line(failure, OK)
    reply = await line()
    assert (reply.content, reply.failed_over) == (OK, True)
    assert line.script.asked == [("a/m", None), ("b/m", None)]
    assert [(tried.started_seconds, tried.seconds) for tried in reply.tried] == [(0, 1), (1, 1)]


async def test_a_refusal_that_is_the_callers_fault_is_the_answer() -> None:
    refusal = Whole(400, (), b"no")
    line = Line(refusal, OK)
    reply = await line()
    assert reply.content is refusal
    assert [tried.outcome for tried in reply.tried] == [Outcome.REFUSED]


@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_there_are_no_more_attempts_than_the_route_allows(attempts: int) -> None:
    line = Line(SERVER, SERVER, SERVER, SERVER, attempts=attempts)
    reply = await line()
    assert isinstance(reply.content, Failed)
    assert len(line.script.asked) == len(reply.tried) == attempts


async def test_past_the_deadline_nothing_more_is_tried() -> None:
    line = Line(SERVER, SERVER, OK, request_timeout_seconds=1.5)
    reply = await line()
    assert len(line.script.asked) == 2
    assert isinstance(reply.content, Failed)


async def test_one_attempt_is_made_even_where_the_time_is_up_at_once() -> None:
    line = Line(SLOW, request_timeout_seconds=1.0)
    request = chat_request(arrived=line.clock() - 5)
    reply = await line.call(request, line.decision)
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, len(reply.tried)) == (504, 1)


@pytest.mark.case("U03")
@pytest.mark.parametrize("trouble", [AUTH, QUOTA], ids=repr)
async def test_a_key_that_is_refused_is_backed_up_by_the_next(trouble: Exception) -> None:
    hosts = frozenset({"a.example"})
    keys = [Key("first", "sk-1", hosts), Key("second", "sk-2", hosts)]
    line = Line(trouble, OK, providers={"a": {"keys": ("first", "second")}}, keys=keys)
    reply = await line()
    assert line.script.asked == [("a/m", "first"), ("a/m", "second")]
    assert not reply.failed_over
    assert [tried.key for tried in reply.tried] == ["first", "second"]


async def test_keys_that_are_all_refused_leave_an_attempt_for_the_next_target() -> None:
    names = ("first", "second", "third")
    keys = [Key(name, f"sk-{name}", frozenset({"a.example"})) for name in names]
    line = Line(AUTH, AUTH, OK, targets=("a/m", "b/m"), providers={"a": {"keys": names}}, keys=keys, attempts=3)
    reply = await line()
    assert line.script.asked == [("a/m", "first"), ("a/m", "second"), ("b/m", None)]
    assert reply.failed_over


async def test_another_failure_is_not_the_keys_and_goes_on_to_the_next_target() -> None:
    keys = [Key(name, f"sk-{name}", frozenset({"a.example"})) for name in ("first", "second")]
    line = Line(SERVER, OK, providers={"a": {"keys": ("first", "second")}}, keys=keys)
    await line()
    assert line.script.asked == [("a/m", "first"), ("b/m", None)]


async def test_a_target_without_its_key_takes_no_attempt() -> None:
    line = Line(OK, providers={"a": {"keys": ("gone",)}}, attempts=1)
    reply = await line()
    assert line.script.asked == [("b/m", None)]
    assert [tried.outcome for tried in reply.tried] == [Outcome.NO_KEY, Outcome.OK]
    assert "no key 'gone'" in reply.tried[0].message


@pytest.mark.case("X03")
async def test_a_key_does_not_go_to_a_host_that_its_owner_did_not_name() -> None:
    keys = [Key("mine", "sk-canary", frozenset({"elsewhere.example"}))]
    line = Line(providers={"a": {"keys": ("mine",)}}, targets=["a/m"], keys=keys)
    reply = await line()
    assert line.script.asked == []
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.code) == (503, "provider_auth_error")
    assert "mine.hosts" in reply.content.message
    assert reply.tried[0].outcome is Outcome.HOST_MISMATCH


ENDS = {
    "auth alone": ([AUTH, AUTH], 503, "provider_auth_error", 1),
    "patience alone": ([busy(7), busy(3)], 429, "rate_limited", 3),
    "patience and money": ([busy(7), QUOTA], 429, "rate_limited", 7),
    "a time-out last": ([SERVER, SLOW], 504, "all_attempts_failed", 1),
    "nonsense last": ([SERVER, GARBLED], 502, "all_attempts_failed", 1),
    "an error last": ([GARBLED, SERVER], 503, "all_attempts_failed", 1),
    "a wait among others": ([busy(4), SERVER], 503, "all_attempts_failed", 4),
    "nobody there": ([AWAY, AWAY], 503, "all_attempts_failed", 1),
}


@pytest.mark.row("B05")
@pytest.mark.parametrize(("ends", "status", "code", "wait"), ENDS.values(), ids=ENDS)
async def test_all_that_fail_are_told_in_one(ends: list[Exception], status: int, code: str, wait: float) -> None:
    reply = await Line(*ends, targets=["a/m", "b/m"])()
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.code, reply.content.retry_after_seconds) == (status, code, wait)
    assert "a/m: " in reply.content.message
    assert "b/m: " in reply.content.message


async def test_a_caller_who_leaves_while_trying_is_told_with_all_that_was_tried() -> None:
    line = Line(SERVER, asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await line()
    assert [[(tried.target, tried.outcome) for tried in left] for left in line.left] == [
        [("a/m", Outcome.SERVER_ERROR), ("b/m", Outcome.ABANDONED)]
    ]
