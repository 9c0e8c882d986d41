"""A cluster whose webhooks have certificates, and all whom these meet: replicas, API servers, vandals.

It remembers what was where and when. After each write it holds every pair that
a replica may still show against every bundle that an API server may still see.
"""

import asyncio
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from optipath_operator.certificates import Kept
from optipath_operator.certificates.bundle import authorities, is_current, vouches
from optipath_operator.certificates.pair import Pair
from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.certificates import CertificateKeeper
from optipath_operator.settings import Certificates
from optipath_operator.telemetry import Metrics
from support.apiserver import ApiServer

SECRET: Final = "/api/v1/namespaces/optipath-system/secrets/optipath-webhook-tls"
INJECTOR: Final = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/optipath-injector"
WARNINGS: Final = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/optipath-warnings"
OVERLAP: Final = timedelta(minutes=10)
SEEN: Final = timedelta(minutes=2)
# A certificate tells the second in which it was made, not the moment.
_ROUNDED: Final = timedelta(seconds=2)

Happening = Callable[[], Awaitable[None]]


class Crash(Exception):
    """The operator is gone."""


class Term:
    """A Lease that is held, or not, as the test says."""

    def __init__(self) -> None:
        self.held = asyncio.Event()
        self.held.set()

    def leads(self) -> bool:
        return self.held.is_set()


class Cluster(ApiServer):
    """The API server, the time, and what replicas and API servers may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self.breaches: list[str] = []
        """Reviews that may have failed, and nobody but the operator is to blame."""
        self._shown: dict[bytes, datetime | None] = {}
        """Pairs that were in the Secret, and until when."""
        self._believed: dict[tuple[str, bytes], datetime | None] = {}
        """Bundles that were in a configuration by our doing, and until when."""
        self._happenings: deque[Happening | None] = deque()
        self._crash: tuple[int, bool] | None = None
        self._vandal = False
        self.put(SECRET, {})
        for path in (INJECTOR, WARNINGS):
            hook = {"name": path.rpartition("/")[2] + ".optipath.io", "clientConfig": {"service": {"name": "a"}}}
            self.put(path, {"webhooks": [hook]})

    def operator(self, **chosen: object) -> "Operator":
        """An operator that leads."""
        return Operator(self, Certificates(**chosen))  # type: ignore[arg-type]  # what a test chooses

    def kept(self) -> Kept:
        """What is in the Secret."""
        found = self.objects[SECRET]
        data = {key: b64decode(value) for key, value in (found.get("data") or {}).items()}
        return Kept.read(data, found["metadata"].get("annotations") or {}, self.now)

    def bundles(self) -> list[bytes]:
        """What the API server trusts."""
        return [_bundle(self.objects[path]) for path in (INJECTOR, WARNINGS) if path in self.objects]

    def interrupt(self, *happenings: Happening | None) -> None:
        """Have things happen before the next requests, one each."""
        self._happenings = deque(happenings)

    def crash(self, write: int, *, done: bool) -> None:
        """Have the operator die at a write from now on, before it is done or after."""
        self._crash = write, done

    def edit(self, path: str, bundle: bytes) -> None:
        """Somebody writes a bundle of their own; what comes of it is on them."""
        found = self.objects[path]
        hook = found["webhooks"][0]
        config = hook["clientConfig"] | {"caBundle": b64encode(bundle).decode()}
        self._by_hand(path, found | {"webhooks": [hook | {"clientConfig": config}]})

    def annotate(self, name: str, value: str | None) -> None:
        """Somebody annotates the Secret, or takes an annotation away."""
        found = self.objects[SECRET]
        annotations = (found["metadata"].get("annotations") or {}) | {name: value}
        told = {key: each for key, each in annotations.items() if each is not None}
        self._by_hand(SECRET, found | {"metadata": found["metadata"] | {"annotations": told}})

    def delete_keys(self, *keys: str) -> None:
        """Somebody deletes keys of the Secret, or all of them."""
        found = self.objects[SECRET]
        data = {key: value for key, value in (found.get("data") or {}).items() if keys and key not in keys}
        self._by_hand(SECRET, found | {"data": data})

    def put(self, path: str, body: Json) -> Json:
        written = super().put(path, body)
        if path == SECRET:
            data = written.get("data") or {}
            self._show(b64decode(data.get("tls.crt", "")) + b64decode(data.get("tls.key", "")))
        elif path in (INJECTOR, WARNINGS) and not self._vandal:
            self._believe(path, _bundle(written))
        self.check()
        return written

    def check(self) -> None:
        """Hold what may be shown against what may be believed."""
        shown = [pem for pem, until in self._shown.items() if until is None or self.now - until < OVERLAP - _ROUNDED]
        for (path, bundle), until in self._believed.items():
            if until is not None and self.now - until >= SEEN:
                continue
            for pem in shown:
                pair = Pair.read(pem, pem)
                if pair is None or not is_current(pair.certificate, self.now):
                    continue
                if not any(vouches(each, pair.certificate) for each in authorities(bundle, self.now)):
                    self.breaches.append(f"{self.now}: {path} does not trust {pair.certificate.serial_number:x}")

    async def get(self, path: str, accept: str = "application/json", **query: str) -> Json:
        await self._happen()
        return await super().get(path, accept, **query)

    async def merge(self, path: str, body: Json) -> Json:
        await self._happen()
        with _Dying(self):
            return await super().merge(path, body)

    async def merge_entries(self, path: str, body: Json) -> Json:
        await self._happen()
        with _Dying(self):
            return await super().merge_entries(path, body)

    async def _happen(self) -> None:
        if self._happenings and (happening := self._happenings.popleft()):
            rest, self._happenings = self._happenings, deque()
            await happening()
            self._happenings = rest

    def _by_hand(self, path: str, body: Json) -> None:
        self._vandal = True
        try:
            self.put(path, body)
        finally:
            self._vandal = False

    def _show(self, pem: bytes) -> None:
        for other, until in self._shown.items():
            if until is None and other != pem:
                self._shown[other] = self.now
        if pem:
            self._shown[pem] = None

    def _believe(self, path: str, bundle: bytes) -> None:
        for (where, other), until in self._believed.items():
            if where == path and until is None and other != bundle:
                self._believed[where, other] = self.now
        if bundle:
            self._believed[path, bundle] = None


class _Dying:
    """A write at which the operator may die."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def __enter__(self) -> None:
        self._at(done=False)

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            self._at(done=True)

    def _at(self, *, done: bool) -> None:
        if self._cluster._crash is None:
            return
        left, when = self._cluster._crash
        if left == 0 and when is done:
            self._cluster._crash = None
            raise Crash
        if done:
            self._cluster._crash = left - 1, when


class Operator:
    """One operator of the cluster."""

    def __init__(self, cluster: Cluster, chosen: Certificates) -> None:
        self.cluster, self.term, self.metrics = cluster, Term(), Metrics()
        self.slept: asyncio.Queue[float] = asyncio.Queue()
        self.keeper = CertificateKeeper(
            cluster, "optipath-system", chosen, self.metrics, term=self.term, now=lambda: cluster.now, sleep=self._sleep
        )

    async def look(self) -> None:
        """It looks once, now."""
        await self.keeper.look()

    async def work(self, time: timedelta, every: timedelta = timedelta(seconds=30)) -> None:
        """It looks again and again for a time."""
        until = self.cluster.now + time
        while self.cluster.now < until:
            self.cluster.now += min(every, until - self.cluster.now)
            self.cluster.check()
            await self.look()

    def counted(self, metric: str, **labels: str) -> float | None:
        """A metric, None where it is not shown."""
        return self.metrics.registry.get_sample_value(f"optipath_operator_{metric}", labels)

    async def _sleep(self, seconds: float) -> None:
        self.slept.put_nowait(seconds)
        await asyncio.Event().wait()


def _bundle(found: Json) -> bytes:
    return b64decode(found["webhooks"][0]["clientConfig"].get("caBundle") or "")
