"""Callers of a scripted server: the router's own transport, or httpx's in its place."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from optipath_router.call.transport import Transport
from optipath_snapshot import Egress, EgressRule
from support.scripted import ScriptedServer

LOOPBACK = Egress(
    allow=(EgressRule(network="127.0.0.0/8", plaintext=True), EgressRule(network="::1/128", plaintext=True))
)


@dataclass(frozen=True, slots=True)
class Got:
    """A response that was read to its end."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    reused: bool
    repeated: bool


class Calling:
    """Opens transports, and sees to it that they leave no task and no timer behind."""

    def __init__(self) -> None:
        self._opened: list[httpx.AsyncBaseTransport] = []

    async def __aenter__(self) -> Self:
        self._tasks = asyncio.all_tasks()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for transport in self._opened:
            await transport.aclose()
        if error is None:
            left = {task for task in asyncio.all_tasks() - self._tasks if "ScriptedServer" not in repr(task)}
            assert left <= {asyncio.current_task()}
            # Only asyncio's own loop shows its timers.
            timers = getattr(asyncio.get_running_loop(), "_scheduled", ())
            assert [timer for timer in timers if not timer.cancelled() and "optipath_router" in repr(timer)] == []
            for transport in self._opened:
                if isinstance(transport, Transport):
                    assert (transport.pool.taken, transport.pool.idle, transport.pool.waiting) == (0, 0, 0)

    def ours(self, server: ScriptedServer, egress: Egress = LOOPBACK, **given: Any) -> Transport:
        """The router's transport to a server."""
        return self.to("127.0.0.1", server.port, egress, **given)

    def to(self, host: str, port: int, egress: Egress = LOOPBACK, **given: Any) -> Transport:
        """The router's transport to a host."""
        transport = Transport(host, port, egress, **{"tls": None, **given})
        self._opened.append(transport)
        return transport

    def httpx(self) -> httpx.AsyncBaseTransport:
        """httpx's transport."""
        transport = httpx.AsyncHTTPTransport(trust_env=False)
        self._opened.append(transport)
        return transport


def request(
    url: str, body: bytes = b"{}", method: str = "POST", times: Mapping[str, float] | None = None
) -> httpx.Request:
    """A request, with time-outs by httpx's names where given."""
    extensions = {"timeout": times} if times else {}
    return httpx.Request(method, f"{url}/v1/chat", content=body, extensions=extensions)


async def fetch(transport: httpx.AsyncBaseTransport, sent: httpx.Request) -> Got:
    """A response, read to its end."""
    response = await transport.handle_async_request(sent)
    try:
        body = b"".join([piece async for piece in response.aiter_raw()])
    finally:
        await response.aclose()
    return Got(
        response.status_code,
        tuple(response.headers.raw),
        body,
        response.extensions.get("reused_connection", False),
        response.extensions.get("repeated", False),
    )
