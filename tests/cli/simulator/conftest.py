"""A simulator and clients for it."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from optipath_cli.simulator import Outcome, Simulator


@pytest.fixture
def outcomes() -> asyncio.Queue[Outcome]:
    """How requests to the simulator ended, as they end."""
    return asyncio.Queue()


@pytest.fixture
async def simulator(outcomes: asyncio.Queue[Outcome]) -> AsyncIterator[Simulator]:
    async with Simulator(ended=outcomes.put_nowait) as simulator:
        yield simulator


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url.removesuffix("/v1"), trust_env=False) as http:
        yield http
