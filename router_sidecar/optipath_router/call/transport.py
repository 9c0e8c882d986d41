"""The transport: a request to one origin, over kept connections. Foreign exceptions become ours here.

It takes posts, and httpx's requests as any transport of httpx's does; seam.py
lets tests put httpx.MockTransport in its place. Redirects are not followed and
proxy variables not read: the host that was checked is the host that is called.

    Transport ── Pool ──┬── Connector    opens connections
                        └── Connection   one each ── Answer   what is read
"""

import ssl
from typing import Final

import httpx

from optipath_router.call.answer import Answer
from optipath_router.call.connect import Connector
from optipath_router.call.connection import Stale
from optipath_router.call.idle import Idle
from optipath_router.call.pool import Pool
from optipath_router.call.post import CONNECT_SECONDS, WRITE_SECONDS, Post, heading
from optipath_router.call.resolve import Lookup, lookup
from optipath_snapshot import Egress

KEEPALIVE_SECONDS: Final = 60.0
MAX_CONNECTIONS: Final = 1000


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

    async def send(self, post: Post) -> Answer:
        """Send a post to this origin; the answer is open and must be closed.

        Raises TargetUnavailable where nothing was sent, else UpstreamBroken.
        Cancelled, it closes the connection.
        """
        head, connect_seconds = post.head, post.connect_seconds
        connection = await self.pool.take(pool_seconds=post.pool_seconds, connect_seconds=connect_seconds)
        post.sent, post.reused = True, connection.used
        try:
            return await connection.ask(post, head)
        except Stale:
            self.repeated += 1
            post.reused, post.repeated = False, True
            connection = await self.pool.replace(connection, connect_seconds=connect_seconds)
            return await connection.ask(post, head)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to this origin; the response's stream is open and must be closed.

        Times are those of `request.extensions["timeout"]`, by httpx's names,
        each with a default: connect, pool, write, read (None). Raises what
        `send` does.
        """
        times = request.extensions.get("timeout", {})
        connect = times.get("connect", CONNECT_SECONDS)
        post = Post(
            heading(request.method, request.url, request.headers.raw),
            await request.aread(),
            connect_seconds=connect,
            pool_seconds=times.get("pool", connect),
            write_seconds=times.get("write", WRITE_SECONDS),
            read_seconds=times.get("read"),
        )
        answer = await self.send(post)
        extensions = {"reused_connection": post.reused, "repeated": post.repeated}
        return httpx.Response(answer.status, headers=answer.headers, stream=answer, extensions=extensions)

    def retire(self) -> None:
        """Close the connections as soon as nobody uses them any more."""
        self.pool.retire()

    async def aclose(self) -> None:
        """Close the connections now."""
        await self.pool.aclose()
        await self._connector.aclose()
