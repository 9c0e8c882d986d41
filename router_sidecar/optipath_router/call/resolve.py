"""The addresses of a host, asked for once where many want to know.

In a pod one look-up is up to ten questions to the cluster's DNS, and one that
nobody answers takes half a minute. So each has a thread of its own, and there
is one at a time for an origin: it holds up no other, and not the end either.
"""

import asyncio
import socket
import threading
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
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def ask() -> None:
        found: list[str] | OSError | UnicodeError
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            found = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(_tell, answer, found)

    # A daemon, for nobody can call it back.
    threading.Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
    return await answer


def _tell(waiting: asyncio.Future[list[str]], found: list[str] | OSError | UnicodeError) -> None:
    if waiting.done():
        return  # it was given up
    if isinstance(found, list):
        waiting.set_result(found)
    else:
        waiting.set_exception(found)


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
