"""One HTTP exchange over plain ASGI: a body read, an answer written, a leaving caller noticed.

Starlette's Request and StreamingResponse cost several times as much on a
stream (performance.md), and this is all that is needed of them here.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.types import Receive, Scope, Send

_SECRET: Final = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"x-api-key", b"api-key"})

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


async def left(receive: Receive) -> None:
    """Return when the caller has left. A server tells it only to one that asks."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Write an answer in one piece."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


class CallerLeft(Exception):
    """The caller has closed the connection."""
