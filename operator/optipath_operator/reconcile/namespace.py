"""One namespace, made as it should be: compiled, written where it differs, and said in status.

state ─ gather ─▶ Gathered ─ compile ─▶ Compiled ─ write, report ─▶ the cluster
"""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.cluster import configmaps
from optipath_operator.cluster.client import Client
from optipath_operator.cluster.configmaps import RouterConfig
from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_operator.reconcile.report import Reporter
from optipath_operator.reconcile.rollout import Rollout
from optipath_operator.reconcile.store import NamespaceState, Store, Verdict
from optipath_operator.reconcile.wanted import Published, last_good, published, want
from optipath_operator.resources.reading import Manifest
from optipath_operator.telemetry import Metrics
from optipath_snapshot import Egress

log = logging.getLogger(__name__)

# A name becomes part of a path. The schema sees to that in what users write, and nobody in what stands in a ConfigMap.
_IS_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?").fullmatch


class NotLeading(Exception):
    """Another operator leads now; what is not yet written is for it to write."""


class Reconciler:
    """Makes namespaces as they should be."""

    def __init__(
        self,
        client: Client,
        store: Store,
        rollout: Rollout,
        metrics: Metrics,
        *,
        leads: Callable[[], bool],
        catalogue: Catalogue,
        egress: Egress,
    ) -> None:
        self._client, self._store, self._rollout, self._metrics = client, store, rollout, metrics
        self._leads, self._catalogue, self._egress = leads, catalogue, egress
        self._compiling = asyncio.Lock()
        self._reporter = Reporter(client, metrics, self._may_write)

    async def __call__(self, namespace: str) -> None:
        """Have what should be there for a namespace's routers; raises ApiError, Unreachable and NotLeading."""
        state = self._store.state(namespace)
        if state is None:
            return
        if not state.needs_config:
            await self._clear(namespace, state)
            return
        gathered = await self.gather(namespace, state)
        async with self._compiling:
            compiled = compile_namespace(gathered)
            wanted = self._wanted(state, compiled)
            # A large namespace takes a third of a second: all others have a turn before the next one.
            await asyncio.sleep(0)
        if wanted.fits:
            await self._publish(namespace, state, wanted)
            state.sources = compiled.sources
        elif state.config is None and (kept := state.published or published(state.lost)):
            await self._publish(namespace, state, kept)
        state.problems = Counter(problem.severity for problem in compiled.problems)
        state.verdict = Verdict(compiled.problems, wanted)

    async def report(self, namespace: str) -> None:
        """Say in status what came of it; raises ApiError, Unreachable and NotLeading."""
        state = self._store.state(namespace)
        if state is not None and state.verdict is not None:
            await self._reporter.report(state, state.verdict)

    async def gather(self, namespace: str, state: NamespaceState) -> Gathered:
        """Everything that concerns a namespace; raises ApiError and Unreachable."""
        sources = last_good(state.config or state.lost) if state.sources is None else state.sources
        manifests = tuple(stored.manifest for stored in state.resources.values())
        names = _bundles((*manifests, *sources))
        state.reads_bundles = bool(names)
        bundles = [
            found for name in sorted(names) if (found := await configmaps.read_any(self._client, namespace, name))
        ]
        return Gathered(namespace, (*manifests, *bundles), self._catalogue, last_good=sources, egress=self._egress)

    def _wanted(self, state: NamespaceState, compiled: Compiled) -> Published:
        """What should be there now, with a generation above all that were."""
        if state.published is not None and state.config in (None, state.published.config):
            return want(compiled, state.published)
        return want(compiled, state.published, published(state.config or state.lost))

    async def _publish(self, namespace: str, state: NamespaceState, wanted: Published) -> None:
        """Write a configuration where something else is there, and have the pods told."""
        ours, state.published = state.published, wanted  # before the write: the watch may tell of it first
        if wanted.config != state.config:
            before = _digest(ours, state.config)
            if ours is not None and ours.config == wanted.config:
                self._metrics.repaired.inc()
            try:
                await self._write(namespace, state, wanted.config)
            except BaseException:
                state.published = ours
                raise
            log.info("configuration written", extra={"namespace": namespace, "digest": wanted.digest})
            if before != wanted.digest:
                self._rollout.changed(namespace, wanted.digest)
        self._rollout.seen(namespace, wanted.digest)

    async def _write(self, namespace: str, state: NamespaceState, config: RouterConfig) -> None:
        self._may_write()
        since = await configmaps.write(self._client, namespace, config)
        state.note_config(config, since)
        self._metrics.writes.labels("configmap").inc()

    async def _clear(self, namespace: str, state: NamespaceState) -> None:
        """Take away what nobody needs; in a namespace that ends, Kubernetes does."""
        state.sources = state.published = state.verdict = None
        state.problems.clear()
        if state.config is not None and not state.terminating:
            self._may_write()
            await configmaps.remove(self._client, namespace)
            self._metrics.writes.labels("configmap").inc()

    def _may_write(self) -> None:
        if not self._leads():
            raise NotLeading


def _digest(ours: Published | None, there: RouterConfig | None) -> str | None:
    """The digest of what was there before."""
    if ours is not None and ours.config == there:
        return ours.digest
    known = published(there)
    return known.digest if known else None


def _bundles(manifests: Iterable[Manifest]) -> set[str]:
    """The ConfigMaps that providers name for their certificates."""
    names = set()
    for manifest in manifests:
        match manifest:
            case {"kind": "ModelProvider", "spec": {"endpoint": {"caBundleRef": {"name": str(name)}}}} if _IS_NAME(
                name
            ):
                names.add(name)
    return names
