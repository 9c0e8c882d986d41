"""The transport: a request to one origin, over kept connections. Foreign exceptions become ours here.

It speaks httpx's types and is called without httpx's client, so that tests
put httpx.MockTransport in its place. Redirects are not followed and proxy
variables not read: the host that was checked is the host that is called.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpcore
import httpx

from optipath_router.call.egress import GuardedBackend
from optipath_router.errors import Outcome, TargetUnavailable, UpstreamBroken
from optipath_snapshot import Egress

_CONNECT_SECONDS = 5.0
_WRITE_SECONDS = 30.0
_MAX_CONNECTIONS = 1000


class Transport(httpx.AsyncBaseTransport):
    """The connections to one origin."""

    def __init__(self, egress: Egress, *, tls: ssl.SSLContext | None) -> None:
        """Take the trust for https, or None for plain http."""
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_CONNECTIONS,
            keepalive_expiry=60.0,
            network_backend=GuardedBackend(egress, plaintext=tls is None),
        )
        self._in_use = 0
        self._retired = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the response's stream is open and must be closed."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(
            request.method.encode(),
            url,
            headers=request.headers.raw,
            content=await request.aread(),
            extensions={"timeout": {"connect": _CONNECT_SECONDS, "write": _WRITE_SECONDS, "pool": _CONNECT_SECONDS}},
        )
        self._in_use += 1
        try:
            with _ours():
                response = await self._pool.handle_async_request(sent)
        except BaseException:
            await self._release()
            raise
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response, self))

    async def retire(self) -> None:
        """Close the connections as soon as nobody uses them any more."""
        self._retired = True
        if not self._in_use:
            await self._pool.aclose()

    async def aclose(self) -> None:
        """Close the connections now."""
        await self._pool.aclose()

    async def _release(self) -> None:
        self._in_use -= 1
        if self._retired and not self._in_use:
            await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """A response's body, which gives its connection back when it is closed."""

    def __init__(self, response: httpcore.Response, transport: Transport) -> None:
        self._response, self._transport, self._open = response, transport, True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _ours():
            async for piece in self._response.aiter_stream():
                yield piece

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            try:
                await self._response.aclose()
            finally:
                await self._transport._release()  # noqa: SLF001  the two are one thing


@contextmanager
def _ours() -> Iterator[None]:
    """Turn httpcore's exceptions into ours."""
    try:
        yield
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.UnsupportedProtocol,
    ) as error:
        raise TargetUnavailable(Outcome.UNREACHABLE, "cannot be reached") from error
    except httpcore.TimeoutException as error:
        raise UpstreamBroken(Outcome.TIMEOUT, "took too long") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
        # After the handshake httpcore lets ssl's own errors pass.
        raise UpstreamBroken(Outcome.BROKEN, "broke the connection off") from error
