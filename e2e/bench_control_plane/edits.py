"""Edits of tenants, timed from the write to the ConfigMap that follows from it."""

import asyncio
import itertools
import time
from collections.abc import Iterator

from e2e.bench_control_plane.configs import ConfigMaps
from e2e.bench_control_plane.seeding import Api, policy_path, rule, tenant

PATIENCE_SECONDS = 600
_numbers: Iterator[int] = itertools.count()


async def change(api: Api, seen: ConfigMaps, namespace: str, policy: int) -> float:
    """Seconds from one edit of a policy to the ConfigMap that follows from it."""
    name = f"changed-{next(_numbers)}"
    changed = seen.saying(f'"{name}"', namespace)
    started = time.perf_counter()
    await api.merge(policy_path(namespace, policy), {"spec": {"rules": [rule("edited", name)]}})
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await changed - started


async def burst(api: Api, seen: ConfigMaps, count: int) -> float:
    """Seconds from the first of many edits, one a namespace, to the last ConfigMap that follows from them."""
    names = [tenant(number) for number in range(count)]
    changed = [seen.saying('"of-many"', name) for name in names]
    slots = asyncio.Semaphore(16)

    async def edit(name: str) -> None:
        async with slots:
            await api.merge(policy_path(name, 0), {"spec": {"rules": [rule("burst", "of-many")]}})

    started = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*map(edit, names))
        return max(await asyncio.gather(*changed)) - started


def p95(took: list[float]) -> float:
    """What 19 of 20 took at most."""
    return sorted(took)[len(took) * 95 // 100]
