"""One HTTP exchange over plain ASGI: a body read, an answer written, a leaving caller noticed.

Starlette's Request and StreamingResponse cost several times as much on a
stream (performance.md), and this is all that is needed of them here.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from starlette.types import Receive, Scope, Send

_SECRET: Final = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"x-api-key", b"api-key"})

LEAVING: Final = "optipath.leaving"
"""Our server's extension of ASGI: a function that takes what is to be called when the caller leaves, or None."""

Headers = Iterable[tuple[bytes, bytes]]


def visible_headers(scope: Scope) -> Mapping[str, str]:
    """A request's headers by name in lower case, without those that carry secrets."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name not in _SECRET}


async def read_body(receive: Receive) -> bytes:
    """A request's whole body, whose length `serving` bounds; raises CallerLeft."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Write an answer in one piece."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


class CallerLeft(Exception):
    """The caller has closed the connection."""


class Leaving:
    """Whether the caller has left, and what is to be done as soon as it has.

    Our own server tells by itself; any other tells only those who ask, and that takes a task.
    """

    __slots__ = ("_asking", "_do", "_receive", "_register", "happened")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._register = scope.get("extensions", {}).get(LEAVING)
        self._receive = receive
        self._asking: asyncio.Task[None] | None = None
        self.happened = False

    def watch(self, do: Callable[[], object]) -> None:
        """Do this once the caller leaves; at once, where it has left already."""
        self._do = do
        if self._register is not None:
            self._register(self._left)
        else:
            self._asking = asyncio.create_task(self._ask())

    def forget(self) -> None:
        """Do nothing any more."""
        if self._register is not None:
            self._register(None)
        if self._asking is not None:
            self._asking.cancel()

    def _left(self) -> None:
        self.happened = True
        self._do()

    async def _ask(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left()
