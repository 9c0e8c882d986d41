"""The addresses of a host, asked for once where many want to know.

In a pod one look-up is up to ten questions to the cluster's DNS, and what
asks it is a handful of threads: a burst of new connections must not queue there.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from optipath_snapshot.egress import Address, literal

REMEMBERED_SECONDS: Final = 5.0

Lookup = Callable[[str, int], Awaitable[Iterable[str]]]
"""The addresses of a host, for a port; raises OSError or UnicodeError."""


async def lookup(host: str, port: int) -> list[str]:
    """The addresses that the system knows, the better ones first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Resolver:
    """Knows one host's addresses for a few seconds."""

    def __init__(self, host: str, port: int, lookup: Lookup) -> None:
        """Take a host by name or address, the port that it is called on, and who knows."""
        self._host, self._port, self._lookup = host, port, lookup
        self._asking: asyncio.Task[tuple[Address, ...]] | None = None
        self._asked = 0.0

    async def addresses(self) -> tuple[Address, ...]:
        """The addresses in the order in which they should be tried; raises OSError or UnicodeError."""
        if (address := literal(self._host)) is not None:
            return (address,)
        loop = asyncio.get_running_loop()
        if self._asking is None or (self._asking.done() and loop.time() >= self._asked + REMEMBERED_SECONDS):
            self._asking, self._asked = loop.create_task(self._ask()), loop.time()
        try:
            # Who leaves does not take the answer from the others.
            return await asyncio.shield(self._asking)
        except (OSError, UnicodeError):
            self.forget()
            raise

    def forget(self) -> None:
        """Ask anew the next time."""
        if self._asking and self._asking.done():
            self._asking = None

    async def aclose(self) -> None:
        """Ask no more."""
        if self._asking:
            self._asking.cancel()
            with suppress(asyncio.CancelledError, OSError, UnicodeError):
                await self._asking
            self._asking = None

    async def _ask(self) -> tuple[Address, ...]:
        return tuple(dict.fromkeys(map(ip_address, await self._lookup(self._host, self._port))))
