"""Patience: what is waited for is given up at its moment, and not before."""

import asyncio

import pytest

from optipath_router.call.patience import Patience
from optipath_router.errors import Outcome, UpstreamBroken


def now() -> float:
    return asyncio.get_running_loop().time()


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_takes_too_long_is_a_time_out() -> None:
    patience = Patience(now() + 0.01, now)
    with pytest.raises(UpstreamBroken) as raised, patience:
        await forever()
    assert raised.value.outcome is Outcome.TIMEOUT
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_moment_that_moves_on_is_waited_for() -> None:
    patience = Patience(now() + 0.01, now)
    begun = now()
    with pytest.raises(UpstreamBroken), patience:
        patience.until(begun + 0.05)
        await forever()
    assert now() - begun >= 0.05


async def test_a_moment_that_comes_nearer_strikes_sooner() -> None:
    patience = Patience(now() + 1000, now)
    with patience:
        await asyncio.sleep(0)
    patience.until(now() + 0.01)
    with pytest.raises(UpstreamBroken), patience:
        await forever()


async def test_between_two_blocks_nobody_is_struck() -> None:
    patience = Patience(now() + 0.01, now)
    with patience:
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)  # the moment passes while nobody waits
    with pytest.raises(UpstreamBroken), patience:
        await forever()
    patience.until(now() + 1000)
    with patience:
        await asyncio.sleep(0)
    patience.end()


async def test_who_is_cancelled_from_outside_is_cancelled() -> None:
    patience = Patience(now() + 1000, now)

    async def wait() -> None:
        with patience:
            await forever()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiting.cancel(Outcome.LOST)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    patience.end()


async def test_an_error_inside_the_block_stays_what_it_is() -> None:
    patience = Patience(now() + 1000, now)
    with pytest.raises(ValueError, match="mine"), patience:
        raise ValueError("mine")
    patience.end()
