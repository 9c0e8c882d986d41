"""An operator's view of one namespace, told by the test what it sees."""

from typing import Any

from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.namespace import Reconciler
from optipath_operator.reconcile.rollout import Rollout
from optipath_operator.reconcile.store import NamespaceState, Store
from optipath_operator.telemetry import Metrics
from optipath_snapshot import Egress, SnapshotFile, decode
from support.apiserver import ApiServer, config_path, model_provider, namespace, path_of, routing_policy
from support.catalogue import PAPER_CATALOGUE


class Tenant:
    """The namespace team-a, as one operator sees and reconciles it."""

    def __init__(self, api: ApiServer) -> None:
        self.api, self.store, self.metrics = api, Store(), Metrics()
        self.leads = True
        self.rollout = Rollout(self._annotate, per_second=50.0)
        self.reconcile = Reconciler(
            api,
            self.store,
            self.rollout,
            self.metrics,
            leads=lambda: self.leads,
            catalogue=PAPER_CATALOGUE,
            egress=Egress(),
        )

    async def _annotate(self, namespace: str, pod: str, digest: str) -> int | None:
        raise AssertionError("nobody runs the rollout here")

    def applies(self, *manifests: Json) -> list[str | None]:
        """The tenant applies manifests, and the operator sees them."""
        touched = []
        for manifest in manifests:
            kind, name = manifest["kind"], manifest["metadata"]["name"]
            path = f"/api/v1/namespaces/{name}" if kind == "Namespace" else path_of(kind, name)
            status = self.api.objects.get(path, {}).get("status", {})
            touched.append(self.store.take(self.api.put(path, {"status": status} | manifest), gone=False))
        return touched

    def deletes(self, kind: str, name: str) -> str | None:
        """The tenant deletes one of its resources, and the operator sees it."""
        return self.store.take(self.api.remove(path_of(kind, name)), gone=True)

    def starts(self) -> None:
        """The tenant has a namespace with a provider and a policy."""
        self.applies(namespace(), model_provider(), routing_policy())

    def sees_config(self) -> str | None:
        """The operator sees the ConfigMap as it is now."""
        return self.store.take_config(self.api.objects[config_path()])

    def sees_no_config(self) -> str | None:
        """The operator sees that the ConfigMap is gone, or not labelled as ours."""
        version = int(self.api.put("/nothing", {})["metadata"]["resourceVersion"])
        return self.store.lose_config("team-a", "optipath-router", version)

    async def works(self) -> None:
        """The operator reconciles the namespace once, and says so."""
        await self.reconcile("team-a")
        await self.reconcile.report("team-a")

    def restarted(self) -> "Tenant":
        """Another operator, that has seen what is there now."""
        other = Tenant(self.api)
        for path, found in self.api.objects.items():
            if "kind" in found and found["kind"] in ("Namespace", "ModelProvider", "RoutingPolicy"):
                other.store.take(found, gone=False)
            elif path == config_path() and "app.kubernetes.io/managed-by" in found["metadata"].get("labels", {}):
                other.store.take_config(found)
        return other

    @property
    def state(self) -> NamespaceState:
        """What the operator knows."""
        state = self.store.state("team-a")
        assert state is not None
        return state

    @property
    def file(self) -> SnapshotFile:
        """What routers read."""
        return decode(self.api.objects[config_path()]["data"]["snapshot.json"].encode())

    @property
    def asked(self) -> list[str]:
        """What apps may ask for, by the routes that routers have."""
        return [name for route in self.file.snapshot.routes for name in route.match.models]

    def condition(self, kind: str, name: str, of: str) -> dict[str, Any]:
        """A condition in a resource's status."""
        status = self.api.objects[path_of(kind, name)]["status"]
        return next(each for each in status["conditions"] if each["type"] == of)

    def events(self) -> list[tuple[str, str]]:
        """Resource and reason of each Event that was posted."""
        posted = [each.body for each in self.api.requests if each.path.endswith("/events")]
        return [(body["involvedObject"]["name"], body["reason"]) for body in posted]

    def counted(self, metric: str, **labels: str) -> float:
        """A metric."""
        return self.metrics.registry.get_sample_value(metric, labels) or 0.0
