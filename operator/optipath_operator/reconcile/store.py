"""The store: what the API server has told, by namespace, cut down to what we need of it.

It answers one question: whose configuration may have changed? A status that
we wrote ourselves comes back as an event, too, and changes nobody's. What a
tenant writes changes its own, and a provider that of those who name it; only
a policy with a scope may change everybody's.

Events of one object come in order, but those of an object and of its
namesake from before do not, nor do events and the answers to our own writes.
So everything carries its version, and what is older than what is known is
passed over.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from optipath_operator.cluster import configmaps, status
from optipath_operator.cluster.client import Json, version
from optipath_operator.compile.references import has_scope
from optipath_operator.reconcile.borrowers import Borrowers
from optipath_operator.reconcile.state import NamespaceState, Stored
from optipath_operator.resources import ResourceRef
from optipath_operator.resources.reading import Manifest

_NOBODY: Final = frozenset[str]()
_NOTHING: Final[Manifest] = {}


class Store:
    """Everything that was seen. Each method that takes something in says whose configuration it may change."""

    def __init__(self, operator_namespace: str) -> None:
        """Take the namespace whose policies may have a scope."""
        self.operator_namespace = operator_namespace
        self.borrowers = Borrowers()
        self._states: dict[str, NamespaceState] = {}

    def state(self, namespace: str) -> NamespaceState | None:
        """What is known of a namespace; None where nothing is."""
        return self._states.get(namespace)

    def states(self) -> Iterator[tuple[str, NamespaceState]]:
        """Every namespace of which anything is known."""
        yield from tuple(self._states.items())

    def versions(self) -> dict[tuple[ResourceRef, str], int]:
        """How new each object is that kopf has told of, by what it is and its uid."""
        known: dict[tuple[ResourceRef, str], int] = {}
        for name, state in self._states.items():
            if state.uid:
                known[ResourceRef("Namespace", "", name), state.uid] = state.version
            known.update({(ref, stored.uid): stored.version for ref, stored in state.resources.items()})
        return known

    def begin_term(self) -> None:
        """Forget what we published ourselves: another one led, and what it wrote is what holds."""
        for state in self._states.values():
            state.published = state.sources = None
            state.lent.clear()

    def scope_policies(self) -> tuple[ResourceRef, ...]:
        """The policies that speak to other namespaces: as they are written now, or were last good."""
        state = self._states.get(self.operator_namespace)
        if state is None:
            return ()
        good = state.good()
        return tuple(
            ref
            for ref, stored in state.resources.items()
            if has_scope(stored.manifest) or has_scope(good.get(ref, _NOTHING))
        )

    def take(self, manifest: Mapping[str, Any], *, gone: bool) -> frozenset[str]:
        """Take in a Namespace or one of our resources; the namespaces that may now need something else."""
        if manifest["kind"] == "Namespace":
            return self._take_namespace(manifest, gone=gone)
        return self._take_resource(manifest, gone=gone)

    def lose(self, ref: ResourceRef, uid: str) -> frozenset[str]:
        """Note that an object is gone of which no event told; the namespaces that may now need something else."""
        name = ref.namespace or ref.name
        state = self._states.get(name)
        if state is None:
            return _NOBODY
        if ref.kind == "Namespace":
            if state.uid == uid:
                self._end(name, state, sys.maxsize)
            return _NOBODY
        stored = state.resources.get(ref)
        if stored is None or stored.uid != uid:
            return _NOBODY
        touched = self._concerned(ref, stored.manifest)
        del state.resources[ref]
        state.forget(ref)
        self._tidy(name, state)
        return touched

    def take_config(self, found: Json) -> str | None:
        """Take in one of our ConfigMaps; its namespace where it holds something else than we published."""
        metadata = found["metadata"]
        if metadata["name"] != configmaps.NAME:
            return None
        state = self._states.setdefault(metadata["namespace"], NamespaceState())
        config = configmaps.read(found)
        if not state.note_config(config, version(found)):
            return None
        ours = state.published is not None and config == state.published.config
        return None if ours else str(metadata["namespace"])

    def lose_config(self, namespace: str, name: str, since: int) -> str | None:
        """Note that a ConfigMap is there, or labelled as ours, no longer."""
        state = self._states.get(namespace)
        if state is None or name != configmaps.NAME or state.config is None or not state.note_config(None, since):
            return None
        self._tidy(namespace, state)
        return namespace

    def _take_resource(self, manifest: Mapping[str, Any], *, gone: bool) -> frozenset[str]:
        metadata = manifest["metadata"]
        ref = ResourceRef(manifest["kind"], metadata["namespace"], metadata["name"])
        gone = gone or bool(metadata.get("deletionTimestamp"))
        if gone and ref.namespace not in self._states:
            return _NOBODY
        state = self._states.setdefault(ref.namespace, NamespaceState())
        before, since = state.resources.get(ref), version(dict(manifest))
        if before is not None and since < before.version:
            return _NOBODY
        if gone:
            touched = self._concerned(ref, before.manifest) if before else _NOBODY
            state.resources.pop(ref, None)
            state.forget(ref)
            self._tidy(ref.namespace, state)
            return touched
        cut = _cut(manifest)
        same = before is not None and before.uid == metadata["uid"] and before.manifest == cut
        kept = before.manifest if before is not None and same else cut
        state.resources[ref] = Stored(kept, metadata["uid"], since, status.observed(dict(manifest)))
        touched = _NOBODY if same else self._concerned(ref, before.manifest if before else None, cut)
        if before is not None and before.uid != metadata["uid"]:
            state.forget(ref)
        return touched

    def _take_namespace(self, manifest: Mapping[str, Any], *, gone: bool) -> frozenset[str]:
        metadata = manifest["metadata"]
        name: str = metadata["name"]
        if gone and name not in self._states:
            return _NOBODY
        state = self._states.setdefault(name, NamespaceState())
        since = version(dict(manifest))
        if since < state.version:
            return _NOBODY
        needed, before, state.version = state.needs_config, (state.labels, state.uid), since
        if gone:
            self._end(name, state, since)
            return _NOBODY
        if state.uid not in ("", metadata["uid"]):
            state.begin_anew(since)
        state.uid = metadata["uid"]
        state.terminating = bool(metadata.get("deletionTimestamp"))
        state.labels = dict(metadata.get("labels") or {})
        # Which labels a selector looks at is not for us to know; they seldom change, and to look costs little.
        # The uid is in its routers' token, and a resource in it may have been seen first.
        differs = state.needs_config and (state.labels, state.uid) != before
        return frozenset({name}) if differs or state.needs_config != needed else _NOBODY

    def _concerned(self, ref: ResourceRef, *forms: Manifest | None) -> frozenset[str]:
        """The namespaces whose configuration is made of a resource, in one of its forms or its last good one."""
        own = frozenset({ref.namespace})
        if ref.kind == "ModelProvider":
            return own | self.borrowers.of(ref)
        if ref.namespace != self.operator_namespace:
            return own
        good = self._states[ref.namespace].good().get(ref)
        if not any(has_scope(form) for form in (*forms, good) if form is not None):
            return own
        return own | {name for name, state in self._states.items() if state.needs_config}

    def _end(self, name: str, state: NamespaceState, since: int) -> None:
        """A Namespace is gone. What tenants had in it goes by events of its own, which may still be on their way."""
        state.begin_anew(since)
        state.uid, state.labels, state.terminating = "", {}, True
        self._tidy(name, state)

    def _tidy(self, name: str, state: NamespaceState) -> None:
        if state.is_empty:
            self._states.pop(name, None)
            self.borrowers.note(name, frozenset())


def _cut(manifest: Mapping[str, Any]) -> Manifest:
    metadata = manifest["metadata"]
    return {
        "kind": manifest["kind"],
        "metadata": {name: metadata[name] for name in ("name", "namespace", "generation")},
        "spec": manifest.get("spec"),
    }
