"""Everything that concerns one namespace, as it was written."""

from dataclasses import dataclass, field
from typing import Final

from optipath_operator.catalogue.catalogue import Catalogue
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
    status_token_sha256: str | None = None
    """Hash of the token that opens the routers' /status."""
    operator_namespace: str = OPERATOR_NAMESPACE
    """Where policies with a scope are."""
    strict: bool = False
    """Read as files are read: unknown fields are refused, and manifests that are not for us are pointed out."""
