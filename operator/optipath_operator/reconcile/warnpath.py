"""The path by which the API server calls the webhook that warns, put back wherever it is another one.

It is a secret, for the webhook cannot tell otherwise who calls. The chart does
not mention it, so it is written here, whoever makes the certificates.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from optipath_operator.cluster import webhooks
from optipath_operator.cluster.client import ApiError, Client, Conflict, NotFound, Unreachable
from optipath_operator.reconcile.term import Term
from optipath_operator.settings import Webhooks
from optipath_operator.telemetry import Metrics

log = logging.getLogger(__name__)

HOOK: Final = "warn.optipath.io"
"""The webhook whose path it is, as the chart names it; an admission policy allows us no other's."""
_EVERY_SECONDS: Final = 30.0
_TRIES: Final = 4
"""Its certificate's authority is written beside it, by ourselves."""
_UNTOLD: Final = "/warn/…"


class WarnPathKeeper:
    """Keeps the path as it must be, while this operator leads."""

    def __init__(
        self,
        client: Client,
        which: Webhooks,
        path: Callable[[], str | None],
        metrics: Metrics,
        *,
        term: Term,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take in which configuration it stands, and what tells the path, or that there is no key for one yet."""
        self._client, self._which, self._path, self._metrics = client, which, path, metrics
        self._term, self._sleep = term, sleep
        self._good: str | None = None
        """What was last seen there, and was to be: anything else is somebody else's doing, or of another key."""
        self._trouble = ""

    async def run(self) -> None:
        """Keep it for as long as this task lives."""
        while True:
            if not self._term.held.is_set():
                self._good, self._trouble = None, ""
                await self._term.held.wait()
            await self._client.outage.over()
            await self.look()
            await self._sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Write it where it is not as it must be."""
        path = self._path()
        if path is None:
            # That there is no key is told by whoever reads it.
            return
        try:
            trouble = await self._keep(path)
        except Unreachable as error:
            log.info("the path of the webhook that warns waits: %s", error)
            return
        except NotFound:
            trouble = (
                f"there is no validating webhook configuration '{self._which.name}', which OPTIPATH_WARNINGS names"
            )
        except ApiError as error:
            # Who refuses may repeat what was to be written.
            trouble = str(error).replace(path, _UNTOLD)
        # Once, and not every half minute.
        if trouble and trouble != self._trouble:
            log.error("nobody is warned: %s", trouble)
        self._trouble = trouble

    async def _keep(self, path: str) -> str:
        """Write it if it is another one; what keeps it from being so."""
        for _ in range(_TRIES):
            found = await webhooks.read(self._client, self._which)
            if HOOK not in found.paths:
                return f"the validating webhook configuration '{self._which.name}' has no webhook '{HOOK}'"
            if found.paths[HOOK] == path:
                self._good = path
                return ""
            if not self._term.leads():
                return ""
            try:
                await webhooks.lead(self._client, self._which, found, HOOK, path)
            except Conflict:
                continue
            self._metrics.writes.labels("webhook").inc()
            if self._good == path:
                log.warning("somebody had changed the path of %s in '%s'; it is repaired", HOOK, self._which.name)
            self._good = path
            return ""
        return f"the validating webhook configuration '{self._which.name}' changes under our hands"
