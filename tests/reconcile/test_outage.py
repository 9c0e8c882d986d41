"""An outage of the API server: everything waits, and one asks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from optipath_operator.cluster.outage import Outage
from support.timers import Timers, settle


class Server:
    """Whether it answers, and when it was asked."""

    def __init__(self, timers: Timers) -> None:
        self.is_up, self.asked, self._timers = False, list[float](), timers

    async def answers(self) -> bool:
        self.asked.append(self._timers.now)
        return self.is_up


@pytest.fixture
def server(timers: Timers) -> Server:
    return Server(timers)


@pytest_asyncio.fixture
async def outage(timers: Timers, server: Server) -> AsyncIterator[Outage]:
    outage = Outage()
    task = asyncio.create_task(outage.run(server.answers, sleep=timers.sleep))
    yield outage
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def waits(outage: Outage) -> bool:
    waiting = asyncio.create_task(outage.over())
    await settle()
    done = waiting.done()
    waiting.cancel()
    return not done


async def test_nobody_waits_while_there_is_none(outage: Outage, server: Server, timers: Timers) -> None:
    await timers.advance(100)
    assert not await waits(outage)
    assert server.asked == []


async def test_a_connection_that_broke_is_over_in_a_second(outage: Outage, server: Server, timers: Timers) -> None:
    server.is_up = True
    outage.began("reset")
    assert await waits(outage)
    await timers.advance(1.2)
    assert not await waits(outage)


@pytest.mark.case("O06")
async def test_five_minutes_away_is_seldom_asked_about_and_soon_over(
    outage: Outage, server: Server, timers: Timers
) -> None:
    outage.began("refused")
    for _ in range(300):
        outage.began("refused")
        await timers.advance(1)
    assert await waits(outage)
    assert len(server.asked) <= 40
    server.is_up = True
    await timers.advance(10)
    assert not await waits(outage)


async def test_patience_that_was_asked_for_is_given(outage: Outage, server: Server, timers: Timers) -> None:
    server.is_up = True
    outage.began("429", 7.0)
    await timers.advance(6.5)
    assert server.asked == []
    await timers.advance(2)
    assert not await waits(outage)
    outage.began("429")
    await timers.advance(1.2)
    assert not await waits(outage), "it was asked for once"


async def test_patience_has_a_limit(outage: Outage, server: Server, timers: Timers) -> None:
    server.is_up = True
    outage.began("429", 1e6)
    await timers.advance(72)
    assert not await waits(outage)
