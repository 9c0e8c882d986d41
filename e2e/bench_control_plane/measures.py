"""What is measured, in the order in which a cluster would see it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from e2e.bench.figure import Figure
from e2e.bench_control_plane.audit import Audit, Write
from e2e.bench_control_plane.configs import ConfigMaps
from e2e.bench_control_plane.edits import PATIENCE_SECONDS, burst, change, p95
from e2e.bench_control_plane.fan_outs import fan_outs
from e2e.bench_control_plane.plane import Plane
from e2e.bench_control_plane.running import Operator, operator
from e2e.bench_control_plane.seeding import PLATFORM_RESOURCES, Api, tenant

_STATUSES = ("modelproviders/status", "routingpolicies/status")
_CHANGES = 100
_BURST = 500
_SETTLING_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the cluster is."""

    namespaces: int
    policies: int
    pods: int
    pokes_per_second: float

    @property
    def resources(self) -> int:
        """Resources of ours that get a status."""
        return self.namespaces * (self.policies + 1) + PLATFORM_RESOURCES

    @property
    def configs(self) -> int:
        """ConfigMaps that there will be: the operator's own namespace has routers, too."""
        return self.namespaces + 1


async def cold(plane: Plane, audit: Audit, scale: Scale) -> AsyncIterator[Figure]:
    """An operator that comes to a full cluster in which nothing is done yet, and tells all pods."""
    with operator(plane, pokes_per_second=scale.pokes_per_second) as running:
        writes: list[Write] = []
        configs: set[str] = set()
        statuses: set[tuple[str, str, str]] = set()

        def converged() -> bool:
            writes.extend(more := audit.more())
            done = [write for write in more if write.code < 300]
            configs.update(write.namespace for write in done if write.what == "configmaps")
            statuses.update((write.what, write.namespace, write.name) for write in done if write.what in _STATUSES)
            return len(configs) >= scale.configs and len(statuses) >= scale.resources

        others = plane.cpu_seconds()
        await _until(converged, "converged")
        last = max(write.at for write in writes if write.what in ("configmaps", *_STATUSES))
        yield Figure("cold start to converged", last - running.started, "s", reach=60, must=True)
        yield Figure("pods told meanwhile", sum(write.what == "pods" for write in writes), "")
        yield Figure("processor time of it, operator", running.cpu_seconds(), "s")
        yield Figure("processor time of it, API server and etcd", plane.cpu_seconds() - others, "s")

        def all_told() -> bool:
            writes.extend(audit.more())
            return sum(write.what == "pods" for write in writes) >= scale.pods

        await _until(all_told, "all pods told")
        await asyncio.sleep(_SETTLING_SECONDS)
        writes += audit.more()
        per_namespace = Counter(write.namespace for write in writes if write.what == "configmaps")
        yield Figure("most ConfigMap writes of a namespace", max(per_namespace.values()), "", reach=1, must=True)
        told = Counter((write.namespace, write.name) for write in writes if write.what == "pods")
        moments = [write.at for write in writes if write.what == "pods"] or [0.0]
        yield Figure("telling all pods", max(moments) - min(moments), "s")
        yield Figure("most times that a pod was told", max(told.values(), default=0), "", reach=1, must=True)
        refused = sum(write.code == 429 for write in writes)
        yield Figure("answers 429", refused, "", reach=0, must=True)
        yield Figure("peak memory, cold", running.peak_mib(), "MiB", reach=450, must=True)


async def warm(plane: Plane, audit: Audit, scale: Scale) -> AsyncIterator[Figure]:
    """A restart with nothing changed, then changes."""
    audit.more()
    with operator(plane, pokes_per_second=scale.pokes_per_second) as running:
        await _until(running.is_ready, "ready")
        yield Figure("restart to ready", time.time() - running.started, "s", reach=25, must=True)
        await _until(lambda: _reconciled(running) >= scale.namespaces, "verified")
        yield Figure("restart to verified", time.time() - running.started, "s", reach=25, must=True)
        await asyncio.sleep(_SETTLING_SECONDS)
        writes = sum(write.what != "leases" for write in audit.more())
        yield Figure("writes at a restart, Leases apart", writes, "", reach=0, must=True)
        async with Api(plane) as api, ConfigMaps(api) as seen:
            edits = [(tenant(each * 7 % scale.namespaces), each % scale.policies) for each in range(_CHANGES)]
            took = [await change(api, seen, *edit) for edit in edits]
            yield Figure("one change to its ConfigMap, median", sorted(took)[len(took) // 2] * 1000, "ms")
            yield Figure("one change to its ConfigMap, p95", p95(took) * 1000, "ms", 100, must=True)
            await asyncio.sleep(_SETTLING_SECONDS)
            count = min(_BURST, scale.namespaces)
            yield Figure(f"burst of {count} namespaces", await burst(api, seen, count), "s", reach=10, must=True)
            await _until(lambda: _nobody_is_told(audit), "done with telling pods of the burst")
            async for figure in fan_outs(api, seen, audit, scale.namespaces, scale.pods):
                yield figure
        yield Figure("peak memory, after a restart", running.peak_mib(), "MiB", reach=450, must=True)


def _nobody_is_told(audit: Audit) -> bool:
    """Whether no pod has been told for a while; those of one change take turns with those of the next."""
    time.sleep(_SETTLING_SECONDS)
    return not any(write.what == "pods" for write in audit.more())


def _reconciled(running: Operator) -> float:
    return running.counted("optipath_operator_reconciles_total")


async def _until(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not await asyncio.to_thread(is_so):
        if time.monotonic() > until:
            raise RuntimeError(f"not {what} after {PATIENCE_SECONDS} seconds")
        await asyncio.sleep(0.2)
