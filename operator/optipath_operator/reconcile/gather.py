"""Everything that concerns a namespace, gathered: what is in it, and what of others it is made of.

own resources ─────────────────────────┐
policies with a scope, of the operator ├─▶ named elsewhere ─▶ providers of others ─▶ their certificates
last good forms of all of these ───────┘

Whatever is gathered is noted, so that a change of it finds its way here again.
"""

from collections.abc import Callable, Iterable, Iterator

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.cluster.client import Client, Json
from optipath_operator.compile import Gathered
from optipath_operator.compile.manifests import is_name
from optipath_operator.compile.references import named_elsewhere
from optipath_operator.reconcile.bundles import Bundles
from optipath_operator.reconcile.state import NamespaceState
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.worklist import Lane
from optipath_operator.resources import ResourceRef
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Egress

Touch = Callable[[str, Lane], None]
"""Has a namespace looked at."""


class Gatherer:
    """Gathers from the store, and from the cluster what is in none of our resources."""

    def __init__(self, client: Client, store: Store, touch: Touch, *, catalogue: Catalogue, egress: Egress) -> None:
        """Take what to call with a namespace that needs another look."""
        self._bundles, self._store, self._touch = Bundles(client), store, touch
        self._catalogue, self._egress = catalogue, egress

    async def __call__(self, namespace: str, state: NamespaceState) -> Gathered:
        """All that concerns a namespace; raises ApiError and Unreachable."""
        return await self._gathered(namespace, state, noted=True)

    async def ahead(self, namespace: str, state: NamespaceState) -> Gathered:
        """The same for a state that is only thought of: it may never be, and whom it would name is not noted."""
        return await self._gathered(namespace, state, noted=False)

    async def _gathered(self, namespace: str, state: NamespaceState, *, noted: bool) -> Gathered:
        now = [stored.manifest for stored in state.resources.values()]
        good = [manifest for ref, manifest in state.good().items() if ref.namespace == namespace]
        scopes = [ref for ref in self._store.scope_policies() if ref.namespace != namespace]
        scopes_now, scopes_good = self._forms(scopes)
        named = frozenset(
            ref
            for manifest in (*now, *good, *scopes_now, *scopes_good)
            for ref in named_elsewhere(manifest)
            if ref.namespace != namespace
        )
        if noted:
            self._store.borrowers.note(namespace, named)
        borrowed_now, borrowed_good = self._forms(sorted(named))
        # What follows waits for answers: whatever changes meanwhile is looked at afterwards.
        bundles = [
            *await self._own_bundles(namespace, state, (*now, *good), noted=noted),
            *await self._lent_bundles((*borrowed_now, *borrowed_good)),
        ]
        return Gathered(
            namespace,
            (*_namespace(namespace, state), *now, *scopes_now, *borrowed_now, *bundles),
            self._catalogue,
            last_good=(*good, *scopes_good, *borrowed_good),
            egress=self._egress,
            operator_namespace=self._store.operator_namespace,
        )

    def _forms(self, refs: Iterable[ResourceRef]) -> tuple[list[Manifest], list[Manifest]]:
        """Resources of other namespaces as they are written now, and their last good forms; none of what is gone."""
        now, good = [], []
        for ref in refs:
            state = self._store.state(ref.namespace)
            if state is not None and (stored := state.resources.get(ref)):
                now.append(stored.manifest)
                if known := state.good().get(ref):
                    good.append(known)
        return now, good

    async def _own_bundles(
        self, namespace: str, state: NamespaceState, manifests: Iterable[Manifest], *, noted: bool
    ) -> list[Json]:
        """The ConfigMaps that a namespace's own providers name; who else needs one that has changed is told."""
        names = sorted({name for _, name in _bundles(manifests)})
        if not noted:
            return [found for found in (await self._bundles.read(namespace, names)).values() if found is not None]
        state.reads_bundles = bool(names)
        found, changed = await self._bundles.own(namespace, state, names)
        for ref, stored in tuple(state.resources.items()) if changed else ():
            if any(name in changed for _, name in _bundles([stored.manifest, state.good().get(ref, {})])):
                for borrower in self._store.borrowers.of(ref):
                    self._touch(borrower, Lane.FOLLOW)
        return found

    async def _lent_bundles(self, manifests: Iterable[Manifest]) -> list[Json]:
        """The ConfigMaps that providers of others name."""
        found = []
        for namespace, name in sorted(_bundles(manifests)):
            owner = self._store.state(namespace)
            if owner is not None and (bundle := await self._bundles.lent(namespace, owner, name)):
                found.append(bundle)
        return found


def _namespace(name: str, state: NamespaceState) -> Iterator[Manifest]:
    """The Namespace itself, if it is there."""
    if state.uid:
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": state.labels}}


def _bundles(manifests: Iterable[Manifest]) -> set[tuple[str, str]]:
    """Namespace and name of the ConfigMaps that providers name for their certificates."""
    found = set()
    for manifest in manifests:
        match manifest:
            case {
                "kind": "ModelProvider",
                "metadata": {"namespace": str(namespace)},
                "spec": {"endpoint": {"caBundleRef": {"name": name}}},
            } if is_name(name):
                found.add((namespace, name))
    return found
