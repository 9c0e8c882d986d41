"""The rollout: router pods are told of a new configuration, so many a second, the newest digest only.

An annotation makes kubelet look at the pod's ConfigMap within a second; by
itself it looks once a minute or so. A pod that is told late or never reads the
same in the end. Next is a pod of the namespace that has had none told for the
longest: one with ten thousand pods, or one that changes all the time, keeps
nobody waiting, and a change in hundreds of namespaces is soon in each of them.
At a cold start, when everything is to be published, pods leave the API server
to that.
"""

import asyncio
import heapq
import logging
import time
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
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take how to annotate a pod, how many in a second (0 leaves all alone), and whether much else is written."""
        self._annotate, self._per_second, self._busy = annotate, per_second, busy
        self._now, self._sleep = now, sleep
        self._pods: defaultdict[str, dict[str, _Pod]] = defaultdict(dict)
        self._waiting: dict[str, OrderedDict[str, str]] = {}
        """By namespace, the digest that each of its pods waits for."""
        self._turns: list[tuple[int, int, str]] = []
        """A heap of the namespaces that wait: who had its last turn the longest ago, then who came first."""
        self._last: dict[str, int] = {}
        """By namespace, when it had its last turn, in turns taken by all."""
        self._turn = 0
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
            self._last.pop(namespace, None)

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
        self._turns.clear()

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
                began = self._now()
                await self._tell(namespace, pod, digest, known)
                turn = _AT_ONCE / self._per_second * (_SLOWER if self._busy() else 1)
                # What the API server took of it is over: on a busy one it were twice the time else.
                await self._sleep(max(0.0, began + turn - self._now()))

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _add(self, namespace: str, digest: str, *, also_the_untold: bool) -> None:
        if not self._per_second:
            return
        for name, pod in self._pods.get(namespace, {}).items():
            waits = name in self._waiting.get(namespace, ())
            if waits or (pod.told != digest and (also_the_untold or pod.told is not None)):
                self._wait(namespace, name, digest)

    def _wait(self, namespace: str, pod: str, digest: str) -> None:
        if namespace not in self._waiting:
            self._waiting[namespace] = OrderedDict()
            self._take_a_turn(namespace)
        self._waiting[namespace][pod] = digest
        self._wake.set()

    def _take_a_turn(self, namespace: str) -> None:
        self._turn += 1
        heapq.heappush(self._turns, (self._last.get(namespace, 0), self._turn, namespace))

    def _next(self) -> tuple[str, str, str]:
        """A pod of the namespace whose turn it is."""
        _, _, namespace = heapq.heappop(self._turns)
        waiting = self._waiting[namespace]
        pod, digest = waiting.popitem(last=False)
        if namespace in self._pods:
            self._last[namespace] = self._turn
        if waiting:
            self._take_a_turn(namespace)
        else:
            del self._waiting[namespace]
        return namespace, pod, digest

    async def _tell(self, namespace: str, pod: str, digest: str, known: _Pod) -> None:
        try:
            since = await self._annotate(namespace, pod, digest)
        except Unreachable:
            # It comes back when its namespace is next looked at, or here, if nothing newer does.
            if pod not in self._waiting.get(namespace, {}):
                self._wait(namespace, pod, digest)
        except ApiError as error:
            log.warning("a pod could not be told: %s", error, extra={"namespace": namespace, "pod": pod})
        else:
            if since is not None:
                known.told, known.version = digest, max(since, known.version)
