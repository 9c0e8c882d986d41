"""One edit that hundreds of namespaces follow: a tier's, and that of a provider which all of them use."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from e2e.bench.figure import Figure
from e2e.bench_control_plane.audit import Audit, Write
from e2e.bench_control_plane.configs import ConfigMaps
from e2e.bench_control_plane.edits import PATIENCE_SECONDS, change, p95
from e2e.bench_control_plane.seeding import HOUSE_PATH, TIER_PATH, Api, Json, in_tier, tenant, tier_spec

_REACH_SECONDS = 20
_EDIT_MILLISECONDS = 1000
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _FanOut:
    """One edit, and who follows it."""

    what: str
    path: str
    edit: Json
    says: str
    """What each follower's snapshot says when it has followed."""
    followers: Sequence[str]


async def fan_outs(api: Api, seen: ConfigMaps, audit: Audit, namespaces: int, pods: int) -> AsyncIterator[Figure]:
    """The two of them, one after the other, while somebody else edits on."""
    everybody = [tenant(number) for number in range(namespaces)]
    tier, others = everybody[: in_tier(namespaces)], everybody[in_tier(namespaces) :]
    audit.more()
    stricter = _FanOut("a tier changed", TIER_PATH, {"spec": tier_spec("stricter", attempts=1)}, '"stricter"', tier)
    async for figure in _measured(api, seen, stricter, editing=others):
        yield figure
    if pods >= namespaces:
        yield Figure("… and a pod of each told", await _first_told(audit, tier), "s", _REACH_SECONDS, must=True)
    url = "https://moved.example/v1"
    moved = _FanOut("a shared provider changed", HOUSE_PATH, {"spec": {"endpoint": {"url": url}}}, url, everybody)
    async for figure in _measured(api, seen, moved, editing=everybody):
        yield figure


async def _measured(api: Api, seen: ConfigMaps, one: _FanOut, *, editing: Sequence[str]) -> AsyncIterator[Figure]:
    """How long it takes to the last ConfigMap that follows, and edits of some namespaces meanwhile."""
    changed = asyncio.gather(*(seen.saying(one.says, name) for name in one.followers))
    started = time.perf_counter()
    await api.merge(one.path, one.edit)
    took: list[float] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not changed.done() or not took:
            took.append(await change(api, seen, editing[len(took) * 7 % len(editing)], 0))
        last = max(await changed)
    what = f"{one.what}: {len(one.followers)} ConfigMaps"
    yield Figure(what, last - started, "s", _REACH_SECONDS, must=True)
    what = f"… one change meanwhile, p95 of {len(took)}"
    yield Figure(what, p95(took) * 1000, "ms", _EDIT_MILLISECONDS, must=True)


async def _first_told(audit: Audit, namespaces: Sequence[str]) -> float:
    """Seconds from the first ConfigMap of some namespaces to the moment when each has a pod that knows of its own."""
    writes: list[Write] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            writes += await asyncio.to_thread(audit.more)
            configs = {write.namespace: write.at for write in writes if write.what == "configmaps"}
            told: dict[str, float] = {}
            for write in writes:
                if write.what == "pods" and write.at >= configs.get(write.namespace, write.at + 1):
                    told.setdefault(write.namespace, write.at)
            if told.keys() >= set(namespaces):
                return max(told[name] for name in namespaces) - min(configs[name] for name in namespaces)
            await asyncio.sleep(_LOOK_SECONDS)
