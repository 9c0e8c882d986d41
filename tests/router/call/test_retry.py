"""Retry as a script: what failed is tried again after a rest, when nothing else is left to try."""

import pytest

from optipath_router.chat.reply import Failed
from optipath_router.credentials import Key
from optipath_router.errors import Outcome, UpstreamError
from support.clock import Clock
from support.stage import AUTH, AWAY, GARBLED, OK, SERVER, SLOW, Stage, busy

ONE = ["a/m"]


@pytest.mark.row("A24")
@pytest.mark.parametrize("failure", [SERVER, GARBLED, SLOW, AWAY], ids=repr)
@pytest.mark.parametrize(("draw", "rest"), [(0.0, 0.25), (0.5, 0.375), (1.0, 0.5)])
async def test_a_target_alone_is_tried_again_after_a_rest(failure: Exception, draw: float, rest: float) -> None:
    stage = Stage(failure, OK, targets=ONE, draw=draw)
    reply = await stage()
    assert reply.content is OK
    assert stage.at[1] - stage.at[0] - 1 == rest
    assert [tried.outcome for tried in reply.tried()][1] is Outcome.OK


@pytest.mark.row("A24")
async def test_the_rest_grows_with_each_try_up_to_the_routes_most() -> None:
    stage = Stage(SERVER, SERVER, OK, targets=ONE, draw=1.0, backoff_base_seconds=2, backoff_max_seconds=5)
    await stage()
    assert [later - earlier - 1 for earlier, later in zip(stage.at, stage.at[1:], strict=False)] == [4, 5]


@pytest.mark.row("A24")
async def test_a_wait_that_was_asked_for_is_respected() -> None:
    stage = Stage(busy(3), OK, targets=ONE)
    assert (await stage()).content is OK
    assert stage.at[1] - stage.at[0] - 1 == 3


async def test_a_wait_that_is_longer_than_the_routes_most_is_not_waited_for() -> None:
    stage = Stage(busy(9), targets=ONE)
    reply = await stage()
    assert isinstance(reply.content, Failed)
    assert (reply.content.status, reply.content.retry_after_seconds, len(stage.asked)) == (429, 9, 1)


async def test_nobody_rests_past_the_deadline() -> None:
    stage = Stage(busy(3), targets=ONE, request_timeout_seconds=3.5)
    assert isinstance((await stage()).content, Failed)
    assert len(stage.asked) == 1


@pytest.mark.case("U01")
async def test_another_target_is_asked_first_and_the_one_that_waits_is_left_alone() -> None:
    stage = Stage(busy(1.5), OK, OK, OK, targets=["a/m", "b/m"])
    await stage()
    await stage()
    assert stage.asked == [("a/m", None), ("b/m", None), ("b/m", None)]
    await stage()
    assert stage.asked[-1] == ("a/m", None)


async def test_when_all_have_failed_the_one_that_is_ready_first_is_tried_again() -> None:
    stage = Stage(busy(5), busy(2), OK, targets=["a/m", "b/m"])
    assert (await stage()).content is OK
    assert stage.asked == [("a/m", None), ("b/m", None), ("b/m", None)]


@pytest.mark.parametrize(
    "failure",
    [
        AUTH,
        UpstreamError(Outcome.QUOTA, "spent"),
        UpstreamError(Outcome.NOT_SERVED, "404"),
        UpstreamError(Outcome.TOO_LARGE, "too large"),
        UpstreamError(Outcome.UNAVAILABLE, "not today"),
    ],
    ids=repr,
)
async def test_what_no_patience_mends_is_not_tried_again(failure: Exception) -> None:
    stage = Stage(
        failure, targets=ONE, providers={"a": {"keys": ("k",)}}, keys=[Key("k", "sk", frozenset({"a.example"}))]
    )
    assert isinstance((await stage()).content, Failed)
    assert len(stage.asked) == 1


@pytest.mark.case("U09")
async def test_a_retry_that_the_budget_does_not_pay_is_not_made() -> None:
    stage = Stage(SERVER, targets=ONE)
    while stage.healths.budget.take():
        pass
    assert isinstance((await stage()).content, Failed)
    assert len(stage.asked) == 1


@pytest.mark.case("U09")
async def test_the_first_failover_is_free_and_a_later_one_is_not() -> None:
    stage = Stage(SERVER, SERVER, OK)
    while stage.healths.budget.take():
        pass
    assert isinstance((await stage()).content, Failed)
    assert stage.asked == [("a/m", None), ("b/m", None)]


@pytest.mark.case("U09")
async def test_a_failover_to_a_target_that_is_on_probation_is_not_free() -> None:
    stage = Stage(targets=["a/m", "b/m"])
    b = stage.plan.rules[0].targets[1]
    for _ in range(5):
        probe = stage.healths.begin(b)
        failed = {"probe": probe, "seconds": 0.0, "first_content_seconds": None, "wait_seconds": None}
        stage.healths.end(b, None, Outcome.SERVER_ERROR, **failed)  # type: ignore[arg-type]  # by keyword
    await stage.time.sleep(40)
    while stage.healths.budget.take():
        pass
    stage.play(SERVER)
    assert isinstance((await stage()).content, Failed)
    assert stage.asked == [("a/m", None)]


async def test_what_was_taken_from_the_budget_is_given_back() -> None:
    stage = Stage(SERVER, SERVER, SERVER, targets=ONE)
    await stage()
    assert len(stage.asked) == 3
    assert [stage.healths.budget.take() for _ in range(4)] == [True, True, True, False]


@pytest.mark.case("U11")
async def test_a_target_whose_breaker_opens_is_not_tried_again() -> None:
    stage = Stage(*[SERVER] * 6, targets=ONE)
    for _ in range(3):
        await stage()
    # Three and two, and then one a request: the best there is, though its breaker is open.
    assert len(stage.asked) == 6


@pytest.mark.case("U09")
async def test_with_every_breaker_open_a_request_takes_one_attempt() -> None:
    stage = Stage(*[SERVER] * 40, targets=["a/m", "b/m"])
    for _ in range(5):
        await stage()
    before = len(stage.asked)
    for _ in range(10):
        await stage()
    assert len(stage.asked) - before == 10


@pytest.mark.case("U11")
@pytest.mark.row("E21")
async def test_a_target_that_is_well_again_serves_again_after_one_probe() -> None:
    stage = Stage(targets=["a/m", "b/m"])
    for _ in range(5):
        stage.play(SERVER, OK)
        await stage()
    stage.play(OK)
    await stage()
    assert stage.asked[-1] == ("b/m", None)
    await stage.time.sleep(40)
    stage.play(OK, OK)
    await stage()
    await stage()
    assert stage.asked[-2:] == [("a/m", None), ("a/m", None)]


async def test_a_target_that_has_come_to_its_bound_during_the_rest_is_passed_over() -> None:
    class Meanwhile(Clock):
        async def sleep(self, seconds: float) -> None:
            stage.healths.begin(stage.plan.rules[0].targets[0])
            await super().sleep(seconds)

    stage = Stage(SERVER, targets=ONE, providers={"a": {"max_concurrent": 1}}, time=Meanwhile())
    reply = await stage()
    assert len(stage.asked) == 1
    assert [(tried.outcome, tried.made) for tried in reply.tried()][1:] == [(Outcome.CONCURRENCY, False)]


@pytest.mark.case("U03", "U06")
async def test_after_the_rest_a_key_that_was_refused_is_not_sent_again() -> None:
    given = {"a": {"keys": ("refused", "busy")}}
    both = [Key(name, f"sk-{name}", frozenset({"a.example"})) for name in ("refused", "busy")]
    stage = Stage(AUTH, busy(2), OK, targets=ONE, providers=given, keys=both)
    assert (await stage()).content is OK
    assert stage.asked == [("a/m", "refused"), ("a/m", "busy"), ("a/m", "busy")]
