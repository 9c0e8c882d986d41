"""How a connection is opened: resolve, ask the egress rule, try the addresses in turn, shake hands.

The rule is asked about the address that is connected to, not about the name.
uvloop knows no happy eyeballs, so that each address has its share of the time.
"""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from optipath_router.call.resolve import Lookup, Resolver
from optipath_router.call.tls import what_failed
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_snapshot import Egress
from optipath_snapshot.egress import Address, may_connect

_OUR_FILES: Final = (errno.EMFILE, errno.ENFILE)
"""This router, or its node, has as many files open as it may: no fault of the provider's."""

P = TypeVar("P", bound=asyncio.BaseProtocol)


class Connector:
    """Opens connections to one origin."""

    def __init__(self, host: str, port: int, egress: Egress, tls: ssl.SSLContext | None, lookup: Lookup) -> None:
        """Take a host by name or address, and the trust for https, or None for plain http."""
        self._host, self._port, self._egress, self._tls = host, port, egress, tls
        self._resolver = Resolver(host, port, lookup)

    async def open(self, protocol: Callable[[], P], seconds: float | None) -> P:
        """A connection, its handshake done, within this time; raises TargetUnavailable."""
        try:
            async with asyncio.timeout(seconds):
                return await self._first(await self._admitted(), protocol, seconds)
        except (OSError, UnicodeError) as error:  # UnicodeError for what cannot be a name at all
            raise self._unavailable(error) from error

    async def aclose(self) -> None:
        """Ask for no more addresses."""
        await self._resolver.aclose()

    async def _admitted(self) -> list[Address]:
        """Those of the host's addresses that may be called."""
        plaintext = self._tls is None
        admitted = [
            address
            for address in await self._resolver.addresses()
            if may_connect(self._egress, host=self._host, address=address, port=self._port, plaintext=plaintext)
        ]
        if not admitted:
            what = "plain http" if plaintext else "https"
            raise TargetUnavailable(
                Outcome.EGRESS,
                f"{what} to {self._host} port {self._port} is not allowed: "
                "the administrator's egress list does not admit it",
            )
        return admitted

    async def _first(self, addresses: Sequence[Address], protocol: Callable[[], P], seconds: float | None) -> P:
        """A connection to the first address that lets itself be connected to."""
        loop = asyncio.get_running_loop()
        begun, failed = loop.time(), OSError()
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = None if seconds is None else (begun + seconds - loop.time()) / left
            try:
                async with asyncio.timeout(share):
                    return (await self._connect(loop, address, protocol))[1]
            except OSError as error:
                failed = error
        # They may have moved.
        self._resolver.forget()
        raise failed

    async def _connect(
        self, loop: asyncio.AbstractEventLoop, address: Address, protocol: Callable[[], P]
    ) -> tuple[asyncio.Transport, P]:
        if self._tls is None:
            return await loop.create_connection(protocol, str(address), self._port)
        name = self._host.removesuffix(".")
        return await loop.create_connection(protocol, str(address), self._port, ssl=self._tls, server_hostname=name)

    def _unavailable(self, error: OSError | UnicodeError) -> TargetUnavailable:
        outcome = Outcome.UNREACHABLE
        if isinstance(error, OSError) and error.errno in _OUR_FILES:
            outcome = Outcome.NO_ROOM
        return TargetUnavailable(outcome, f"{self._host} port {self._port} cannot be reached: {_why(error)}")


def _why(error: OSError | UnicodeError) -> str:
    match error:
        case ssl.SSLError():
            return what_failed(error)
        case socket.gaierror() | UnicodeError():
            return "its name cannot be resolved"
        case TimeoutError():
            return "it took too long"
        case OSError(errno=int(number)):
            return os.strerror(number).lower()
        case _:
            return "it closed the connection"
