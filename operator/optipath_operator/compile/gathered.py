"""Everything that concerns one namespace, as it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.compile.manifests import POLICY, PROVIDER
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Egress

OPERATOR_NAMESPACE: Final = "optipath-system"
"""Where the operator is, if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a snapshot is compiled from."""

    namespace: str
    manifests: tuple[Manifest, ...]
    """ModelProviders, RoutingPolicies and ConfigMaps, as YAML or the API gives them. One without a namespace is ours.

    Beside the namespace's own: its Namespace, whose labels say its tier and who selects it; the policies with a scope;
    and what policies name in other namespaces (`named_elsewhere`), with the ConfigMaps of those providers.
    """
    catalogue: Catalogue
    """Facts about models for those that a provider leaves out."""
    last_good: tuple[Manifest, ...] = ()
    """The last good form of each of these: what stays in force of one that has become invalid.

    Of the namespace's own it is the `sources` of the previous `Compiled`; of another's, the `sources` of that one's.
    """
    egress: Egress = field(default_factory=Egress)
    """What the administrator allows to be called beside public hosts over https."""
    operator_namespace: str = OPERATOR_NAMESPACE
    """Where policies with a scope live."""
    status_token_sha256: str | None = None
    """Hash of the token that opens the routers' /status."""
    strict: bool = False
    """Read as files are read: unknown fields are refused, and manifests that are not for us are pointed out."""

    def in_last_good_forms(self) -> Self:
        """The same, with the namespace's own resources as they were last good, and without those that never were.

        For when what is written now cannot be published: what surrounds it is as it is now all the same.
        """
        good = {_identity(manifest): manifest for manifest in self.last_good if self._is_own(manifest)}
        written = (good.get(_identity(manifest)) if self._is_own(manifest) else manifest for manifest in self.manifests)
        return replace(self, manifests=tuple(manifest for manifest in written if manifest is not None))

    def _is_own(self, manifest: Manifest) -> bool:
        namespace = _metadata(manifest).get("namespace") or self.namespace
        return manifest.get("kind") in (PROVIDER, POLICY) and namespace == self.namespace


def _identity(manifest: Manifest) -> tuple[Any, Any]:
    return manifest.get("kind"), _metadata(manifest).get("name")


def _metadata(manifest: Manifest) -> Mapping[str, Any]:
    metadata = manifest.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}
