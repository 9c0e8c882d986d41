"""A client for the simulator."""

from collections.abc import AsyncIterator

import httpx
import pytest

from optipath_cli.simulator import Simulator


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url.removesuffix("/v1"), trust_env=False) as http:
        yield http
