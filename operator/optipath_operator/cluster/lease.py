"""Leader election by a Lease: one operator writes, the others watch and wait.

Whether a holder is alive is judged by when *we* last saw its Lease change, not
by the times in it: clocks differ. A leader that stops gives its Lease back, so
that the next one is at work within a second.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from optipath_operator.cluster import paths
from optipath_operator.cluster.client import ApiError, Client, Json, NotFound, Unreachable

log = logging.getLogger(__name__)

NAME: Final = "optipath-operator"
LEASE_SECONDS: Final = 15.0
"""How long a leader that falls silent is waited for."""
_LOSE_SECONDS: Final = 10.0
"""After so long without a renewal a leader stops by itself, before another one begins."""
_RENEW_SECONDS: Final = 3.0
_TRY_SECONDS: Final = 5.0
"""An API server that hangs must not keep us from trying again in time."""
_ASK_SECONDS: Final = 1.0
_AWAY_SECONDS: Final = 6.0
"""The pause of one that has nothing to lose, while the API server cannot be reached."""


class Lease:
    """The Lease as one candidate holds it, or waits for it."""

    def __init__(
        self,
        client: Client,
        namespace: str,
        identity: str,
        *,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        began: Callable[[], None] = lambda: None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what to call when this candidate begins to lead, and when it leads no longer."""
        self._client, self._identity, self._now, self._sleep = client, identity, now, sleep
        self._began, self._ended = began, ended
        self._folder = paths.leases(namespace)
        self._path = f"{self._folder}/{NAME}"
        self._seen: tuple[str, float] = ("", 0.0)
        self._renewed = 0.0
        self.held = asyncio.Event()
        """Set while this candidate leads; `leads` is exact, this may be seconds late."""

    def leads(self) -> bool:
        """Whether this candidate may write at this moment."""
        return self.held.is_set() and self._now() - self._renewed < _LOSE_SECONDS

    async def run(self) -> None:
        """Seek the Lease, and keep it, for as long as this task lives; give it back at the end."""
        try:
            while True:
                reached = await self._step()
                await self._sleep(self._pause(reached=reached))
        finally:
            await self._release()

    def _pause(self, *, reached: bool) -> float:
        if self.held.is_set():
            return _RENEW_SECONDS
        return _ASK_SECONDS if reached else _AWAY_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311  spreads load

    async def _step(self) -> bool:
        """Take or renew the Lease once; whether the API server had something to say."""
        # Counted from before the request: others count from when it arrives.
        asked = self._now()
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                mine = await self._take()
        except (ApiError, Unreachable, TimeoutError) as error:
            log.warning("the Lease cannot be renewed: %r", error)
            self._turn(leads=self.leads())
            return False
        if not self.leads():
            # One that lapsed is over, even if it is ours again: what was to be written meanwhile was left.
            self._turn(leads=False)
        if mine:
            self._renewed = asked
        self._turn(leads=mine)
        return True

    def _turn(self, *, leads: bool) -> None:
        if leads and not self.held.is_set():
            log.info("leading")
            self.held.set()
            self._began()
        elif not leads and self.held.is_set():
            log.warning("no longer leading")
            self.held.clear()
            self._ended()

    async def _take(self) -> bool:
        """Whether the Lease is ours now; raises Conflict where somebody else was faster."""
        try:
            found = await self._client.get(self._path)
        except NotFound:
            await self._client.create(self._folder, self._body(None))
            return True
        if not self._may_take(found):
            return False
        await self._client.replace(self._path, self._body(found))
        return True

    def _may_take(self, found: Json) -> bool:
        spec = found.get("spec") or {}
        if (spec.get("holderIdentity") or "") in ("", self._identity):
            return True
        version: str = found["metadata"]["resourceVersion"]
        if version != self._seen[0]:
            self._seen = version, self._now()
        return self._now() - self._seen[1] >= (spec.get("leaseDurationSeconds") or LEASE_SECONDS)

    def _body(self, found: Json | None) -> Json:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        spec = (found or {}).get("spec") or {}
        taken = spec.get("holderIdentity") != self._identity
        metadata = {"name": NAME} | ({"resourceVersion": found["metadata"]["resourceVersion"]} if found else {})
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": {
                "holderIdentity": self._identity,
                "leaseDurationSeconds": int(LEASE_SECONDS),
                "acquireTime": now if taken else spec.get("acquireTime", now),
                "renewTime": now,
                "leaseTransitions": (spec.get("leaseTransitions") or 0) + (1 if taken and found else 0),
            },
        }

    async def _release(self) -> None:
        if not self.held.is_set():
            return
        self._turn(leads=False)
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                found = await self._client.get(self._path)
                if (found.get("spec") or {}).get("holderIdentity") == self._identity:
                    body = self._body(found)
                    body["spec"]["holderIdentity"] = ""
                    await self._client.replace(self._path, body)
        except (ApiError, Unreachable, TimeoutError) as error:
            log.warning("the Lease could not be given back: %r", error)
