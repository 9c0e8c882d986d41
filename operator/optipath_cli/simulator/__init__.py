"""A provider made of paper: an HTTP server that speaks as providers do, where model names script what it does.

    async with Simulator() as simulator:
        client = openai.AsyncOpenAI(base_url=simulator.url, api_key="sk-any")
        simulator.map["gpt-5-mini"] = "for-2-503"
        …
        assert simulator.stats.models["gpt-5-mini"].statuses[503] == 2

What names can say is listed in `words.WORDS`, and by `optipath simulate --help`.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Literal, Self, cast

from optipath_cli.simulator.behaviour import Behaviour
from optipath_cli.simulator.connection import Connection, Opened
from optipath_cli.simulator.provider import Provider
from optipath_cli.simulator.stats import Arrival, Disconnect, ModelStats, Outcome, Stats
from optipath_cli.simulator.tls import Certificate, served
from optipath_cli.simulator.unreachable import Blackhole, Silent
from optipath_cli.simulator.words import behaviour

__all__ = ["Arrival", "Behaviour", "Disconnect", "ModelStats", "Outcome", "Simulator", "Stats", "Tls", "behaviour"]


Tls = Certificate | Literal["stalled", "plain"]
"""Which certificate is shown; or that the handshake is never answered, or that plain HTTP is spoken at `https:`."""


class Simulator(Provider):
    """A provider with an address."""

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: Tls | None = None,
        blackhole_port: int | None = None,
        ended: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        super().__init__(ended)
        self.host = host
        self.port = port
        """0 until it is open means any free one."""
        self.tls = tls
        self.blackhole_port = blackhole_port
        """Where connects hang; None for nowhere, and 0 until it is open for any free one."""
        self._context: ssl.SSLContext | None = None
        self.authority: str | None = None
        """The certificate, in PEM, of the authority that callers are to trust."""
        if tls is not None and tls not in {"stalled", "plain"}:
            self._context, self.authority = served(cast("Certificate", tls), host)
        self._blackhole: Blackhole | None = None
        self._connections: set[Opened] = set()

    @property
    def url(self) -> str:
        """What an SDK takes as its base URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.tls is None else 'https'}://{host}:{self.port}/v1"

    async def __aenter__(self) -> Self:
        if self.blackhole_port is not None:
            self._blackhole = Blackhole(self.host, self.blackhole_port)
            self.blackhole_port = self._blackhole.port
        try:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._connection, self.host, self.port, ssl=self._context)
        except OSError:
            self._close_blackhole()
            raise
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def _connection(self) -> Connection | Silent:
        """What a connection is served by."""
        return Silent(self._connections) if self.tls == "stalled" else Connection(self.script, self._connections)

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._close_blackhole()
        await asyncio.gather(*(connection.close() for connection in tuple(self._connections)))
        await self._server.wait_closed()

    def _close_blackhole(self) -> None:
        if self._blackhole is not None:
            self._blackhole.close()

    @classmethod
    @contextmanager
    def in_thread(cls, *, tls: Tls | None = None, blackhole_port: int | None = None) -> Iterator[Self]:
        """A simulator in a thread and event loop of its own."""
        loop = asyncio.new_event_loop()
        thread = Thread(target=loop.run_forever, name="simulator")
        thread.start()
        try:
            made = cls(tls=tls, blackhole_port=blackhole_port)
            simulator = asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result()
            try:
                yield simulator
            finally:
                asyncio.run_coroutine_threadsafe(simulator.__aexit__(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
