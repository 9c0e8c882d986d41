"""What is known of one namespace: what stands in it, what was published for it, and what is to be said of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from optipath_operator.cluster.configmaps import RouterConfig
from optipath_operator.cluster.status import Observed
from optipath_operator.reconcile.inherited import Inherited
from optipath_operator.reconcile.wanted import Published, last_good
from optipath_operator.resources import Problem, ResourceRef, Severity
from optipath_operator.resources.reading import Manifest

INJECT: Final = "optipath.io/inject"


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as it was last seen."""

    manifest: Manifest
    uid: str
    version: int
    status: Observed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of the last look at a namespace."""

    problems: tuple[Problem, ...]
    wanted: Published
    tier: str | None = None
    """The namespace's, as it was compiled."""
    inherited: Mapping[ResourceRef, tuple[Inherited, ...]] = field(default_factory=dict)
    """What holds for a policy though others say it."""


@dataclass(slots=True)
class NamespaceState:
    """All that is known of one namespace."""

    uid: str = ""
    """Empty while no Namespace of this name has been seen, or when it is gone."""
    version: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    """They say whether it is opted in and which tier it has, and are what selectors look at."""
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
    lent: dict[str, str] = field(default_factory=dict)
    """Digests of those that others need, too, as they were last read; by name."""
    problems: Counter[Severity] = field(default_factory=Counter)
    verdict: Verdict | None = None
    """What is to be said in status."""
    figured: dict[ResourceRef, float] = field(default_factory=dict)
    """When this operator last wrote a resource's status for the sake of figures alone."""

    _good: tuple[object, Mapping[ResourceRef, Manifest]] | None = None

    @property
    def opted_in(self) -> bool:
        """Whether its pods get routers."""
        return self.labels.get(INJECT) == "enabled"

    @property
    def needs_config(self) -> bool:
        """Whether its routers, now or later, have something to read."""
        return not self.terminating and (self.opted_in or bool(self.resources))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing left to be known."""
        return not self.uid and not self.resources and self.config is None

    def good(self) -> Mapping[ResourceRef, Manifest]:
        """The last good form of each resource, as we published it; until then, as it stands in the ConfigMap."""
        config = self.config or self.lost
        said_by = config if self.sources is None else self.sources
        # A thousand namespaces may ask for what one of them shares.
        if self._good is None or self._good[0] is not said_by:
            self._good = said_by, _by_resource(last_good(config) if self.sources is None else self.sources)
        return self._good[1]

    def forget(self, ref: ResourceRef) -> None:
        """Forget the last good form of a resource that is gone: one of the same name is another one."""
        good = self.good()
        if ref in good:
            self.sources = tuple(manifest for other, manifest in good.items() if other != ref)

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

    def begin_anew(self, since: int) -> None:
        """Forget what was known until some version: a namespace of the same name, and perhaps of another tenant."""
        if self.config_version < since:
            self.config = None
        self.lost = self.published = self.sources = self.verdict = None
        self.lent.clear()
        self.problems.clear()

    def note_status(self, ref: ResourceRef, stored: Stored, written: Observed) -> None:
        """Note what was written into a resource's status, unless it has been seen anew meanwhile."""
        if self.resources.get(ref) is stored:
            self.resources[ref] = replace(stored, status=written)


def _by_resource(sources: Iterable[Manifest]) -> dict[ResourceRef, Manifest]:
    """Manifests by what they are of; what somebody has spoilt is of nothing."""
    found = {}
    for manifest in sources:
        match manifest:
            case {"kind": str(kind), "metadata": {"namespace": str(namespace), "name": str(name)}}:
                found[ResourceRef(kind, namespace, name)] = manifest
    return found
