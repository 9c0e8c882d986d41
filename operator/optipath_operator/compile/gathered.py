"""Everything that concerns one namespace, as it was written."""

from dataclasses import dataclass, field

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Egress


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a snapshot is compiled from."""

    namespace: str
    manifests: tuple[Manifest, ...]
    """ModelProviders, RoutingPolicies and ConfigMaps, as YAML or the API gives them.

    One that names no namespace is of this one.
    """
    catalogue: Catalogue
    """Facts about models for those that a provider leaves out."""
    last_good: tuple[Manifest, ...] = ()
    """The `sources` of the previous `Compiled`; what stays in force of a resource that has become invalid."""
    egress: Egress = field(default_factory=Egress)
    """What the administrator allows to be called beside public hosts over https."""
    operator_namespace: str = "optipath-system"
    """Where policies with a scope live."""
    status_token_sha256: str | None = None
    """Hash of the token that opens the routers' /status."""
    strict: bool = False
    """Read as files are read: unknown fields are refused, and manifests that are not for us are pointed out."""
