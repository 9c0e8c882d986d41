"""Certificates: the ConfigMaps that providers name for them, which nobody watches.

A namespace reads its own at each look, once a minute. Those of a provider that
others use are read once for all of them, and held, up to a limit: whoever
comes when one is held no longer reads it again. Their owner, who reads them
anyway, finds out when they have changed.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from optipath_operator.cluster import configmaps
from optipath_operator.cluster.client import Client, Json
from optipath_operator.reconcile.state import NamespaceState

_HELD_CHARACTERS: Final = 16 * 2**20
"""All that is held together: a hundred times what a whole system's certificates take."""


class Bundles:
    """Reads them, and holds those that many need."""

    def __init__(self, client: Client, *, at_most: int = _HELD_CHARACTERS) -> None:
        self._client, self._at_most = client, at_most
        self._held: OrderedDict[tuple[str, str], tuple[Json | None, int]] = OrderedDict()
        self._size = 0

    async def own(self, namespace: str, state: NamespaceState, names: Iterable[str]) -> tuple[list[Json], set[str]]:
        """A namespace's own of some names, and which of them have changed since others have read them."""
        found = await self.read(namespace, names)
        digests = {name: _digest(found[name]) for name in state.lent if name in found}
        changed = {name for name, digest in digests.items() if digest != state.lent[name]}
        for name in state.lent.keys() - digests.keys():
            self._let_go((namespace, name))
        for name in changed:
            self._hold((namespace, name), found[name])
        state.lent = digests
        return [bundle for bundle in found.values() if bundle is not None], changed

    async def read(self, namespace: str, names: Iterable[str]) -> dict[str, Json | None]:
        """Those of some names, and None for one that is not there; nothing is remembered of them."""
        return {name: await configmaps.read_any(self._client, namespace, name) for name in names}

    async def lent(self, namespace: str, owner: NamespaceState, name: str) -> Json | None:
        """One of another namespace, whose state is handed in; None where there is none."""
        key = namespace, name
        if name in owner.lent and key in self._held:
            self._held.move_to_end(key)
            return self._held[key][0]
        found = await configmaps.read_any(self._client, namespace, name)
        owner.lent[name] = _digest(found)
        self._hold(key, found)
        return found

    def _hold(self, key: tuple[str, str], found: Json | None) -> None:
        self._let_go(key)
        size = len(_text(found))
        if size > self._at_most:
            return
        self._held[key] = found, size
        self._size += size
        while self._size > self._at_most:
            self._let_go(next(iter(self._held)))

    def _let_go(self, key: tuple[str, str]) -> None:
        _, size = self._held.pop(key, (None, 0))
        self._size -= size


def _text(found: Json | None) -> str:
    return json.dumps(found and found["data"], sort_keys=True)


def _digest(found: Json | None) -> str:
    return hashlib.sha256(_text(found).encode()).hexdigest()
