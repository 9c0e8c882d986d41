"""An informer: everything under one path with some label, now and as it changes.

kopf digests what users write. Our own ConfigMaps and the router pods, of
which there may be ten thousand, come this way: a list in pages, then a watch
from where the list ended, and a new list when the watch is lost.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Final, Protocol

from optipath_operator.cluster.client import ApiError, Client, Gone, Json, Unreachable, version
from optipath_operator.cluster.tables import TABLE, Tables

log = logging.getLogger(__name__)

METADATA_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""A list of nothing but metadata."""
WHOLE: Final = "application/json"
PAGE: Final = "250"
"""Objects in one answer: a ConfigMap may have a megabyte, and a page is held whole."""
_SILENT_SECONDS: Final = 70.0
"""A bookmark comes every 60 seconds; a watch without one is dead."""
_RELIST_SECONDS: Final = 600.0
_RECONNECT_SECONDS: Final = 0.2
"""A watch that ends at once, again and again, must not become a storm."""
_BACKOFF_SECONDS: Final = (1.0, 2.0, 5.0, 10.0)


class Listener(Protocol):
    """Who is told."""

    def took(self, found: Json) -> None:
        """Told of an object that is there, or has changed."""

    def lost(self, namespace: str, name: str, version: int) -> None:
        """Told of one that is not there any more, and since when."""


class Everybody:
    """Several listeners as one."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def took(self, found: Json) -> None:
        """Tell all of them."""
        for each in self._listeners:
            each.took(found)

    def lost(self, namespace: str, name: str, version: int) -> None:
        """Tell all of them."""
        for each in self._listeners:
            each.lost(namespace, name, version)


class Informer:
    """Tells a listener of objects as they come, change and go."""

    def __init__(
        self,
        client: Client,
        path: str,
        listener: Listener,
        *,
        selector: str,
        fields: str = "",
        table: bool = False,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take whom to tell, which objects by their labels and fields, and whether a table of them will do."""
        self._client, self._path, self._listener = client, path, listener
        self._query = {"labelSelector": selector} | ({"fieldSelector": fields} if fields else {})
        self._tables = Tables() if table else None
        self._accept = TABLE if table else WHOLE
        self._now, self._sleep = now, sleep
        self._known: set[tuple[str, str]] = set()
        self._failures = 0
        self.listed = asyncio.Event()
        """Set once everything that was there at the start has been told."""

    async def run(self) -> None:
        """List and watch for as long as this task lives."""
        while True:
            try:
                await self._follow(await self._list())
            except Gone:
                log.info("the watch is too old: listing anew", extra={"path": self._path})
                await self._pause()
            except ApiError as error:
                log.warning("cannot watch: %s", error, extra={"path": self._path})
                await self._pause()
            except Unreachable as error:
                log.info("cannot watch: %s", error, extra={"path": self._path})
                await self._client.outage.over()
                await self._pause()

    async def _pause(self) -> None:
        pause = _BACKOFF_SECONDS[min(self._failures, len(_BACKOFF_SECONDS) - 1)]
        self._failures += 1
        await self._sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  spreads load, hides nothing

    async def _list(self) -> int:
        """Tell of everything that is there, and of what is there no longer; the version it was seen at."""
        seen: set[tuple[str, str]] = set()
        following = ""
        while True:
            query = {"limit": PAGE} | self._query | ({"continue": following} if following else {})
            page = await self._client.get(self._path, self._accept, **query)
            for found in page.get("items") or () if self._tables is None else self._tables.rows(page):
                seen.add(self._took(found))
            following = page["metadata"].get("continue", "")
            if not following:
                break
        listed = version(page)
        for namespace, name in self._known - seen:
            self._lost(namespace, name, listed)
        self.listed.set()
        return listed

    async def _follow(self, since: int) -> None:
        """Watch from a version on, until it is time to list again."""
        until = self._now() + _RELIST_SECONDS
        while (rest := until - self._now()) >= 1:
            events = self._client.watch(
                self._path,
                self._accept,
                **self._query,
                resourceVersion=str(since),
                allowWatchBookmarks="true",
                timeoutSeconds=str(int(rest)),
            )
            async with aclosing(events):
                while (event := await _next(events)) is not None:
                    since = version(event["object"])
                    self._failures = 0
                    self._take(event)
            await self._sleep(_RECONNECT_SECONDS)

    def _take(self, event: Json) -> None:
        told = event["object"]
        for found in (told,) if self._tables is None else tuple(self._tables.rows(told)):
            match event["type"]:
                case "ADDED" | "MODIFIED":
                    self._took(found)
                case "DELETED":
                    metadata = found["metadata"]
                    self._lost(metadata["namespace"], metadata["name"], version(told))

    def _took(self, found: Json) -> tuple[str, str]:
        key = found["metadata"]["namespace"], found["metadata"]["name"]
        self._known.add(key)
        self._listener.took(found)
        return key

    def _lost(self, namespace: str, name: str, since: int) -> None:
        self._known.discard((namespace, name))
        self._listener.lost(namespace, name, since)


async def _next(events: AsyncGenerator[Json]) -> Json | None:
    """The next event; None where the watch has ended, or fallen silent."""
    try:
        async with asyncio.timeout(_SILENT_SECONDS):
            return await anext(events, None)
    except TimeoutError:
        return None
