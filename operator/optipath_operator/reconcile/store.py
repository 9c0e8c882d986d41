"""The store: what the API server has told, by namespace, cut down to what we need of it.

It answers one question: whose configuration may have changed? A status that
we wrote ourselves comes back as an event, too, and changes nobody's.

Events of one object come in order, but those of an object and of its
namesake from before do not, nor do events and the answers to our own writes.
So everything carries its version, and what is older than what is known is
passed over.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from optipath_operator.cluster import configmaps, status
from optipath_operator.cluster.client import Json, version
from optipath_operator.cluster.configmaps import RouterConfig
from optipath_operator.reconcile.wanted import Published
from optipath_operator.resources import Problem, ResourceRef, Severity
from optipath_operator.resources.reading import Manifest

INJECT: Final = "optipath.io/inject"


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as it was last seen."""

    manifest: Manifest
    uid: str
    version: int
    conditions: status.Observed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the last look at a namespace."""

    problems: tuple[Problem, ...]
    wanted: Published


@dataclass(slots=True)
class NamespaceState:
    """All that is known of one namespace."""

    uid: str = ""
    """Empty while no Namespace of this name has been seen, or when it is gone."""
    version: int = 0
    opted_in: bool = False
    terminating: bool = False
    resources: dict[ResourceRef, Stored] = field(default_factory=dict)

    config: RouterConfig | None = None
    """What its ConfigMap holds; None where it has none."""
    config_version: int = 0
    lost: RouterConfig | None = None
    """What it held when somebody took it away: generations and sources go on from there."""
    published: Published | None = None
    """What we want it to hold, since this operator leads; anything else there is drift."""
    sources: tuple[Manifest, ...] | None = None
    """Last good sources as we published them; None until then, when those in the ConfigMap hold."""

    reads_bundles: bool = False
    """Whether a provider names a ConfigMap with certificates, which is read at each reconcile."""
    problems: Counter[Severity] = field(default_factory=Counter)
    verdict: Verdict | None = None
    """What is to be said in status."""

    @property
    def needs_config(self) -> bool:
        """Whether its routers, now or later, have something to read."""
        return not self.terminating and (self.opted_in or bool(self.resources))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to be known."""
        return not self.uid and not self.resources and self.config is None

    def note_config(self, config: RouterConfig | None, since: int) -> bool:
        """Note what the ConfigMap holds since some version; False where something newer is known."""
        if since <= self.config_version:
            return False
        if config is None:
            self.lost = self.config or self.lost
        elif self.published is not None and config == self.published.config:
            config = self.published.config  # two equal texts need not be held twice
        self.config, self.config_version = config, since
        return True

    def note_status(self, ref: ResourceRef, stored: Stored, conditions: status.Observed) -> None:
        """Note what was written into a resource's status, unless it has been seen anew meanwhile."""
        if self.resources.get(ref) is stored:
            self.resources[ref] = replace(stored, conditions=conditions)


class Store:
    """Everything that was seen. Each method that takes something in says whose configuration it may change."""

    def __init__(self) -> None:
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

    def take(self, manifest: Mapping[str, Any], *, gone: bool) -> str | None:
        """Take in a Namespace or one of our resources; the namespace that now needs something else."""
        if manifest["kind"] == "Namespace":
            return self._take_namespace(manifest, gone=gone)
        return self._take_resource(manifest, gone=gone)

    def lose(self, ref: ResourceRef, uid: str) -> str | None:
        """Note that an object is gone of which no event told; its namespace where that changes it."""
        name = ref.namespace or ref.name
        state = self._states.get(name)
        if state is None:
            return None
        if ref.kind == "Namespace":
            if state.uid == uid:
                self._end(name, state)
            return None
        stored = state.resources.get(ref)
        if stored is None or stored.uid != uid:
            return None
        del state.resources[ref]
        self._tidy(name, state)
        return name

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

    def _take_resource(self, manifest: Mapping[str, Any], *, gone: bool) -> str | None:
        metadata = manifest["metadata"]
        ref = ResourceRef(manifest["kind"], metadata["namespace"], metadata["name"])
        gone = gone or bool(metadata.get("deletionTimestamp"))
        if gone and ref.namespace not in self._states:
            return None
        state = self._states.setdefault(ref.namespace, NamespaceState())
        before, since = state.resources.get(ref), version(dict(manifest))
        if before is not None and since < before.version:
            return None
        if gone:
            state.resources.pop(ref, None)
            self._tidy(ref.namespace, state)
            return ref.namespace if before else None
        cut = _cut(manifest)
        same = before is not None and before.uid == metadata["uid"] and before.manifest == cut
        kept = before.manifest if before is not None and same else cut
        state.resources[ref] = Stored(kept, metadata["uid"], since, status.observed(dict(manifest)))
        return None if same else ref.namespace

    def _take_namespace(self, manifest: Mapping[str, Any], *, gone: bool) -> str | None:
        metadata = manifest["metadata"]
        name: str = metadata["name"]
        if gone and name not in self._states:
            return None
        state = self._states.setdefault(name, NamespaceState())
        since = version(dict(manifest))
        if since < state.version:
            return None
        before, state.version = state.needs_config, since
        if gone:
            self._end(name, state)
            return None
        state.uid = metadata["uid"]
        state.terminating = bool(metadata.get("deletionTimestamp"))
        state.opted_in = (metadata.get("labels") or {}).get(INJECT) == "enabled"
        return name if state.needs_config != before else None

    def _end(self, name: str, state: NamespaceState) -> None:
        """A Namespace is gone. What is in it goes by events of its own, which may still be on their way."""
        state.uid, state.opted_in, state.terminating = "", False, True
        self._tidy(name, state)

    def _tidy(self, name: str, state: NamespaceState) -> None:
        if state.is_empty:
            self._states.pop(name, None)


def _cut(manifest: Mapping[str, Any]) -> Manifest:
    metadata = manifest["metadata"]
    return {
        "kind": manifest["kind"],
        "metadata": {name: metadata[name] for name in ("name", "namespace", "generation")},
        "spec": manifest.get("spec"),
    }
