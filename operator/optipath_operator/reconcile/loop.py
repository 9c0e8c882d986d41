"""The loop: workers take namespaces from the worklist while this operator leads."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from optipath_operator.cluster.client import ApiError, Client, Unreachable
from optipath_operator.cluster.lease import Lease
from optipath_operator.reconcile.namespace import NotLeading, Reconciler
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.worklist import Lane, Worklist
from optipath_operator.telemetry import Metrics

log = logging.getLogger(__name__)

_WORKERS: Final = 12
_SWEEP_SECONDS: Final = 60.0
"""How often tenants' ConfigMaps with certificates are read again: those are not watched."""
_ALL_EVERY: Final = 10
"""In every tenth sweep all namespaces are looked at. Drift is noticed by watching; this is for what a watch lost."""


class Loop:
    """Reconciles whenever this operator leads."""

    def __init__(
        self,
        reconcile: Reconciler,
        *,
        client: Client,
        worklist: Worklist,
        store: Store,
        lease: Lease,
        metrics: Metrics,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reconcile, self._client, self._worklist = reconcile, client, worklist
        self._store, self._lease, self._metrics, self._now = store, lease, metrics, now
        self.catching_up = False
        """Whether what was there when this operator began to lead is still being worked through."""

    async def run(self) -> None:
        """Reconcile for as long as this task lives."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep())
            for _ in range(_WORKERS):
                tasks.create_task(self._work())

    def touch(self, namespace: str | None, lane: Lane) -> None:
        """Have a namespace looked at, if this operator leads: one that does not will look at all when it begins to."""
        if namespace is not None and self._lease.held.is_set():
            self._worklist.touch(namespace, lane)

    def begin_term(self) -> None:
        """Have every namespace looked at, for another operator led until now."""
        self.catching_up = True
        self.touch_all()

    def touch_all(self) -> None:
        """Have every namespace looked at that has, or should have, something of ours."""
        for namespace, state in self._store.states():
            if state.needs_config or state.config is not None:
                self.touch(namespace, Lane.SWEEP)

    async def _work(self) -> None:
        """Make one namespace after the other as it should be."""
        while True:
            await self._lease.held.wait()
            await self._client.outage.over()
            namespace, lane = await self._worklist.take()
            started = self._now()
            outcome = await self._attempt(namespace, lane)
            if lane is not Lane.REPORT or outcome != "ok":
                self._metrics.reconciles.labels(outcome).inc()
                self._metrics.seconds.observe(self._now() - started)
            self.catching_up = self.catching_up and not self._worklist.idle()
            # Where nothing is written nothing waits, and a sweep of all would keep everybody else from their turn.
            await asyncio.sleep(0)

    async def _attempt(self, namespace: str, lane: Lane) -> str:
        try:
            if lane is Lane.REPORT:
                await self._reconcile.report(namespace)
                self._worklist.done(namespace)
            else:
                await self._reconcile(namespace)
                self._worklist.published(namespace)
        except NotLeading:
            self._worklist.done(namespace)
            return "not_leading"
        except Unreachable:
            if self._lease.held.is_set():
                self._worklist.put_back(namespace)
            else:
                self._worklist.done(namespace)
            return "unreachable"
        except ApiError as error:
            pause = self._worklist.failed(namespace)
            log.warning("refused: %s", error, extra={"namespace": namespace, "pause_seconds": round(pause, 1)})
            return "refused"
        except Exception:
            # One namespace must not stop the others, whatever is wrong with it.
            pause = self._worklist.failed(namespace)
            log.exception("cannot reconcile", extra={"namespace": namespace, "pause_seconds": round(pause, 1)})
            return "failed"
        return "ok"

    async def _sweep(self) -> None:
        """Make sure, again and again, that nothing has gone unnoticed."""
        rounds = 0
        while True:
            if rounds % _ALL_EVERY == 0:
                self.touch_all()
            else:
                for namespace, state in self._store.states():
                    if state.reads_bundles:
                        self.touch(namespace, Lane.SWEEP)
            rounds += 1
            await asyncio.sleep(_SWEEP_SECONDS)
