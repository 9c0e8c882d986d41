"""The seam between a call and what carries it: our own transport, or any of httpx's.

A call speaks posts, for httpx's Request and Response take a tenth of the time
of a whole request. What speaks httpx alone is put behind its words here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import httpx

from optipath_router.call.post import Header, Post
from optipath_router.call.transport import Transport
from optipath_router.room import Room


class Incoming(Protocol):
    """An answer whose head is here, and whose body comes in pieces; it must be closed."""

    @property
    def status(self) -> int:
        """As HTTP numbers them."""
        ...

    @property
    def headers(self) -> list[Header]:
        """As they came."""
        ...

    @property
    def complete(self) -> bool:
        """Whether all of it is known to be here."""
        ...

    def count_in(self, room: Room) -> None:
        """Count in the room what is here and not read yet."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None:
        """Want no more of it."""
        ...


Send = Callable[[Post], Awaitable[Incoming]]
"""Raises TargetUnavailable where nothing was sent, else UpstreamBroken."""


def sending(transport: httpx.AsyncBaseTransport) -> Send:
    """How posts go over a transport."""
    return transport.send if isinstance(transport, Transport) else _Foreign(transport)


class _Foreign:
    """Posts over one of httpx's transports, or a double of one."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def __call__(self, post: Post) -> Incoming:
        times = {
            "connect": post.connect_seconds,
            "pool": post.pool_seconds,
            "write": post.write_seconds,
            "read": post.read_seconds,
        }
        request = httpx.Request(
            post.heading.method,
            post.heading.url,
            headers=[*post.heading.headers, *post.headers, (b"content-length", b"%d" % len(post.body))],
            # With a stream in the place of its content, httpx leaves the headers as they are.
            stream=httpx.ByteStream(post.body),
            extensions={"timeout": times},
        )
        response = await self._transport.handle_async_request(request)
        post.sent = True
        return _ForeignAnswer(response)


class _ForeignAnswer:
    """A response of httpx's. What it holds of its body nobody knows, and so it is not counted."""

    complete = False

    def __init__(self, response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  an asynchronous transport gives no other
        self.status, self.headers = response.status_code, response.headers.raw
        self._stream = response.stream

    def count_in(self, room: Room) -> None:
        """Count nothing."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        await self._stream.aclose()
