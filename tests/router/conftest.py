"""A provider made of paper, and the files of a router."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from optipath_cli.simulator import Outcome, Simulator
from support.router import Files


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
    return Files(tmp_path)
