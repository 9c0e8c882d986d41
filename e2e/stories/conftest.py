"""What every story stands on: OptiPath installed by its chart, a simulated provider, and tenants of their own.

make e2e                     in a cluster of its own
KUBECONFIG=… make e2e        in another, which has the images optipath:e2e and optipath-app:e2e
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.stories.audit import AuditLog
from e2e.stories.kubectl import kubectl, sh, until
from e2e.stories.tenant import Tenant

ROOT = Path(__file__).parents[2]
SYSTEM = "optipath-system"
PAPER = """
apiVersion: v1
kind: Namespace
metadata: {name: paper}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: simulator, namespace: paper}
spec:
  selector: {matchLabels: {app: simulator}}
  template:
    metadata: {labels: {app: simulator}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: simulator
        image: optipath:e2e
        imagePullPolicy: IfNotPresent
        command: [optipath, simulate, --quiet, --listen, "0.0.0.0:7090"]
        readinessProbe: {httpGet: {path: /stats, port: 7090}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: simulator, namespace: paper}
spec:
  selector: {app: simulator}
  ports: [{port: 7090}]
"""
VALUES = """
image: {repository: optipath, tag: e2e}
egress:
  allow:
  - {host: simulator.paper.svc, ports: [7090], plaintext: true}
  - {network: 10.0.0.0/8, ports: [7090], plaintext: true}
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """OptiPath, installed by its chart; the namespace it is in."""
    values = tmp_path_factory.mktemp("values") / "values.yaml"
    values.write_text(VALUES)
    chart = str(ROOT / "deploy/helm/optipath")
    sh(
        "helm",
        "upgrade",
        "--install",
        "optipath",
        chart,
        "-n",
        SYSTEM,
        "--create-namespace",
        "-f",
        str(values),
        "--wait",
        "--timeout=3m",
        seconds=200,
    )
    yield SYSTEM
    # The end of what the operators had to say, for whoever reads why a story failed.
    print(kubectl("logs", "-n", SYSTEM, "-l", "app.kubernetes.io/name=optipath", "--tail=40", "--prefix"))
    sh("helm", "uninstall", "optipath", "-n", SYSTEM)


@pytest.fixture(scope="session")
def paper(installed: str) -> str:  # noqa: ARG001  what it says of egress must be in force
    """The simulated provider's URL inside the cluster."""
    kubectl("apply", "-f", "-", given=PAPER)
    kubectl("rollout", "status", "deployment/simulator", "-n", "paper", "--timeout=90s")
    return "http://simulator.paper.svc:7090/v1"


@pytest.fixture
def tenant(paper: str, numbers: Iterator[int]) -> Iterator[Tenant]:
    """A namespace of this story's own."""
    yield from _tenant(paper, numbers)


@pytest.fixture
def another(paper: str, numbers: Iterator[int]) -> Iterator[Tenant]:
    """A second tenant."""
    yield from _tenant(paper, numbers)


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Numbers that no other tenant has."""
    return itertools.count(1)


@pytest.fixture
def writes(installed: str) -> Callable[[], list[dict[str, object]]]:
    """What the operator has written since the last time one asked, by the API server's audit log."""
    path = os.environ.get("OPTIPATH_AUDIT_LOG")
    if path is None:
        pytest.skip("this cluster shows no audit log (OPTIPATH_AUDIT_LOG); one of `make e2e`'s own does")
    # What is being deleted for an earlier story is written about, too.
    until(lambda: "Terminating" not in kubectl("get", "namespaces"), within=120, what="earlier tenants are gone")
    return AuditLog(Path(path), f"system:serviceaccount:{installed}:optipath-operator").since


def _tenant(paper: str, numbers: Iterator[int]) -> Iterator[Tenant]:
    name = f"team-{next(numbers)}"
    kubectl("create", "namespace", name)
    yield Tenant(name, paper)
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def leader(installed: str) -> Callable[[], str]:
    """The pod that leads now."""

    def holder() -> str:
        words = ("get", "lease", "optipath-operator", "-n", installed, "-o", "jsonpath={.spec.holderIdentity}")
        return until(lambda: kubectl(*words), within=30, what="somebody leads")

    return holder
