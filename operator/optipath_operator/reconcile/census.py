"""The census: what there is at the API server, against what kopf has told of.

kopf does not say when its first list is through, and when a watch is lost and
it lists anew, it does not say what has gone meanwhile. So we count for
ourselves, by names and versions alone. At the start nothing is published
before everything that there is has been seen: policies would be compiled
without their providers. Later on, what was missed is read, and what is gone
is noticed.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import ApiError, Client, Json, NotFound, Unreachable, version
from optipath_operator.cluster.informer import METADATA_ONLY, PAGE
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import ResourceRef

log = logging.getLogger(__name__)

KINDS: Final = ("ModelProvider", "RoutingPolicy", "Namespace")
EVERY_SECONDS: Final = 120.0
_SETTLE_SECONDS: Final = 5.0
"""What kopf is just about to tell need not be asked for."""
_LOOK_SECONDS: Final = 0.1
_STALLED_SECONDS: Final = 10.0
_RETRY_SECONDS: Final = 2.0

There = Mapping[tuple[ResourceRef, str], int]
"""What there is, by what it is and its uid, and how new."""
Told = Callable[[Mapping[str, Any]], None]
Lost = Callable[[ResourceRef, str], None]


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

    async def all_seen(self) -> None:
        """Return when everything that there was has been told of, or is gone again."""
        missing = list(await self._take_patiently())
        changed, before = self._now(), len(missing)
        while missing := [each for each in missing if not self._store.has(*each)]:
            if len(missing) != before:
                changed, before = self._now(), len(missing)
            elif self._now() - changed >= _STALLED_SECONDS:
                missing = list(await self._take_patiently())
                log.info("still waiting", extra={"missing": len(missing)})
                changed = self._now()
            # To look through many takes time that kopf needs.
            await self._sleep(_LOOK_SECONDS + len(missing) / 10_000)

    def soon(self) -> None:
        """Compare in a moment: kopf has listed anew."""
        self._due.set()

    async def run(self) -> None:
        """Compare again and again, for as long as this task lives."""
        while True:
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._due.wait()
                    await self._sleep(_SETTLE_SECONDS)
            except TimeoutError:
                pass
            self._due.clear()
            await self.compare()

    async def compare(self) -> None:
        """Read what was missed, and tell of what is gone."""
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

    async def _read(self, ref: ResourceRef) -> None:
        try:
            found = await self._client.get(paths.resource(ref.kind, ref.namespace, ref.name))
        except NotFound:
            return
        self._told(found)

    async def _take_patiently(self) -> There:
        while True:
            try:
                return await self._take()
            except (ApiError, Unreachable) as error:
                log.warning("cannot list: %s", error)
                await self._client.outage.over()
                await self._sleep(_RETRY_SECONDS)

    async def _take(self) -> There:
        there: dict[tuple[ResourceRef, str], int] = {}
        for kind in KINDS:
            following = ""
            while True:
                query = {"limit": PAGE} | ({"continue": following} if following else {})
                page = await self._client.get(paths.every(kind), METADATA_ONLY, **query)
                there.update(_entry(kind, found) for found in page.get("items") or ())
                following = page["metadata"].get("continue", "")
                if not following:
                    break
        return there


def _entry(kind: str, found: Json) -> tuple[tuple[ResourceRef, str], int]:
    metadata = found["metadata"]
    return (ResourceRef(kind, metadata.get("namespace", ""), metadata["name"]), metadata["uid"]), version(found)
