"""The fleet: router pods by namespace, and what each namespace's should have.

pods come, change and go ─▶ Fleet ◀─ what was published
                              │
                      who is to be asked, when
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from optipath_operator.channel.evidence import Evidence
from optipath_operator.channel.router import FIRST_SECONDS, NEVER, UNTOLD_SECONDS, Router, State
from optipath_operator.cluster.client import Json

ROUND_SECONDS: Final = 30.0
SAMPLE: Final = 3
"""So many routers of a namespace are asked in a round, at least."""
_PART: Final = 40
"""Of many routers one in so many is asked in a round, so that each is heard within the hour at the latest."""
_NOT_ASSIGNED: Final = "<none>"

Key = tuple[str, str]
"""A namespace and a pod."""


@dataclass(slots=True)
class Group:
    """The routers of one namespace."""

    evidence: Evidence
    routers: dict[str, Router] = field(default_factory=dict)
    digest: str | None = None
    """What they should have; None while nothing was published."""
    token: str | None = None
    """What opens their /status; None while it is shut."""
    changed_at: float | None = None
    """When the digest last became another one, if that was in our time."""
    behind: set[str] = field(default_factory=set)
    """Pods that have not yet shown that they took the last change."""
    round_at: float = 0.0
    dirty: bool = False
    """Whether more is known than was reported."""
    report_at: float = 0.0
    """When it may be reported again."""
    reported_at: float = float("-inf")

    @property
    def is_open(self) -> bool:
        """Whether there is something to ask, and a token to ask it with."""
        return self.digest is not None and self.token is not None

    @property
    def is_awaited(self) -> bool:
        """Whether more will be known in a moment."""
        return any(each.awaited for each in self.routers.values())


class Fleet:
    """Every router pod, as the informer tells of it."""

    def __init__(self, began: float = 0.0) -> None:
        """Take the moment since when anything is known."""
        self._began = began
        self._groups: dict[str, Group] = {}
        self._labels: dict[frozenset[tuple[str, str]], dict[str, str]] = {}
        """Pods of one kind have the same labels: they are held once."""

    def group(self, namespace: str) -> Group | None:
        """The routers of a namespace; None where there are none, and nothing was published."""
        return self._groups.get(namespace)

    def groups(self) -> Iterator[tuple[str, Group]]:
        """Every namespace of which there is something to know."""
        yield from tuple(self._groups.items())

    def router(self, key: Key) -> Router | None:
        """The router of a pod."""
        group = self._groups.get(key[0])
        return group.routers.get(key[1]) if group else None

    def states(self) -> Counter[State]:
        """How many routers are in each state."""
        return Counter(each.state for group in self._groups.values() for each in group.routers.values())

    def begin(self, now: float) -> None:
        """Know nothing yet but which pods there are: whatever was heard is of another term."""
        self._began = now
        for name, group in self.groups():
            fresh = self._groups[name] = Group(Evidence(now))
            for pod, each in group.routers.items():
                fresh.routers[pod] = Router(each.uid, each.address, each.ready, each.labels)

    def took(self, found: Json, now: float) -> Router | None:
        """Take in a pod as it is now; its router, if it is to be asked soon."""
        metadata = found["metadata"]
        group = self._made(metadata["namespace"])
        name, address, ready = metadata["name"], _address(found), _is_ready(found)
        router = group.routers.get(name)
        if router is None or router.uid != metadata["uid"] or router.address not in ("", address):
            router = group.routers[name] = Router(metadata["uid"], "", ready=False, labels=self._held(metadata))
            group.dirty = True
        came, became_ready = address != router.address, ready and not router.ready
        router.address, router.ready, router.labels = address, ready, self._held(metadata)
        if metadata.get("deletionTimestamp"):
            return self._leaves(group, name, router, now)
        if not group.is_open:
            return None
        if became_ready:
            router.await_it(now, first=FIRST_SECONDS)
        elif came:
            router.look(now)
        return router if router.due != NEVER else None

    def lost(self, namespace: str, name: str) -> None:
        """Note that a pod is gone."""
        group = self._groups.get(namespace)
        router = group.routers.pop(name, None) if group else None
        if group is None or router is None:
            return
        group.dirty = True
        group.behind.discard(name)
        group.evidence.lost(router.uid)
        if not group.routers and group.digest is None:
            del self._groups[namespace]

    def published(self, namespace: str, digest: str, token: str | None, now: float) -> list[str]:
        """Note what a namespace's routers should have; the pods that are to be asked for it."""
        group = self._made(namespace)
        first, same = not group.is_open, (group.digest, group.token) == (digest, token)
        if same:
            return []
        if group.digest is not None and group.digest != digest:
            group.changed_at, group.behind = now, set(group.routers)
        group.digest, group.token, group.dirty = digest, token, bool(group.routers)
        group.round_at = now + random.uniform(0.5, 1.5) * ROUND_SECONDS  # noqa: S311  spreads load
        for each in group.routers.values():
            if each.state is State.LEAVING:
                continue
            if each.state is not State.OUT_OF_REACH:
                each.state = State.UNASKED
            if token is None:
                each.due, each.awaited = NEVER, False
            elif first:
                each.await_it(now, first=0.0)
            else:
                each.await_it(now, first=UNTOLD_SECONDS / 2, patience=UNTOLD_SECONDS)
        return list(group.routers)

    def told(self, key: Key, now: float) -> Router | None:
        """Note that a pod was told of the newest configuration; its router, which is to be asked soon."""
        router = self.router(key)
        if router is not None and router.state is not State.AGREES and router.due != NEVER:
            router.await_it(now, first=FIRST_SECONDS)
            return router
        return None

    def forget(self, namespace: str) -> None:
        """Note that nothing is published in a namespace any more."""
        group = self._groups.pop(namespace, None)
        if group is not None and group.routers:
            self._groups[namespace] = fresh = Group(Evidence(self._began))
            fresh.routers = {
                name: Router(each.uid, each.address, each.ready, each.labels) for name, each in group.routers.items()
            }

    def sample(self, group: Group) -> list[str]:
        """Pods that agree, by chance, as many as are asked in a round."""
        calm = [name for name, each in group.routers.items() if each.state is State.AGREES and each.due == NEVER]
        return random.sample(calm, min(len(calm), max(SAMPLE, len(calm) // _PART)))

    def _leaves(self, group: Group, name: str, router: Router, now: float) -> Router | None:
        """A pod that ends counts no more; one that answered is asked a last time what it has spent."""
        if router.state is State.LEAVING:
            return None
        answers, router.state, router.awaited = router.state is State.AGREES, State.LEAVING, False
        router.due = now if answers and group.is_open else NEVER
        group.behind.discard(name)
        group.dirty = True
        return router if answers else None

    def _made(self, namespace: str) -> Group:
        group = self._groups.get(namespace)
        if group is None:
            group = self._groups[namespace] = Group(Evidence(self._began))
        return group

    def _held(self, metadata: Json) -> dict[str, str]:
        labels: dict[str, str] = metadata.get("labels") or {}
        key = frozenset(labels.items())
        if len(self._labels) > 10_000:
            self._labels.clear()
        return self._labels.setdefault(key, labels)


def _address(found: Json) -> str:
    address = found.get("cells", {}).get("IP")
    return address if isinstance(address, str) and address != _NOT_ASSIGNED else ""


def _is_ready(found: Json) -> bool:
    """Whether all of a pod's containers are ready, which its table says as `2/2`."""
    ready, _, of = str(found.get("cells", {}).get("Ready", "")).partition("/")
    return ready == of != "0" and bool(of)
