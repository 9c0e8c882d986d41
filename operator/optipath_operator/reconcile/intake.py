"""The intake: what is seen goes into the store, and whose configuration it may change onto the worklist.

Where somebody has edited, somebody waits. Those who only follow from it come
after all such edits, for there may be a thousand of them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.handlers import Sighting
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.worklist import Lane
from optipath_operator.resources import ResourceRef

Touch = Callable[[str | None, Lane], None]


class Heard(Protocol):
    """Told whenever kopf has told of something."""

    def __call__(self, *, listed: bool) -> None:
        """It was by a list, or because something has happened."""


class Intake:
    """Is told of everything: by kopf, by the informer of our ConfigMaps, by the census."""

    def __init__(self, store: Store, touch: Touch, heard: Heard) -> None:
        """Take what to call with a namespace to be looked at, and when kopf has told of something."""
        self._store, self._touch, self._heard = store, touch, heard

    def seen(self, sighting: Sighting) -> None:
        """Take in a Namespace or one of our resources, as kopf tells of it."""
        touched = self._store.take(sighting.manifest, gone=sighting.gone)
        self._touch_all(touched, _home(sighting.manifest), listed=sighting.listed)
        self._heard(listed=sighting.listed)

    def missed(self, manifest: Mapping[str, Any]) -> None:
        """Take in what kopf has not told of."""
        self._touch_all(self._store.take(manifest, gone=False), _home(manifest))

    def vanished(self, ref: ResourceRef, uid: str) -> None:
        """Note what is gone without a word."""
        self._touch_all(self._store.lose(ref, uid), ref.namespace or ref.name)

    def took(self, found: Json) -> None:
        """Take in one of our ConfigMaps."""
        self._touch(self._store.take_config(found), Lane.EDIT)

    def lost(self, namespace: str, name: str, version: int) -> None:
        """Note that one of our ConfigMaps is gone."""
        self._touch(self._store.lose_config(namespace, name, version), Lane.EDIT)

    def _touch_all(self, touched: Iterable[str], home: str, *, listed: bool = False) -> None:
        for namespace in touched:
            self._touch(namespace, Lane.SWEEP if listed else Lane.EDIT if namespace == home else Lane.FOLLOW)


def _home(manifest: Mapping[str, Any]) -> str:
    """The namespace that something is in, or is."""
    metadata = manifest["metadata"]
    return str(metadata.get("namespace") or metadata["name"])
