"""Failover as a script: the test plays the targets and owns the clock."""

import asyncio

import pytest

from optipath_router.call.upstream import ContextTooLong
from optipath_router.chat.reply import Failed, Whole, failed_over
from optipath_router.credentials import Key
from optipath_router.decide.decision import LeftOut, Reason
from optipath_router.errors import Code, Outcome, RequestRejected
from support.stage import AUTH, AWAY, GARBLED, OK, QUOTA, SERVER, SLOW, Stage, busy


def keys(*names: str, host: str = "a.example") -> list[Key]:
    return [Key(name, f"sk-{name}", frozenset({host})) for name in names]


async def test_the_first_that_answers_is_the_only_one_asked() -> None:
    stage = Stage(OK)
    reply = await stage()
    assert reply.content is OK
    assert reply.target is not None
    assert (reply.target.name, failed_over(reply.tried(), reply.target)) == ("a/m", False)
    assert stage.asked == [("a/m", None)]


@pytest.mark.row("A13", "C06", "D24")
@pytest.mark.parametrize("failure", [SERVER, SLOW, GARBLED, AWAY, AUTH, QUOTA, busy()], ids=repr)
async def test_after_a_failure_the_next_one_is_asked_at_once(failure: Exception) -> None:
    stage = Stage(failure, OK)
    reply = await stage()
    assert (reply.content, failed_over(reply.tried(), reply.target)) == (OK, True)
    assert stage.asked == [("a/m", None), ("b/m", None)]
    assert [(tried.started_seconds, tried.seconds) for tried in reply.tried()] == [(0, 1), (1, 1)]


async def test_a_refusal_that_is_the_callers_fault_is_the_answer() -> None:
    refusal = Whole(400, (), b"no")
    stage = Stage(refusal, OK)
    reply = await stage()
    assert reply.content is refusal
    assert [tried.outcome for tried in reply.tried()] == [Outcome.REFUSED]


@pytest.mark.case("U05")
@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_there_are_no_more_attempts_than_the_route_allows(attempts: int) -> None:
    stage = Stage(SERVER, SERVER, SERVER, SERVER, attempts=attempts)
    reply = await stage()
    assert isinstance(reply.content, Failed)
    assert len(stage.asked) == len(reply.tried()) == attempts


async def test_past_the_deadline_nothing_more_is_tried() -> None:
    stage = Stage(SERVER, SERVER, OK, request_timeout_seconds=1.5)
    reply = await stage()
    assert len(stage.asked) == 2
    assert isinstance(reply.content, Failed)


async def test_one_attempt_is_made_even_where_the_time_is_up_at_once() -> None:
    stage = Stage(SLOW, request_timeout_seconds=1.0)
    reply = await stage(arrived=stage.time() - 5)
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, len(reply.tried())) == (504, 1)


@pytest.mark.case("U03")
@pytest.mark.parametrize("trouble", [AUTH, QUOTA], ids=repr)
async def test_a_key_that_is_refused_is_backed_up_by_the_next_and_left_alone_for_a_minute(trouble: Exception) -> None:
    given = {"a": {"keys": ("first", "second")}}
    stage = Stage(trouble, OK, OK, OK, providers=given, keys=keys("first", "second"))
    reply = await stage()
    assert stage.asked == [("a/m", "first"), ("a/m", "second")]
    assert not failed_over(reply.tried(), reply.target)
    assert [tried.key for tried in reply.tried()] == ["first", "second"]
    await stage.time.sleep(57)
    await stage()
    await stage.time.sleep(2)
    await stage()
    assert stage.asked[2:] == [("a/m", "second"), ("a/m", "first")]


async def test_keys_that_are_all_refused_leave_an_attempt_for_the_next_target() -> None:
    names = ("first", "second", "third")
    stage = Stage(
        AUTH, AUTH, OK, targets=("a/m", "b/m"), providers={"a": {"keys": names}}, keys=keys(*names), attempts=3
    )
    reply = await stage()
    assert stage.asked == [("a/m", "first"), ("a/m", "second"), ("b/m", None)]
    assert failed_over(reply.tried(), reply.target)


async def test_another_failure_is_not_the_keys_and_goes_on_to_the_next_target() -> None:
    stage = Stage(SERVER, OK, providers={"a": {"keys": ("first", "second")}}, keys=keys("first", "second"))
    await stage()
    assert stage.asked == [("a/m", "first"), ("b/m", None)]


async def test_a_target_without_its_key_takes_no_attempt() -> None:
    stage = Stage(OK, providers={"a": {"keys": ("gone",)}}, attempts=1)
    reply = await stage()
    assert stage.asked == [("b/m", None)]
    assert [(tried.outcome, tried.made) for tried in reply.tried()] == [(Outcome.NO_KEY, False), (Outcome.OK, True)]
    assert "no key 'gone'" in reply.tried()[0].message


@pytest.mark.case("X03")
async def test_a_key_does_not_go_to_a_host_that_its_owner_did_not_name() -> None:
    stage = Stage(providers={"a": {"keys": ("mine",)}}, targets=["a/m"], keys=keys("mine", host="elsewhere.example"))
    reply = await stage()
    assert stage.asked == []
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.code) == (503, "provider_auth_error")
    assert "mine.hosts" in reply.content.message
    assert reply.tried()[0].outcome is Outcome.HOST_MISMATCH


@pytest.mark.case("U06")
async def test_a_key_that_was_refused_is_not_tried_again_and_the_answer_stays_the_same() -> None:
    stage = Stage(AUTH, targets=["a/m"], providers={"a": {"keys": ("mine",)}}, keys=keys("mine"))
    replies = [await stage(), await stage()]
    for reply in replies:
        assert isinstance(reply.content, Failed)
        assert (reply.content.status, reply.content.code) == (503, "provider_auth_error")
    assert stage.asked == [("a/m", "mine")]


ENDS = {
    "auth alone": ([AUTH, AUTH], 503, "provider_auth_error", 60),
    "patience alone": ([busy(70), busy(30)], 429, "rate_limited", 30),
    "patience and money": ([busy(86_400), QUOTA], 429, "rate_limited", 60),
    "a time-out last": ([SERVER, SLOW], 504, "all_attempts_failed", 1),
    "nonsense last": ([SERVER, GARBLED], 502, "all_attempts_failed", 1),
    "an error last": ([GARBLED, SERVER], 503, "all_attempts_failed", 1),
    "a wait among others": ([busy(4), SERVER], 503, "all_attempts_failed", 4),
    "nobody there": ([AWAY, AWAY], 503, "all_attempts_failed", 1),
}


@pytest.mark.row("B05")
@pytest.mark.parametrize(("ends", "status", "code", "wait"), ENDS.values(), ids=ENDS)
async def test_all_that_fail_are_told_in_one(ends: list[Exception], status: int, code: str, wait: float) -> None:
    reply = await Stage(*ends, targets=["a/m", "b/m"], attempts=2)()
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.code, reply.content.retry_after_seconds) == (status, code, wait)
    assert "a/m: " in reply.content.message
    assert "b/m: " in reply.content.message


TOO_LONG = ContextTooLong(Whole(400, (), b"too long"))
WINDOWS = {"a/m": {"context_window": 100}, "b/m": {"context_window": 90}, "c/m": {"context_window": 200}}


@pytest.mark.case("U07")
async def test_a_prompt_that_is_too_long_goes_once_to_a_larger_model() -> None:
    stage = Stage(TOO_LONG, OK, facts=WINDOWS)
    reply = await stage()
    assert (reply.content, stage.asked) == (OK, [("a/m", None), ("c/m", None)])
    assert [tried.outcome for tried in reply.tried()] == [Outcome.CONTEXT_LENGTH, Outcome.OK]


@pytest.mark.case("U07")
@pytest.mark.parametrize("targets", [("a/m",), ("a/m", "b/m"), ("c/m", "a/m", "b/m")])
async def test_where_no_model_is_larger_the_refusal_is_the_answer_after_one_call(targets: tuple[str, ...]) -> None:
    facts = {name: facts for name, facts in WINDOWS.items() if name in targets}
    stage = Stage(TOO_LONG, targets=targets, facts=facts)
    reply = await stage()
    assert reply.content is TOO_LONG.answer
    assert len(stage.asked) == 1
    assert not stage.healths.view().obstacles


async def test_a_larger_model_that_is_too_small_too_ends_it() -> None:
    facts = {**WINDOWS, "d/m": {"context_window": 300}}
    stage = Stage(TOO_LONG, TOO_LONG, facts=facts)
    reply = await stage()
    assert reply.content is TOO_LONG.answer
    assert stage.asked == [("a/m", None), ("c/m", None)]


async def test_a_caller_who_leaves_while_trying_is_told_with_all_that_was_tried() -> None:
    stage = Stage(SERVER, asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await stage()
    [(tried, outcome)] = stage.left
    assert outcome is Outcome.ABANDONED
    assert [(each.target.name, each.outcome) for each in tried] == [
        ("a/m", Outcome.SERVER_ERROR),
        ("b/m", Outcome.ABANDONED),
    ]
    assert stage.healths.in_flight == 0


async def test_a_mistake_of_ours_is_told_with_all_that_was_tried() -> None:
    stage = Stage(SERVER, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await stage()
    [(tried, outcome)] = stage.left
    assert (outcome, [each.outcome for each in tried]) == (Outcome.INTERNAL, [Outcome.SERVER_ERROR, Outcome.INTERNAL])
    assert stage.healths.in_flight == 0


async def test_an_answer_for_which_there_is_no_room_is_not_the_callers_fault() -> None:
    stage = Stage(RequestRejected(503, Code.OVERLOADED, "no room"))
    reply = await stage()
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.code) == (503, "overloaded")
    assert [tried.outcome for tried in reply.tried()] == [Outcome.NO_ROOM]


async def test_an_sdk_may_retry_where_nobody_was_asked() -> None:
    stage = Stage(busy(20), targets=["a/m"])
    asked, cooling = await stage(), await stage()
    assert len(stage.asked) == 1
    for reply, worth_a_retry in ((asked, False), (cooling, True)):
        assert isinstance(reply.content, Failed)
        assert (reply.content.status, reply.content.worth_a_retry) == (429, worth_a_retry)
    assert isinstance(cooling.content, Failed)
    assert cooling.content.retry_after_seconds == 20


@pytest.mark.row("A38")
@pytest.mark.parametrize(
    ("reason", "outcome"),
    [(Reason.DATA_BOUNDARY, Outcome.DATA_BOUNDARY), (Reason.NOT_ALLOWED, Outcome.NOT_ALLOWED)],
)
async def test_a_target_that_a_policy_shuts_out_is_not_called_whoever_has_ranked_it(
    reason: Reason, outcome: Outcome
) -> None:
    stage = Stage(OK)
    stage.shut_out["a/m"] = LeftOut("a/m", reason, "boundary 'guard': provider 'a' is not in the cluster")
    reply = await stage()
    assert reply.content is OK
    assert stage.asked == [("b/m", None)]
    first = reply.tried()[0]
    assert (first.made, first.outcome, first.message) == (False, outcome, stage.shut_out["a/m"].detail)


async def test_where_a_data_boundary_shuts_out_all_of_them_nobody_is_called() -> None:
    stage = Stage(targets=["a/m", "b/m"])
    for name in ("a/m", "b/m"):
        stage.shut_out[name] = LeftOut(name, Reason.DATA_BOUNDARY, "it is not in the cluster")
    reply = await stage()
    assert isinstance(reply.content, Failed)
    assert stage.asked == []
