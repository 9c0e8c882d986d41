"""One namespace, made as it should be: compiled, written where it differs, and said in status.

state ─ gather ─▶ Gathered ─ compile ─▶ Compiled ─ write, report ─▶ the cluster
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from optipath_operator.channel.channel import Channel
from optipath_operator.channel.token import Tokens, token_sha256
from optipath_operator.cluster import configmaps
from optipath_operator.cluster.client import Client
from optipath_operator.cluster.configmaps import RouterConfig
from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_operator.reconcile.gather import Gatherer
from optipath_operator.reconcile.inherited import inherited
from optipath_operator.reconcile.report import Reporter
from optipath_operator.reconcile.rollout import Rollout
from optipath_operator.reconcile.state import NamespaceState, Verdict
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.wanted import Published, published, want
from optipath_operator.telemetry import Metrics

log = logging.getLogger(__name__)


class NotLeading(Exception):
    """Another operator leads now; what is not yet written is for it to write."""


class Reconciler:
    """Makes namespaces as they should be."""

    def __init__(
        self,
        client: Client,
        store: Store,
        gather: Gatherer,
        rollout: Rollout,
        metrics: Metrics,
        *,
        channel: Channel,
        tokens: Tokens,
        leads: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._store, self._gather = client, store, gather
        self._rollout, self._channel, self._tokens = rollout, channel, tokens
        self._metrics, self._leads = metrics, leads
        self._compiling = asyncio.Lock()
        self._reporter = Reporter(client, channel, metrics, self._may_write, now)

    async def __call__(self, namespace: str) -> None:
        """Have what should be there for a namespace's routers; raises ApiError, Unreachable and NotLeading."""
        state = self._store.state(namespace)
        if state is None:
            return
        if not state.needs_config:
            await self._clear(namespace, state)
            return
        if not state.uid:
            # A resource in it was seen first. Its labels say its tier: until they are known, nothing is right.
            return
        token = self._tokens.of(state.uid)
        gathered = replace(await self._gather(namespace, state), status_token_sha256=token_sha256(token))
        compiled, wanted = await self._compiled(state, gathered)
        holds, publishes = compiled, wanted if wanted.fits else None
        if publishes is None and (state.published or state.config or state.lost):
            # To write too much must keep nobody from a newer tier, nor anything that is shared no more.
            holds, held = await self._compiled(state, gathered.in_last_good_forms())
            publishes = held if held.can_be_held else None
        if publishes is not None:
            await self._publish(namespace, state, publishes)
            state.sources = holds.sources
        elif state.config is None and (kept := state.published or published(state.lost)):
            await self._publish(namespace, state, kept)
        if state.published is not None:
            self._channel.published(namespace, state.published.digest, token)
        state.problems = Counter(problem.severity for problem in compiled.problems)
        state.verdict = Verdict(compiled.problems, wanted, holds.snapshot.tier, inherited(holds.snapshot))

    async def report(self, namespace: str) -> None:
        """Say in status what came of it; raises ApiError, Unreachable and NotLeading."""
        state = self._store.state(namespace)
        if state is not None and state.verdict is not None:
            await self._reporter.report(namespace, state, state.verdict)

    async def _compiled(self, state: NamespaceState, gathered: Gathered) -> tuple[Compiled, Published]:
        """What was gathered, compiled, and what should then be there."""
        async with self._compiling:
            compiled = compile_namespace(gathered)
            wanted = self._wanted(state, compiled)
            if not wanted.fits:
                # Whose word each field is may double a snapshot: nobody is to escape a tier for want of room for it.
                wanted = self._wanted(state, compiled.without_provenance())
            # A large namespace takes a third of a second: all others have a turn before the next one.
            await asyncio.sleep(0)
        return compiled, wanted

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
        self._store.borrowers.note(namespace, frozenset())
        self._channel.forget(namespace)
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
