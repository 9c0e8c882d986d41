"""The transport: a request to one origin, over kept connections. Foreign exceptions become ours here.

It speaks httpx's types and is called without httpx's client, so that tests
put httpx.MockTransport in its place. Redirects are not followed and proxy
variables not read: the host that was checked is the host that is called.

    Transport ── Pool ──┬── Connector    opens connections
                        └── Connection   one each ── Answer   what is read
"""

import ssl
from typing import Final

import httpx

from optipath_router.call.connect import Connector
from optipath_router.call.connection import Stale
from optipath_router.call.idle import Idle
from optipath_router.call.pool import Pool
from optipath_router.call.resolve import Lookup, lookup
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_snapshot import Egress

CONNECT_SECONDS: Final = 5.0
WRITE_SECONDS: Final = 30.0
KEEPALIVE_SECONDS: Final = 60.0
MAX_CONNECTIONS: Final = 1000

# How long the body is, is ours to say: it is sent whole, and once.
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class Transport(httpx.AsyncBaseTransport):
    """The connections to one origin."""

    def __init__(
        self,
        host: str,
        port: int,
        egress: Egress,
        *,
        tls: ssl.SSLContext | None,
        limit: int = MAX_CONNECTIONS,
        keepalive_seconds: float = KEEPALIVE_SECONDS,
        idle: Idle | None = None,
        lookup: Lookup = lookup,
    ) -> None:
        """Take the origin, the trust for https or None for plain http, the pool's bounds, and who knows addresses.

        What is idle may share its bound with that of other transports.
        """
        self._connector = Connector(host, port, egress, tls, lookup)
        self.pool = Pool(
            self._connector.open, idle=idle or Idle(limit), limit=limit, keepalive_seconds=keepalive_seconds
        )
        self.repeated = 0
        """Requests that were sent again, as a kept connection was closed when they came."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to this origin; the response's stream is open and must be closed.

        Times are those of `request.extensions["timeout"]`, by httpx's names,
        each with a default: connect, pool, write, read (None). Raises
        TargetUnavailable where nothing was sent, else UpstreamBroken.
        Cancelled, it closes the connection; `extensions["sent"]` is true from
        when there was one.
        """
        times = request.extensions.get("timeout", {})
        connect, write = times.get("connect", CONNECT_SECONDS), times.get("write", WRITE_SECONDS)
        pool, read = times.get("pool", connect), times.get("read")
        body = await request.aread()
        head, head_only = _head(request, len(body)), request.method == "HEAD"

        connection = await self.pool.take(pool_seconds=pool, connect_seconds=connect)
        request.extensions["sent"] = True
        reused, repeated = connection.used, False
        try:
            answer = await connection.ask(head, body, head_only=head_only, write_seconds=write, read_seconds=read)
        except Stale:
            self.repeated += 1
            reused, repeated = False, True
            connection = await self.pool.replace(connection, connect_seconds=connect)
            answer = await connection.ask(head, body, head_only=head_only, write_seconds=write, read_seconds=read)
        extensions = {"reused_connection": reused, "repeated": repeated}
        return httpx.Response(answer.status, headers=answer.headers, stream=answer, extensions=extensions)

    def retire(self) -> None:
        """Close the connections as soon as nobody uses them any more."""
        self.pool.retire()

    async def aclose(self) -> None:
        """Close the connections now."""
        await self.pool.aclose()
        await self._connector.aclose()


def _head(request: httpx.Request, length: int) -> bytes:
    """A request up to its body; raises TargetUnavailable for what would not arrive as one."""
    lines = [b"%b %b HTTP/1.1\r\n" % (request.method.encode(), request.url.raw_path)]
    has_host = False
    for name, value in request.headers.raw:
        lowered = name.lower()
        if lowered not in _FRAMING:
            has_host = has_host or lowered == b"host"
            lines.append(b"%b: %b\r\n" % (name, value))
    if not has_host:
        lines.insert(1, b"host: %b\r\n" % request.url.netloc)
    if length or request.method not in ("GET", "HEAD"):
        lines.append(b"content-length: %d\r\n" % length)
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
        raise TargetUnavailable(Outcome.UNREACHABLE, "a header that it would be sent holds a line break or a NUL")
    return head + b"\r\n"
