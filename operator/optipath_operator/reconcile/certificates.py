"""The webhooks' certificates, looked at again and again: what is to be done next is done, until nothing is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from optipath_operator.certificates import Kept, Rest, Trust, Write, next_step
from optipath_operator.cluster import secrets, webhooks
from optipath_operator.cluster.client import ApiError, Client, Conflict, NotFound, Unreachable
from optipath_operator.cluster.secrets import Secret
from optipath_operator.cluster.webhooks import Called
from optipath_operator.reconcile.term import Term
from optipath_operator.settings import Certificates, Webhooks
from optipath_operator.telemetry import Metrics

log = logging.getLogger(__name__)

_EVERY_SECONDS: Final = 30.0
_ZONES: Final = ("svc", "svc.cluster.local")
"""The API server calls by the first; the second is for those who try it by hand."""
_MOST_STEPS: Final = 16
"""A fresh start takes six, and a race with another operator a few more."""

Found = Mapping[Webhooks, Called]


class CertificateKeeper:
    """Keeps the certificates of the webhooks good, while this operator leads."""

    def __init__(
        self,
        client: Client,
        namespace: str,
        chosen: Certificates,
        metrics: Metrics,
        *,
        term: Term,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client, self._namespace, self._chosen, self._metrics = client, namespace, chosen, metrics
        self._term, self._now, self._sleep = term, now, sleep
        self._names = tuple(f"{each}.{namespace}.{zone}" for each in chosen.services for zone in _ZONES)
        self._good: dict[Webhooks, bytes] = {}
        """What each configuration was last seen to trust, and was to: anything else is somebody else's doing."""
        self._trouble = ""

    async def run(self) -> None:
        """Keep them for as long as this task lives."""
        while True:
            if not self._term.held.is_set():
                self._forget()
                await self._term.held.wait()
            await self._client.outage.over()
            await self.look()
            await self._sleep(_EVERY_SECONDS)

    def _forget(self) -> None:
        """Show nothing more: the numbers are the leader's, and when this one leads again it may find other things."""
        self._good.clear()
        self._show(None)
        self._tell("")

    async def look(self) -> None:
        """Do all that is to be done now."""
        try:
            trouble = await self._make_good()
        except Unreachable as error:
            # The outage is told of, and this goes on when it is over.
            log.info("the certificates wait: %s", error)
            return
        except ApiError as error:
            trouble = f"the webhooks' certificates cannot be kept: {error}"
        self._tell(trouble)

    async def _make_good(self) -> str:
        """Take steps until nothing is to be done; what keeps it from going on."""
        for _ in range(_MOST_STEPS):
            # The bundles first, and then the Secret: a bundle is written only if it is as it was before the Secret was
            # read, so that one who was slow takes back nothing that another operator has done meanwhile.
            found, missing = await self._find()
            try:
                secret = await secrets.read(self._client, self._namespace, self._chosen.secret)
            except NotFound:
                return f"Secret '{self._namespace}/{self._chosen.secret}' is missing: the chart makes it, empty"
            if await self._step(secret, found):
                return missing
        return "the webhooks' certificates change under our hands: does somebody else write them?"

    async def _find(self) -> tuple[Found, str]:
        found: dict[Webhooks, Called] = {}
        missing = ""
        for each in self._chosen.webhooks:
            try:
                found[each] = await webhooks.read(self._client, each)
            except NotFound:
                self._good.pop(each, None)
                missing = f"there is no {each.kind} webhook configuration '{each.name}', which OPTIPATH_WEBHOOKS names"
        return found, missing

    async def _step(self, secret: Secret, found: Found) -> bool:
        """Do what is next; whether it was to rest."""
        now = self._now()
        kept = Kept.read(secret.data, secret.annotations, now)
        self._show(kept)
        bundles = [bundle for called in found.values() for bundle in called.bundles.values()]
        step = next_step(kept, bundles, names=self._names, now=now, overlap=self._chosen.overlap)
        if not self._term.leads():
            return True
        try:
            match step:
                case Write():
                    await self._write(secret, step)
                case Trust(bundle=bundle):
                    for which, called in found.items():
                        await self._trust(which, called, bundle)
                case Rest():
                    self._good = {which: kept.bundle() for which in found}
                    return True
        except Conflict as error:
            log.info("the certificates are looked at again: %s", error)
        return False

    async def _write(self, secret: Secret, step: Write) -> None:
        await secrets.write(
            self._client,
            self._namespace,
            self._chosen.secret,
            since=secret.version,
            data=step.data,
            annotations=step.annotations,
        )
        self._metrics.writes.labels("secret").inc()
        for each in step.made:
            self._metrics.certificates_made.labels(each).inc()
        log.info("certificates: %s", step.why)

    async def _trust(self, which: Webhooks, called: Called, bundle: bytes) -> None:
        if all(each == bundle for each in called.bundles.values()):
            return
        # A bundle that changes because we want it to was good until now; one that was not is somebody else's.
        good = self._good.pop(which, None)
        spoilt = good is not None and any(each != good for each in called.bundles.values())
        await webhooks.trust(self._client, which, called, bundle)
        self._metrics.writes.labels("webhook").inc()
        if spoilt:
            self._metrics.bundles_repaired.inc()
            log.warning("somebody had changed the CA bundle of %s/%s; it is repaired", which.kind, which.name)

    def _show(self, kept: Kept | None) -> None:
        """Show when what is in force ends."""
        shown = {"serving": kept.pair, "ca": kept.signer} if kept else {"serving": None, "ca": None}
        for name, pair in shown.items():
            if pair is None:
                self._metrics.certificate_ends.remove(name)
            else:
                self._metrics.certificate_ends.labels(name).set(pair.certificate.not_valid_after_utc.timestamp())

    def _tell(self, trouble: str) -> None:
        self._metrics.certificates_failing.set(bool(trouble))
        # Once, and not every half minute.
        if trouble and trouble != self._trouble:
            log.error(trouble)
        self._trouble = trouble
