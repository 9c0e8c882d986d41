"""The agenda: who is asked next. What is due waits its turn: namespaces take turns, and each has few at a time.

A namespace whose pods swallow every packet holds as many questions as it may
have, for as long as they take, and none of anybody else's.
"""

import heapq
import itertools
from collections import Counter, OrderedDict, deque

from optipath_operator.channel.fleet import Key
from optipath_operator.channel.router import NEVER


class Agenda:
    """Moments at which pods are due, and those whose moment has come."""

    def __init__(self, *, at_once: int, in_namespace: int) -> None:
        self._at_once, self._in_namespace = at_once, in_namespace
        self._later: list[tuple[float, int, Key]] = []
        self._due: dict[Key, float] = {}
        self._count = itertools.count()
        self._ready: OrderedDict[str, deque[str]] = OrderedDict()
        self._asking: Counter[str] = Counter()

    def at(self, key: Key, due: float) -> None:
        """Have a pod asked at a moment, and not at the one that was said before."""
        if due == NEVER:
            self._due.pop(key, None)
        elif self._due.get(key) != due:
            self._due[key] = due
            heapq.heappush(self._later, (due, next(self._count), key))

    def next(self, now: float) -> Key | None:
        """A pod to be asked now; `done` must follow. None where nobody is due, or enough are being asked."""
        self._ripen(now)
        if self._asking.total() >= self._at_once:
            return None
        for namespace in self._ready:
            if self._asking[namespace] < self._in_namespace:
                break
        else:
            return None
        waiting = self._ready.pop(namespace)
        name = waiting.popleft()
        if waiting:
            self._ready[namespace] = waiting  # behind all others
        self._asking[namespace] += 1
        return namespace, name

    def done(self, key: Key) -> None:
        """A pod has been asked."""
        self._asking[key[0]] -= 1
        if not self._asking[key[0]]:
            del self._asking[key[0]]

    def clear(self) -> None:
        """Ask nobody; what is being asked ends by itself."""
        self._later.clear()
        self._due.clear()
        self._ready.clear()

    def is_busy(self, namespace: str) -> bool:
        """Whether pods of a namespace wait for their turn."""
        return namespace in self._ready

    def _ripen(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            due, _, key = heapq.heappop(self._later)
            if self._due.get(key) == due:
                del self._due[key]
                self._ready.setdefault(key[0], deque()).append(key[1])
