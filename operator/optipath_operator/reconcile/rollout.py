"""The rollout: router pods are told of a new configuration, so many a second, the newest digest only.

An annotation makes kubelet look at the pod's ConfigMap within a second; by
itself it looks once a minute or so. A pod that is told late or never reads the
same in the end. Namespaces take turns, a pod each: one with ten thousand pods
keeps nobody waiting. At a cold start, when everything is to be published, pods
leave the API server to that.
"""

import asyncio
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from optipath_operator.cluster import pods
from optipath_operator.cluster.client import ApiError, Json, Unreachable, version

log = logging.getLogger(__name__)

_AT_ONCE: Final = 4
"""Requests in flight, or a slow answer would slow down all."""
_SLOWER: Final = 10
"""How many times fewer pods a second are told while much else is to be written: what pods read comes first."""

Annotate = Callable[[str, str, str], Awaitable[int | None]]
"""Takes namespace, pod and digest; returns the pod's version then, or None where it was not to be told after all."""


@dataclass(slots=True)
class _Pod:
    told: str | None
    """The digest that it was last told; None where it never was."""
    version: int


class Rollout:
    """Router pods, what each was told, and those that wait to be told."""

    def __init__(
        self,
        annotate: Annotate,
        *,
        per_second: float,
        busy: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take how to annotate a pod, how many in a second (0 leaves all alone), and whether much else is written."""
        self._annotate, self._per_second, self._busy, self._sleep = annotate, per_second, busy, sleep
        self._pods: defaultdict[str, dict[str, _Pod]] = defaultdict(dict)
        self._waiting: OrderedDict[str, OrderedDict[str, str]] = OrderedDict()
        self._wake = asyncio.Event()

    def took(self, found: Json) -> None:
        """Take in a router pod."""
        metadata, since = found["metadata"], version(found)
        known = self._pods[metadata["namespace"]].get(metadata["name"])
        if known is None or since > known.version:
            self._pods[metadata["namespace"]][metadata["name"]] = _Pod(pods.told(found), since)

    def lost(self, namespace: str, name: str, since: int) -> None:  # noqa: ARG002  as informers tell it
        """Note that a router pod is gone."""
        self._pods[namespace].pop(name, None)
        if not self._pods[namespace]:
            del self._pods[namespace]

    def changed(self, namespace: str, digest: str) -> None:
        """Tell every pod of a namespace whose configuration has just changed."""
        self._add(namespace, digest, also_the_untold=True)

    def seen(self, namespace: str, digest: str) -> None:
        """Tell the pods that were last told of another configuration.

        One that was never told began with what was there, or will see it
        within a minute: to tell it would be a write at every restart.
        """
        self._add(namespace, digest, also_the_untold=False)

    def clear(self) -> None:
        """Leave those that wait to another leader."""
        self._waiting.clear()

    async def run(self) -> None:
        """Tell them, for as long as this task lives."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_AT_ONCE):
                tasks.create_task(self._run())

    async def _run(self) -> None:
        while True:
            while not self._waiting:
                self._wake.clear()
                await self._wake.wait()
            namespace, pod, digest = self._next()
            known = self._pods.get(namespace, {}).get(pod)
            if known is not None and known.told != digest:
                await self._tell(namespace, pod, digest, known)
                await self._sleep(_AT_ONCE / self._per_second * (_SLOWER if self._busy() else 1))

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _add(self, namespace: str, digest: str, *, also_the_untold: bool) -> None:
        if not self._per_second:
            return
        waiting = self._waiting.get(namespace, OrderedDict())
        for name, pod in self._pods.get(namespace, {}).items():
            if name in waiting or (pod.told != digest and (also_the_untold or pod.told is not None)):
                waiting[name] = digest
        if waiting:
            self._waiting[namespace] = waiting
            self._wake.set()

    def _next(self) -> tuple[str, str, str]:
        """A pod of the namespace whose turn it is, which then waits for all others."""
        namespace, waiting = self._waiting.popitem(last=False)
        pod, digest = waiting.popitem(last=False)
        if waiting:
            self._waiting[namespace] = waiting
        return namespace, pod, digest

    async def _tell(self, namespace: str, pod: str, digest: str, known: _Pod) -> None:
        try:
            since = await self._annotate(namespace, pod, digest)
        except Unreachable:
            # It comes back when its namespace is next looked at, or here, if nothing newer does.
            self._waiting.setdefault(namespace, OrderedDict()).setdefault(pod, digest)
        except ApiError as error:
            log.warning("a pod could not be told: %s", error, extra={"namespace": namespace, "pod": pod})
        else:
            if since is not None:
                known.told, known.version = digest, max(since, known.version)
