"""What all tests share."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from optipath_cli.simulator import Outcome, Simulator
from support.router import Files

# How long an example takes says more of the machine than of us; speed lives in e2e/bench.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-cases", action="store_true", help="Rewrite what case folders expect; review the diff.")


@pytest.fixture
def outcomes() -> asyncio.Queue[Outcome]:
    """How requests to the simulator ended, as they end."""
    return asyncio.Queue()


@pytest.fixture
async def simulator(outcomes: asyncio.Queue[Outcome]) -> AsyncIterator[Simulator]:
    async with Simulator(ended=outcomes.put_nowait) as simulator:
        yield simulator


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The files of a router."""
    return Files(tmp_path)
