"""A provider made of paper: an HTTP server that speaks as providers do, where model names script what it does.

    async with Simulator() as simulator:
        client = openai.AsyncOpenAI(base_url=simulator.url, api_key="sk-any")
        simulator.map["gpt-5-mini"] = "for-2-503"
        …
        assert simulator.stats.models["gpt-5-mini"].statuses[503] == 2

What names can say is listed in `behaviour.WORDS`, and by `optipath simulate --help`.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Self

from optipath_cli.simulator.behaviour import Behaviour, behaviour
from optipath_cli.simulator.connection import Connection
from optipath_cli.simulator.provider import Provider
from optipath_cli.simulator.stats import Arrival, Disconnect, ModelStats, Outcome, Stats

__all__ = ["Arrival", "Behaviour", "Disconnect", "ModelStats", "Outcome", "Simulator", "Stats", "behaviour"]


class Simulator(Provider):
    """A provider with an address."""

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, ended: Callable[[Outcome], None] = lambda _: None
    ) -> None:
        super().__init__(ended)
        self.host = host
        self.port = port
        """0 until it is open means any free one."""
        self._connections: set[Connection] = set()

    @property
    def url(self) -> str:
        """What an SDK takes as its base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/v1"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self.script, self._connections), self.host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.gather(*(connection.close() for connection in tuple(self._connections)))
        await self._server.wait_closed()

    @classmethod
    @contextmanager
    def in_thread(cls) -> Iterator[Self]:
        """A simulator in a thread and event loop of its own."""
        loop = asyncio.new_event_loop()
        thread = Thread(target=loop.run_forever, name="simulator")
        thread.start()
        try:
            simulator = asyncio.run_coroutine_threadsafe(cls().__aenter__(), loop).result()
            try:
                yield simulator
            finally:
                asyncio.run_coroutine_threadsafe(simulator.__aexit__(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
