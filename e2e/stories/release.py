"""OptiPath as an administrator installs it: by its chart, with Helm."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.stories.kubectl import kubectl, sh, until

CHART = Path(__file__).parents[2] / "deploy/helm/optipath"
VALUES = """
image: {repository: optipath, tag: e2e}
# The stories' own administrator repairs by hand, and OptiPath is installed twice.
admission: {breakGlassGroups: [system:masters, "kubeadm:cluster-admins", "system:serviceaccounts:optipath-second"]}
egress:
  allow:
  - {host: simulator.paper.svc, ports: [7090], plaintext: true}
  - {network: 10.0.0.0/8, ports: [7090], plaintext: true}
"""


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is installed, and its operators."""

    namespace: str
    operator: str
    """The name of their Deployment, and of their ServiceAccount."""

    @property
    def user(self) -> str:
        """Who they are to the API server."""
        return f"system:serviceaccount:{self.namespace}:{self.operator}"

    @property
    def pods(self) -> tuple[str, ...]:
        """How kubectl names their pods."""
        return "-n", self.namespace, "-l", "app.kubernetes.io/name=optipath,app.kubernetes.io/component=operator"

    def leader(self) -> str:
        """The pod that leads now, once one does."""
        words = ("get", "lease", "optipath-operator", "-n", self.namespace, "-o", "jsonpath={.spec.holderIdentity}")
        return until(lambda: kubectl(*words), within=30, what=f"somebody leads in {self.namespace}")

    def restart(self) -> None:
        """Replace all of them at once: a moment without any, and then others lead."""
        kubectl("delete", "pod", *self.pods)
        self.settled()

    def scale(self, replicas: int) -> None:
        """Have so many of them."""
        kubectl("scale", f"deployment/{self.operator}", "-n", self.namespace, f"--replicas={replicas}")
        if not replicas:
            kubectl("wait", "pod", *self.pods, "--for=delete", "--timeout=60s")
        self.settled()

    @contextmanager
    def one_that_asks(self, address: str) -> Iterator[None]:
        """One operator alone for as long as the block lasts, for which the API server is at port 443 of an address."""
        # Our client follows the variables; kopf knows the API server by its Service's name.
        variables = {"KUBERNETES_SERVICE_HOST": address, "KUBERNETES_SERVICE_PORT": "443"}
        environment = [{"name": name, "value": value} for name, value in variables.items()]
        pod = {
            "hostAliases": [{"ip": address, "hostnames": ["kubernetes.default.svc"]}],
            "containers": [{"name": "operator", "env": environment}],
        }
        patch = json.dumps({"spec": {"replicas": 1, "template": {"spec": pod}}})
        kubectl("patch", f"deployment/{self.operator}", "-n", self.namespace, "-p", patch)
        self.settled()
        try:
            yield
        finally:
            kubectl("rollout", "undo", f"deployment/{self.operator}", "-n", self.namespace)
            self.scale(2)

    def settled(self) -> None:
        """Wait until as many as there should be are ready."""
        where = (f"deployment/{self.operator}", "-n", self.namespace)
        kubectl("rollout", "status", *where, "--timeout=120s", seconds=130)


@contextmanager
def release(name: str, namespace: str, *settings: str) -> Iterator[Release]:
    """A release for as long as the block lasts; settings as Helm's `--set` takes them."""
    chosen = [f"--set={setting}" for setting in settings]
    words = ("upgrade", "--install", name, str(CHART), "-n", namespace, "--create-namespace", "-f", "-", *chosen)
    sh("helm", *words, "--wait", "--timeout=3m", given=VALUES, seconds=200)
    prefix = name if "optipath" in name else f"{name}-optipath"
    found = Release(namespace, f"{prefix}-operator")
    try:
        yield found
    finally:
        # The end of what the operators had to say, for whoever reads why a story failed.
        print(kubectl("logs", *found.pods, "--tail=40", "--prefix"))
        sh("helm", "uninstall", name, "-n", namespace)
