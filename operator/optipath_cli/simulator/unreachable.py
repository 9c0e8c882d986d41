"""Where nothing is ever answered: connects that hang, and connections on which nobody speaks."""

import asyncio
import socket
from typing import cast

from optipath_cli.simulator.connection import Opened

QUEUE = 8
"""More connections than wait at a socket that listens with no queue."""


class Blackhole:
    """A listening socket whose queue is full, so that the kernel drops what asks for a connection."""

    def __init__(self, host: str, port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family)
        self._sockets = [listening]
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
            listening.listen(0)
        except OSError:
            self.close()
            raise
        self.host: str = listening.getsockname()[0]
        self.port: int = listening.getsockname()[1]
        for _ in range(QUEUE):
            waiting = socket.socket(family)
            waiting.settimeout(0)
            waiting.connect_ex((self.host, self.port))
            self._sockets.append(waiting)

    def close(self) -> None:
        """Let go of the address."""
        for opened in self._sockets:
            opened.close()


class Silent(asyncio.Protocol):
    """A connection on which nothing is said, whatever comes."""

    def __init__(self, connections: set[Opened]) -> None:
        self._connections = connections
        self._gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - how it went makes no difference
        """The caller is gone."""
        self._connections.discard(self)
        self._gone.set()

    async def close(self) -> None:
        """End it."""
        self._transport.abort()
        await self._gone.wait()
