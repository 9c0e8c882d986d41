"""Every test here runs on both loops: uvloop is what the router runs on, asyncio what its tests run on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from support.transports import Calling


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def calling() -> AsyncIterator[Calling]:
    """Opens transports; when the test ends they are closed, and have left nothing behind."""
    async with Calling() as calling:
        yield calling
