"""A server on sockets of its own, with or without TLS, that leaves signals to the program."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from optipath_operator.inject.patience import IDLE_SECONDS, Callers, Patient

HANDSHAKE_SECONDS: Final = 5.0
_CLOSING_SECONDS: Final = 5
_BACKLOG: Final = 2048


class CannotListen(Exception):
    """A port that is taken."""


class Server(uvicorn.Server):
    """uvicorn's server, for callers that are not waited for without end."""

    def __init__(self, app: ASGIApp, callers: Callers, context: ssl.SSLContext | None = None) -> None:
        """Take what serves, and under which certificate."""
        super().__init__(
            uvicorn.Config(
                app,
                http=Patient,
                ws="none",
                loop="none",
                lifespan="off",
                access_log=False,
                proxy_headers=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=int(IDLE_SECONDS),
                timeout_graceful_shutdown=_CLOSING_SECONDS,
            )
        )
        self.server_state: Callers = callers
        self._context = context

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. uvicorn itself would wait a minute for a caller that does not finish its handshake."""
        await super().startup(sockets=[])
        patient = functools.partial(Patient, self.config, self.server_state, {})
        listen = asyncio.get_running_loop().create_server
        for each in sockets or ():
            if self._context:
                server = await listen(
                    patient,
                    sock=each,
                    backlog=_BACKLOG,
                    ssl=self._context,
                    ssl_handshake_timeout=HANDSHAKE_SECONDS,
                    ssl_shutdown_timeout=_CLOSING_SECONDS,
                )
            else:
                server = await listen(patient, sock=each, backlog=_BACKLOG)
            self.servers.append(server)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield


def listen(port: int) -> socket.socket:
    """A socket on all of this machine's addresses, IPv6 too where there is any; raises CannotListen."""
    family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=family == socket.AF_INET6)
    except OSError as error:
        raise CannotListen(f"cannot listen on port {port}: {error.strerror}") from error
