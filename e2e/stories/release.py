"""OptiPath as an administrator installs it: by its chart, with Helm."""

import base64
import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.stories.kubectl import get, kubectl, sh, until

_INSTANCE = "app.kubernetes.io/instance"
CHART = Path(__file__).parents[2] / "deploy/helm/optipath"
IMAGE = "optipath:e2e"
VALUES = """
image: {repository: optipath, tag: e2e}
# The stories' own administrator repairs by hand, and OptiPath is installed twice.
admission: {breakGlassGroups: [system:masters, "kubeadm:cluster-admins", "system:serviceaccounts:optipath-second"]}
# As short as it may be: a certificate changes in minutes, and not in a quarter of an hour.
webhook: {certs: {overlapSeconds: 90}}
egress:
  allow:
  - {host: simulator.paper.svc, ports: [7090], plaintext: true}
  - {network: 10.0.0.0/8, ports: [7090], plaintext: true}
"""


@dataclass(frozen=True, slots=True)
class Release:
    """A release that is installed, its operators and its injectors."""

    name: str
    namespace: str
    operator: str
    """The name of the operators' Deployment, and of their ServiceAccount."""
    injector: str
    """The name of the injectors' Deployment."""
    settings: tuple[str, ...] = ()
    """What it was installed with, as Helm's `--set` takes it."""

    def install(self, *settings: str) -> None:
        """Install it, or upgrade it to other settings on top of its own, and wait until it is ready."""
        chosen = [f"--set={setting}" for setting in (*self.settings, *settings)]
        words = ("upgrade", "--install", self.name, str(CHART), "-n", self.namespace, "--create-namespace", "-f", "-")
        sh("helm", *words, *chosen, "--wait", "--timeout=3m", given=VALUES, seconds=200)

    def uninstall(self) -> None:
        """Take it away, with all that Helm takes along."""
        sh("helm", "uninstall", self.name, "-n", self.namespace, "--wait", seconds=200)

    @property
    def user(self) -> str:
        """Who they are to the API server."""
        return f"system:serviceaccount:{self.namespace}:{self.operator}"

    @property
    def pods(self) -> tuple[str, ...]:
        """How kubectl names their pods."""
        return "-n", self.namespace, "-l", f"{_INSTANCE}={self.name},app.kubernetes.io/component=operator"

    def pods_now(self) -> list[dict[str, Any]]:
        """All of its pods, operators and injectors, that are not about to end."""
        found = get("pods", "-n", self.namespace, "-l", f"{_INSTANCE}={self.name}")["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def logs(self, tail: int = -1) -> str:
        """What its pods have said."""
        words = ("logs", "-n", self.namespace, "-l", f"{_INSTANCE}={self.name}", "--prefix", "--max-log-requests=20")
        return kubectl(*words, f"--tail={tail}")

    def certificate(self) -> str:
        """The certificate that its webhooks are to show, in PEM."""
        data = get("secret", "optipath-webhook-tls", "-n", self.namespace)["data"]
        return _first(base64.b64decode(data["tls.crt"]).decode())

    def served_certificates(self) -> set[str]:
        """Those that its injectors do show."""
        pods = get("pods", "-n", self.namespace, "-l", f"{_INSTANCE}={self.name},app.kubernetes.io/component=injector")
        addresses = [pod["status"]["podIP"] for pod in pods["items"]]
        return {_first(ssl.get_server_certificate((address, 9443), timeout=5)) for address in addresses}

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
        """Wait until as many as there should be are ready, of both."""
        for deployment in (self.operator, self.injector):
            where = (f"deployment/{deployment}", "-n", self.namespace)
            kubectl("rollout", "status", *where, "--timeout=120s", seconds=130)

    def alone(self) -> None:
        """Wait until none of an earlier form is left: an injector that ends answers for ten seconds more."""
        of_it = ("pods", "-n", self.namespace, "-l", f"{_INSTANCE}={self.name}")
        until(lambda: len(self.pods_now()) == len(get(*of_it)["items"]), within=60, what="the old ones have ended")


@contextmanager
def release(name: str, namespace: str, *settings: str) -> Iterator[Release]:
    """A release for as long as the block lasts; settings as Helm's `--set` takes them."""
    prefix = name if "optipath" in name else f"{name}-optipath"
    found = Release(name, namespace, f"{prefix}-operator", f"{prefix}-injector", settings)
    found.install()
    try:
        yield found
    finally:
        # The end of what its pods had to say, for whoever reads why a story failed.
        print(found.logs(tail=40))
        sh("helm", "uninstall", name, "-n", namespace)


def _first(pem: str) -> str:
    """The first certificate of a text, as it is written everywhere."""
    found = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END", pem, re.DOTALL)
    assert found, "there is no certificate"
    return "".join(found[1].split())
