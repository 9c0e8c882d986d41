"""Hedging as a timeline: a second attempt beside one that is slow."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from optipath_router.call.upstream import ContextTooLong
from optipath_router.chat.reply import Content, Failed, Reply, Streamed, Whole, failed_over
from optipath_router.errors import Code, Outcome, RequestRejected
from optipath_snapshot import HedgeDelay, HedgeQuantile
from support.stage import OK, SAID, SERVER, Stage, streamed
from support.timers import Timers

AFTER_A_SECOND = HedgeDelay(seconds=1)


def slowly(time: Timers, seconds: float, end: Content | Exception) -> Callable[[], Awaitable[Content]]:
    async def come() -> Content:
        await time.sleep(seconds)
        if isinstance(end, Exception):
            raise end
        return end

    return come


async def replied(stage: Stage, time: Timers, *, within: float = 100) -> Reply:
    asking = asyncio.create_task(stage())
    await time.advance(within)
    return asking.result()


@pytest.mark.row("E13")
async def test_the_first_good_answer_wins_and_the_other_is_given_up() -> None:
    time = Timers()
    stage = Stage(slowly(time, 50, OK), slowly(time, 1, OK), time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert reply.target is not None
    assert (reply.target.name, failed_over(reply.tried(), reply.target)) == ("b/m", True)
    assert stage.at == [1000, 1001]
    assert [(tried.target.name, tried.outcome, tried.seconds) for tried in reply.tried()] == [
        ("a/m", Outcome.LOST, 2),
        ("b/m", Outcome.OK, 1),
    ]
    assert stage.healths.in_flight == 0


async def test_an_answer_in_time_needs_no_second_attempt() -> None:
    time = Timers()
    stage = Stage(slowly(time, 0.9, OK), time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert (reply.content, len(stage.asked)) == (OK, 1)


async def test_the_first_may_still_win() -> None:
    time = Timers()
    stage = Stage(slowly(time, 2, OK), slowly(time, 50, OK), time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert [tried.outcome for tried in reply.tried()] == [Outcome.OK, Outcome.LOST]


async def test_a_hedge_that_fails_leaves_the_first_to_answer() -> None:
    time = Timers()
    stage = Stage(slowly(time, 5, OK), slowly(time, 1, SERVER), targets=["a/m", "b/m"], time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert reply.content is OK
    assert [tried.outcome for tried in reply.tried()] == [Outcome.OK, Outcome.SERVER_ERROR]


async def test_each_of_the_two_goes_on_to_the_next_target() -> None:
    time = Timers()
    stage = Stage(slowly(time, 5, OK), slowly(time, 1, SERVER), slowly(time, 1, OK), time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert reply.target is not None
    assert (reply.target.name, stage.at) == ("c/m", [1000, 1001, 1002])


async def test_a_failure_before_the_hedge_is_an_ordinary_failover() -> None:
    time = Timers()
    stage = Stage(SERVER, OK, time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert (reply.content, stage.at) == (OK, [1000, 1000])


async def test_nobody_is_left_to_hedge_with() -> None:
    time = Timers()
    stage = Stage(slowly(time, 5, OK), targets=["a/m"], time=time, hedge=AFTER_A_SECOND)
    assert (await replied(stage, time)).content is OK


@pytest.mark.row("E13")
async def test_hedges_are_paid_from_the_retry_budget() -> None:
    time = Timers()
    stage = Stage(slowly(time, 5, OK), time=time, hedge=AFTER_A_SECOND)
    while stage.healths.budget.take():
        pass
    assert (await replied(stage, time)).content is OK
    assert len(stage.asked) == 1


async def test_both_that_fail_are_told() -> None:
    time = Timers()
    stage = Stage(slowly(time, 2, SERVER), slowly(time, 2, SERVER), time=time, hedge=AFTER_A_SECOND, attempts=2)
    reply = await replied(stage, time)
    assert isinstance(reply.content, Failed)
    assert len(reply.tried()) == 2


async def test_two_answers_in_the_same_moment_are_one_answer_and_the_other_is_closed() -> None:
    time = Timers()
    fates: tuple[list[str], list[str]] = ([], [])
    ends = [slowly(time, seconds, streamed(SAID, fate=fate)) for seconds, fate in zip((2, 1), fates, strict=True)]
    stage = Stage(*ends, time=time, hedge=AFTER_A_SECOND)
    reply = await replied(stage, time)
    assert isinstance(reply.content, Streamed)
    assert [event async for event in reply.content.events] == [SAID]
    assert sorted(tried.outcome for tried in reply.tried()) in (
        [Outcome.LOST, Outcome.OK],
        [Outcome.ABANDONED, Outcome.OK],
    )
    assert stage.healths.in_flight == 0


async def test_an_answer_in_the_same_turn_of_the_loop_is_closed_and_ends_its_attempt() -> None:
    now = asyncio.Event()
    fates: tuple[list[str], list[str]] = ([], [])

    def at_once(fate: list[str]) -> Callable[[], Awaitable[Content]]:
        async def come() -> Content:
            await now.wait()
            return streamed(SAID, fate=fate)

        return come

    time = Timers()
    stage = Stage(*map(at_once, fates), time=time, hedge=AFTER_A_SECOND)
    asking = asyncio.create_task(stage())
    await time.advance(2)
    now.set()
    reply = await asking
    assert isinstance(reply.content, Streamed)
    assert stage.healths.in_flight == 1
    assert [event async for event in reply.content.events] == [SAID]
    assert stage.healths.in_flight == 0
    assert sorted(tried.outcome for tried in reply.tried()) == [Outcome.ABANDONED, Outcome.OK]


@pytest.mark.parametrize(
    "trouble",
    [
        ContextTooLong(Whole(400, (), b"too long")),
        RequestRejected(503, Code.OVERLOADED, "no room"),
    ],
    ids=repr,
)
async def test_a_hedge_that_is_refused_does_not_cost_the_first_its_good_answer(trouble: Exception) -> None:
    time = Timers()
    stage = Stage(
        slowly(time, 5, OK), slowly(time, 1, trouble), targets=["a/m", "b/m"], time=time, hedge=AFTER_A_SECOND
    )
    assert (await replied(stage, time)).content is OK


async def test_both_that_are_too_small_leave_the_refusal() -> None:
    time = Timers()
    trouble = ContextTooLong(Whole(400, (), b"too long"))
    stage = Stage(slowly(time, 2, trouble), slowly(time, 2, trouble), time=time, hedge=AFTER_A_SECOND, attempts=2)
    assert (await replied(stage, time)).content is trouble.answer


async def test_a_caller_who_leaves_takes_both_along() -> None:
    time = Timers()
    stage = Stage(slowly(time, 50, OK), slowly(time, 50, OK), time=time, hedge=AFTER_A_SECOND)
    asking = asyncio.create_task(stage())
    await time.advance(2)
    asking.cancel()
    await time.advance(0)
    assert asking.cancelled()
    [(tried, outcome)] = stage.left
    assert (outcome, {each.outcome for each in tried}, len(tried)) == (Outcome.ABANDONED, {Outcome.ABANDONED}, 2)
    assert stage.healths.in_flight == 0


@pytest.mark.row("E13")
async def test_the_time_may_be_a_quantile_of_the_targets_own_answers() -> None:
    time = Timers()
    stage = Stage(*[slowly(time, 2 - n / 100, OK) for n in range(30)], time=time, hedge=HedgeQuantile(quantile=0.95))
    for _ in range(30):
        await replied(stage, time, within=3)
    assert len(stage.asked) == 30
    stage.play(slowly(time, 50, OK), slowly(time, 1, OK))
    await replied(stage, time)
    first, hedged = stage.at[30:]
    assert hedged - first == pytest.approx(1.99)
