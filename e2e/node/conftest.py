"""The simulator and a router's files, as in the tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from optipath_cli.simulator import Simulator
from support.router import Files


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator() as simulator:
        yield simulator


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
