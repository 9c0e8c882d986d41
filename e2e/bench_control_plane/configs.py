"""The ConfigMaps that routers read, watched: when each says what it should."""

import asyncio
import time
from collections import defaultdict
from typing import Self

from e2e.bench_control_plane.seeding import Api, Json

_SELECTOR = "app.kubernetes.io/managed-by=optipath-operator"


class ConfigMaps:
    """Every namespace's ConfigMap, and who waits for it to say something."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._waiting: defaultdict[str, list[tuple[str, asyncio.Future[float]]]] = defaultdict(list)

    async def __aenter__(self) -> Self:
        page = await self._api.get("/api/v1/configmaps", labelSelector=_SELECTOR)
        assert page is not None
        self._watch = asyncio.create_task(
            self._api.watch(
                "/api/v1/configmaps",
                self._saw,
                labelSelector=_SELECTOR,
                resourceVersion=page["metadata"]["resourceVersion"],
            )
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watch.cancel()
        await asyncio.gather(self._watch, return_exceptions=True)

    def saying(self, text: str, namespace: str) -> asyncio.Future[float]:
        """When a namespace's snapshot next changes, and has a text in it."""
        future = asyncio.get_running_loop().create_future()
        self._waiting[namespace].append((text, future))
        return future

    def _saw(self, event: Json) -> None:
        now = time.perf_counter()
        waiting = self._waiting.pop(event["object"]["metadata"]["namespace"], [])
        if not waiting:
            return
        snapshot = event["object"]["data"]["snapshot.json"]
        for text, future in waiting:
            if text in snapshot:
                future.set_result(now)
            else:
                self._waiting[event["object"]["metadata"]["namespace"]].append((text, future))
