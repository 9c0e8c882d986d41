"""Patience: what is waited for is given up at its moment, and not before."""

import asyncio

import pytest

from optipath_router.call.patience import Patience
from optipath_router.errors import Outcome, UpstreamBroken


def now() -> float:
    return asyncio.get_running_loop().time()


def patience_of(seconds: float, *, all_seconds: float = 10_000) -> Patience:
    return Patience(seconds, now() + all_seconds, now)


async def forever() -> None:
    await asyncio.Event().wait()


async def renewed(patience: Patience, seconds: float) -> None:
    patience.renew(seconds)
    await forever()


async def test_what_takes_too_long_is_a_time_out() -> None:
    patience = patience_of(0.01)
    with pytest.raises(UpstreamBroken) as raised, patience:
        await forever()
    assert raised.value.outcome is Outcome.TIMEOUT
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_a_moment_that_moves_on_is_waited_for() -> None:
    patience = patience_of(0.01)
    begun = now()
    with pytest.raises(UpstreamBroken), patience:
        await renewed(patience, 0.05)
    assert now() - begun >= 0.05


async def test_a_moment_that_comes_nearer_strikes_sooner() -> None:
    patience = patience_of(1000)
    with patience:
        await asyncio.sleep(0)
    patience.renew(0.01)
    with pytest.raises(UpstreamBroken), patience:
        await forever()


async def test_between_two_blocks_nobody_is_struck() -> None:
    patience = patience_of(0.01)
    with patience:
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)  # the moment passes while nobody waits
    with pytest.raises(UpstreamBroken), patience:
        await forever()
    patience.renew(1000)
    with patience:
        await asyncio.sleep(0)
    patience.end()


async def test_who_is_cancelled_from_outside_is_cancelled() -> None:
    patience = patience_of(1000)

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
    patience = patience_of(1000)
    with pytest.raises(ValueError, match="mine"), patience:
        raise ValueError("mine")
    patience.end()


ENDS = {
    "its own": (0.01, 1000, Outcome.TIMEOUT),
    "the request's": (1000, 0.01, Outcome.OUT_OF_TIME),
    "nearly its own": (0.0105, 0.01, Outcome.TIMEOUT),
    "the request's, long ago": (1000, -5, Outcome.OUT_OF_TIME),
}


@pytest.mark.case("S01")
@pytest.mark.parametrize(("seconds", "all_seconds", "outcome"), ENDS.values(), ids=ENDS)
async def test_only_who_had_their_time_have_timed_out(seconds: float, all_seconds: float, outcome: Outcome) -> None:
    with pytest.raises(UpstreamBroken) as raised, patience_of(seconds, all_seconds=all_seconds):
        await forever()
    assert raised.value.outcome is outcome


async def test_renewed_it_still_ends_with_the_request() -> None:
    patience = patience_of(0.01, all_seconds=0.02)
    with pytest.raises(UpstreamBroken) as raised, patience:
        await renewed(patience, 1000)
    assert raised.value.outcome is Outcome.OUT_OF_TIME
