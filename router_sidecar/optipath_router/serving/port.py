"""One port: uvicorn's server, for callers as we serve them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import Server

from optipath_router.serving.caller import Caller
from optipath_router.serving.serving import Serving
from optipath_router.telemetry.beat import PERIOD_SECONDS

_CLOSING_SECONDS: Final = 3


class Port(Server):
    """A server without uvicorn's own ideas of signals: two of them share this process."""

    server_state: Serving

    def __init__(self, app: ASGIApp, serving: Serving, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Take what serves, under which limits, and how to sleep from one look at the connections to the next."""
        super().__init__(
            Config(
                app,
                http=Caller,
                interface="asgi3",
                ws="none",
                loop="none",
                lifespan="off",
                access_log=False,
                proxy_headers=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=_CLOSING_SECONDS,
            )
        )
        self.server_state, self._sleep = serving, sleep

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def main_loop(self) -> None:
        """Look ten times a second, until it is time to end."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            await self._sleep(PERIOD_SECONDS)

    async def on_tick(self, counter: int) -> bool:
        """Look at each connection."""
        now, serving = asyncio.get_running_loop().time(), self.server_state
        for connection in tuple(serving.connections):
            connection.look(now)
        serving.tell(now)
        should_exit = await super().on_tick(counter)
        serving.date()
        return should_exit
