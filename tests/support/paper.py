"""A router without sockets: its providers are a function, and it is called as an ASGI application."""

from collections.abc import Callable, Mapping
from dataclasses import replace
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
        transport = httpx.ASGITransport(self.app.api)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://localhost")

    async def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        """What is answered; a stream, when it has ended."""
        return await self.http.post(path, content=body, headers={"content-type": "application/json", **headers})

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=headers)
