"""The census: what there is at the API server, against what kopf has told of.

Nothing is published before everything that there is has been read: policies
would be compiled without their providers. kopf does not say when its first
list is through, and takes ten times as long for it as we do; so we read for
ourselves. When a watch is lost and kopf lists anew, it does not say what has
gone meanwhile. So we count, by names and versions alone: what was missed is
read, what is gone is noticed, and so is a kopf that has fallen silent.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import ApiError, Client, Json, NotFound, Unreachable, version
from optipath_operator.cluster.informer import METADATA_ONLY, PAGE, WHOLE
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import ResourceRef

log = logging.getLogger(__name__)

KINDS: Final = ("ModelProvider", "RoutingPolicy", "Namespace")
EVERY_SECONDS: Final = 120.0
_SETTLE_SECONDS: Final = 5.0
"""What kopf is just about to tell need not be asked for."""
_SILENT_SECONDS: Final = 300.0
"""A watch of kopf's that hangs is given up after 70 seconds, and one that is refused is tried again every 18."""
_RETRY_SECONDS: Final = 2.0

There = Mapping[tuple[ResourceRef, str], int]
"""What there is, by what it is and its uid, and how new."""
Told = Callable[[Mapping[str, Any]], None]
Lost = Callable[[ResourceRef, str], None]


class KopfSilent(Exception):
    """What happened was not told of, and nothing else was for a long time: kopf sees nothing any more."""


class Census:
    """Compares what there is with what is in the store."""

    def __init__(
        self,
        client: Client,
        store: Store,
        *,
        told: Told,
        lost: Lost,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take what to call with an object that was missed, and with what and uid of one that is gone."""
        self._client, self._store, self._told, self._lost = client, store, told, lost
        self._now, self._sleep = now, sleep
        self._due = asyncio.Event()
        self._listed_at = 0.0
        self._silent: float | None = None
        """When something was found first of which kopf had not told, if it has said nothing since."""

    async def served(self) -> None:
        """Return when the API server serves our kinds: kopf never looks for them again."""
        while True:
            try:
                found = await self._client.get(paths.DISCOVERY)
            except NotFound:
                found = {}
            except (ApiError, Unreachable) as error:
                log.warning("cannot ask for our kinds: %s", error)
                await self._client.outage.over()
                found = {}
            kinds = {each["kind"] for each in found.get("resources") or ()}
            if {"ModelProvider", "RoutingPolicy"} <= kinds:
                return
            log.warning("our kinds are not served: are the CustomResourceDefinitions installed?")
            await self._sleep(_RETRY_SECONDS)

    async def read_all(self) -> None:
        """Tell of everything that there is."""
        while True:
            try:
                for kind in KINDS:
                    async for found in self._list(kind):
                        self._told({"kind": kind} | found)
            except (ApiError, Unreachable) as error:
                log.warning("cannot list: %s", error)
                await self._client.outage.over()
                await self._sleep(_RETRY_SECONDS)
            else:
                return

    def heard(self, *, listed: bool) -> None:
        """Note that kopf has told of something; if by a list, all is compared when the list is through."""
        self._silent = None
        if listed:
            self._listed_at = self._now()
            self._due.set()

    async def run(self) -> None:
        """Compare again and again, for as long as this task lives; raises KopfSilent."""
        while True:
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._due.wait()
                    while (rest := self._listed_at + _SETTLE_SECONDS - self._now()) > 0:
                        await self._sleep(rest)
            except TimeoutError:
                pass
            self._due.clear()
            await self.compare()

    async def compare(self) -> None:
        """Read what was missed, and tell of what is gone; raises KopfSilent."""
        before = self._store.versions()
        try:
            there = await self._take()
            known = self._store.versions()
            gone = before.keys() & known.keys() - there.keys()
            missed = [ref for (ref, uid), since in there.items() if known.get((ref, uid), 0) < since]
            for ref, uid in gone:
                self._lost(ref, uid)
            for ref in missed:
                await self._read(ref)
        except (ApiError, Unreachable) as error:
            log.warning("cannot compare: %s", error)
            return
        if gone or missed:
            log.info("kopf had not told of everything", extra={"gone": len(gone), "missed": len(missed)})
            self._silent = self._now() if self._silent is None else self._silent
        if self._silent is not None and self._now() - self._silent >= _SILENT_SECONDS:
            raise KopfSilent(f"kopf has not told of anything for {_SILENT_SECONDS:g} seconds, and there was something")

    async def _read(self, ref: ResourceRef) -> None:
        if ref.kind == "Namespace":
            # A list of one: we may list Namespaces, and to get one would be a right more.
            page = await self._client.get(paths.NAMESPACES, WHOLE, fieldSelector=f"metadata.name={ref.name}")
            for found in page.get("items") or ():
                self._told({"kind": ref.kind} | found)
            return
        try:
            found = await self._client.get(paths.resource(ref.kind, ref.namespace, ref.name))
        except NotFound:
            return
        self._told(found)

    async def _take(self) -> There:
        there: dict[tuple[ResourceRef, str], int] = {}
        for kind in KINDS:
            async for found in self._list(kind, METADATA_ONLY):
                metadata = found["metadata"]
                # One of ours that waits for somebody's finalizer is as good as gone; the store has it no more.
                if kind == "Namespace" or "deletionTimestamp" not in metadata:
                    ref = ResourceRef(kind, metadata.get("namespace", ""), metadata["name"])
                    there[ref, metadata["uid"]] = version(found)
        return there

    async def _list(self, kind: str, accept: str = WHOLE) -> AsyncGenerator[Json]:
        following = ""
        while True:
            query = {"limit": PAGE} | ({"continue": following} if following else {})
            page = await self._client.get(paths.every(kind), accept, **query)
            for found in page.get("items") or ():
                yield found
            following = page["metadata"].get("continue", "")
            if not following:
                return
