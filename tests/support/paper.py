"""A router without sockets: its providers are a function, and it is called as an ASGI application."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from optipath_router.app import App, compose
from optipath_router.call.pools import Origin, Pools
from optipath_router.credentials import Key
from optipath_router.runtime import build
from optipath_router.settings import Settings
from optipath_snapshot import Snapshot
from support.builders import snapshot_file

Provider = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a caller got."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool
    """Whether its end came; else the connection was cut."""


class _Paper(Pools):
    """Connections to a function."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self._paper = httpx.MockTransport(provider)

    def transport(self, _: Origin) -> Any:
        return self._paper


class PaperRouter:
    """A router of a snapshot, all of whose providers are one function."""

    def __init__(self, snapshot: Snapshot, provider: Provider, keys: Mapping[str, Key] | None = None) -> None:
        self.app: App = compose(Settings())
        shared = replace(self.app.shared, pools=_Paper(provider))
        shared.keys.current = dict(keys or {})
        self.app.runtime.current = build(snapshot_file(snapshot), {}, shared)

    async def post(self, path: str, body: bytes, **headers: str) -> Answered:
        """What is answered to a body."""
        return await self._ask("POST", path, body, {"content-type": "application/json", **headers})

    async def get(self, path: str, **headers: str) -> Answered:
        return await self._ask("GET", path, b"", headers)

    async def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        told: list[Any] = []
        asked = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return asked.pop() if asked else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            told.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "root_path": "",
            "query_string": b"",
            "scheme": "http",
            "server": ("localhost", 7080),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }
        await self.app.api(scope, receive, send)
        head, *pieces = told
        return Answered(
            head["status"],
            {name.decode(): value.decode() for name, value in head["headers"]},
            b"".join(piece.get("body", b"") for piece in pieces),
            bool(pieces) and not pieces[-1].get("more_body", False),
        )
