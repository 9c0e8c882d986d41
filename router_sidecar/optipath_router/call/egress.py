"""Connections only to addresses that may be called, checked on the address that is connected to."""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import ip_address

import httpcore

from optipath_router.errors import Outcome, TargetUnavailable
from optipath_snapshot import Egress
from optipath_snapshot.egress import may_connect


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name itself, and connects to the addresses that the egress list admits, in turn."""

    def __init__(self, egress: Egress, *, plaintext: bool) -> None:
        self._egress, self._plaintext = egress, plaintext
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host by name or address."""
        try:
            async with asyncio.timeout(timeout):
                found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"resolving {host} took longer than {timeout} s") from error
        except (OSError, UnicodeError) as error:  # UnicodeError for what cannot be a name at all
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        admitted = [
            address
            for address in addresses
            if may_connect(self._egress, host=host, address=ip_address(address), port=port, plaintext=self._plaintext)
        ]
        if not admitted:
            what = "plain http" if self._plaintext else "https"
            raise TargetUnavailable(
                Outcome.EGRESS,
                f"{what} to {host} port {port} is not allowed: the administrator's egress list does not admit it",
            )
        failed: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        each = None if timeout is None else timeout / len(admitted)  # so that all of them fit into the time for one
        for address in admitted:
            try:
                return await self._inner.connect_tcp(
                    address, port, each, local_address, [*(socket_options or ()), _NO_DELAY]
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        assert failed is not None  # noqa: S101  the loop ran at least once
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks."""
        await self._inner.sleep(seconds)


# Small pieces of a stream must not wait for one another.
_NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
