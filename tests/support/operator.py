"""An operator and the tenants whose namespaces it looks after, told by the test what it sees."""

from typing import Any

from optipath_operator.channel.channel import Channel
from optipath_operator.channel.evidence import Provided
from optipath_operator.channel.token import Tokens
from optipath_operator.cluster import configmaps
from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.figures import provided
from optipath_operator.reconcile.gather import Gatherer
from optipath_operator.reconcile.handlers import Sighting
from optipath_operator.reconcile.intake import Intake
from optipath_operator.reconcile.namespace import Reconciler
from optipath_operator.reconcile.rollout import Rollout
from optipath_operator.reconcile.state import NamespaceState
from optipath_operator.reconcile.store import Store
from optipath_operator.reconcile.worklist import Lane
from optipath_operator.telemetry import Metrics
from optipath_snapshot import Egress, SnapshotFile, decode
from support.apiserver import ApiServer, config_path, model_provider, namespace, path_of, routing_policy
from support.catalogue import PAPER_CATALOGUE
from support.routers import Routers
from support.timers import Timers

SYSTEM = "optipath-system"
_OURS = ("Namespace", "ModelProvider", "RoutingPolicy")


class Operator:
    """What one operator knows, and the namespaces that it would look at next."""

    def __init__(self, api: ApiServer, timers: Timers | None = None) -> None:
        self.api, self.store, self.metrics = api, Store(SYSTEM), Metrics()
        self.leads, self.timers = True, timers or Timers()
        self.routers, self.tokens = Routers(), Tokens()
        self.channel = Channel(
            self.routers.ask,
            leads=lambda: self.leads,
            provided=self._provided,
            report=lambda name: self._touch(name, Lane.REPORT),
            metrics=self.metrics,
            now=self.timers,
            sleep=self.timers.sleep,
            tick_seconds=1.0,
        )
        self.rollout = Rollout(self._annotate, per_second=50.0)
        self.waiting: dict[str, Lane] = {}
        """Namespaces that were touched and not yet looked at, and how urgent that is."""
        self.intake = Intake(self.store, self._touch, lambda *, listed: None)
        self.gather = Gatherer(api, self.store, self._touch, catalogue=PAPER_CATALOGUE, egress=Egress())
        self.reconcile = Reconciler(
            api,
            self.store,
            self.gather,
            self.rollout,
            self.metrics,
            channel=self.channel,
            tokens=self.tokens,
            leads=lambda: self.leads,
            now=self.timers,
        )

    def sees(self, found: Json, *, gone: bool = False) -> None:
        """Be told of an object, as something that has just happened."""
        self.intake.seen(Sighting(found, gone=gone, listed=False))

    def sees_all(self) -> None:
        """Be told of everything that is there."""
        for found in tuple(self.api.objects.values()):
            if found.get("kind") in _OURS:
                self.store.take(found, gone=False)
            elif _is_config(found) and "app.kubernetes.io/managed-by" in found["metadata"].get("labels", {}):
                self.store.take_config(found)

    async def settles(self) -> dict[str, Lane]:
        """Look at whatever waits until nothing does; all that was looked at, and how urgent it was."""
        looked_at: dict[str, Lane] = {}
        while self.waiting:
            name, lane = next(iter(self.waiting.items()))
            del self.waiting[name]
            looked_at.setdefault(name, lane)
            await self.reconcile(name)
            await self.reconcile.report(name)
            for path in tuple(self.api.objects):
                if path == config_path(name):
                    self.intake.took(self.api.objects[path])
        return looked_at

    async def works_everywhere(self) -> None:
        """Look at every namespace, as at the beginning of a term."""
        for name, _ in self.store.states():
            self.waiting[name] = Lane.SWEEP
        await self.settles()

    def _provided(self, name: str) -> dict[str, Provided]:
        state = self.store.state(name)
        return provided(state) if state else {}

    def _touch(self, name: str | None, lane: Lane) -> None:
        if name is not None:
            self.waiting[name] = lane

    async def _annotate(self, namespace: str, pod: str, digest: str) -> int | None:
        raise AssertionError("nobody runs the rollout here")


class Tenant:
    """A namespace, as one operator sees and reconciles it."""

    def __init__(self, api: ApiServer, operator: Operator | None = None, name: str = "team-a") -> None:
        self.api, self.name = api, name
        self.operator = operator or Operator(api)
        self.store, self.metrics = self.operator.store, self.operator.metrics
        self.rollout, self.reconcile = self.operator.rollout, self.operator.reconcile
        self.gather = self.operator.gather

    def puts(self, manifest: Json) -> Json:
        """The tenant applies a manifest, of which nobody is told."""
        kind, name = manifest["kind"], manifest["metadata"]["name"]
        path = f"/api/v1/namespaces/{name}" if kind == "Namespace" else path_of(kind, name, self.name)
        status = self.api.objects.get(path, {}).get("status", {})
        return self.api.put(path, {"status": status} | manifest)

    def applies(self, *manifests: Json) -> list[str]:
        """The tenant applies manifests, and the operator sees them; the namespaces that this touches."""
        return [
            touched for manifest in manifests for touched in sorted(self.store.take(self.puts(manifest), gone=False))
        ]

    def edits(self, *manifests: Json) -> None:
        """The tenant applies manifests, and the operator will look at whatever they touch."""
        for manifest in manifests:
            self.operator.sees(self.puts(manifest))

    def deletes(self, kind: str, name: str) -> None:
        """The tenant deletes one of its resources, and the operator sees it."""
        self.operator.sees(self.api.remove(path_of(kind, name, self.name)), gone=True)

    def starts(self) -> None:
        """The tenant has a namespace with a provider and a policy."""
        self.applies(namespace(self.name), model_provider(), routing_policy())

    def sees_config(self) -> str | None:
        """The operator sees the ConfigMap as it is now."""
        return self.store.take_config(self.api.objects[config_path(self.name)])

    def sees_no_config(self) -> str | None:
        """The operator sees that the ConfigMap is gone, or not labelled as ours."""
        version = int(self.api.put("/nothing", {})["metadata"]["resourceVersion"])
        return self.store.lose_config(self.name, configmaps.NAME, version)

    async def works(self) -> None:
        """The operator reconciles the namespace once, and says so."""
        await self.reconcile(self.name)
        await self.reconcile.report(self.name)

    def restarted(self) -> "Tenant":
        """The same before another operator, that has seen what is there now."""
        other = Operator(self.api)
        other.sees_all()
        return Tenant(self.api, other, self.name)

    @property
    def state(self) -> NamespaceState:
        """What the operator knows."""
        state = self.store.state(self.name)
        assert state is not None
        return state

    @property
    def file(self) -> SnapshotFile:
        """What routers read."""
        return decode(self.api.objects[config_path(self.name)]["data"]["snapshot.json"].encode())

    @property
    def asked(self) -> list[str]:
        """What apps may ask for, by the routes that routers have."""
        return [name for route in self.file.snapshot.routes for name in route.match.models]

    @property
    def reached(self) -> list[str]:
        """The targets that routes lead to."""
        return [each.target for route in self.file.snapshot.routes for each in route.targets]

    def status(self, kind: str, name: str) -> Json:
        """A resource's status."""
        status: Json = self.api.objects[path_of(kind, name, self.name)]["status"]
        return status

    def condition(self, kind: str, name: str, of: str) -> dict[str, Any]:
        """A condition in a resource's status."""
        return next(each for each in self.status(kind, name)["conditions"] if each["type"] == of)

    def events(self) -> list[tuple[str, str]]:
        """Resource and reason of each Event that was posted."""
        posted = [each.body for each in self.api.requests if each.path.endswith("/events")]
        return [(body["involvedObject"]["name"], body["reason"]) for body in posted]

    def counted(self, metric: str, **labels: str) -> float:
        """A metric."""
        return self.metrics.registry.get_sample_value(metric, labels) or 0.0


def _is_config(found: Json) -> bool:
    return bool(found["metadata"].get("name") == configmaps.NAME and "data" in found)
