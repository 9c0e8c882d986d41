"""What every story stands on: OptiPath installed by its chart, a simulated provider, and tenants of their own.

make e2e                     in a cluster of its own
KUBECONFIG=… make e2e        in another, which has the images optipath:e2e and optipath-app:e2e
OPTIPATH_SOAK=1 make e2e     what is about time at the contract's full length, half an hour more
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.stories.audit import AuditLog
from e2e.stories.crd import changed_crd
from e2e.stories.kubectl import get, kubectl
from e2e.stories.release import Release, release
from e2e.stories.simulator import Simulator
from e2e.stories.tenant import Tenant, opted_in

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
        # What it has must not depend on what else this machine does.
        resources: {requests: {cpu: 200m}}
        readinessProbe: {httpGet: {path: /stats, port: 7090}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: simulator, namespace: paper}
spec:
  selector: {app: simulator}
  ports: [{port: 7090}]
"""

Writes = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def installed() -> Iterator[Release]:
    """OptiPath, installed by its chart."""
    with release("optipath", "optipath-system") as found:
        yield found


@pytest.fixture(scope="session")
def simulator() -> Simulator:
    """The simulated provider."""
    kubectl("apply", "-f", "-", given=PAPER)
    kubectl("rollout", "status", "deployment/simulator", "-n", "paper", "--timeout=90s")
    return Simulator()


@pytest.fixture(scope="session")
def paper(installed: Release, simulator: Simulator) -> str:  # noqa: ARG001  what it says of egress must be in force
    """The simulated provider's URL inside the cluster."""
    return simulator.url


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
def written_by() -> Callable[[str], Writes]:
    """What somebody has written since the last time one asked, by the API server's audit log."""
    path = os.environ.get("OPTIPATH_AUDIT_LOG")
    if path is None:
        pytest.skip("this cluster shows no audit log (OPTIPATH_AUDIT_LOG); one of `make e2e`'s own does")
    # What is being deleted for an earlier story is written about, too.
    namespaces = get("namespaces")["items"]
    ending = {each["metadata"]["name"] for each in namespaces if each["status"]["phase"] == "Terminating"}
    return lambda user: AuditLog(Path(path), user, ignoring=ending).since


@pytest.fixture
def writes(installed: Release, written_by: Callable[[str], Writes]) -> Writes:
    """What the operators have written since the last time one asked."""
    return written_by(installed.user)


@pytest.fixture
def cluster() -> Path:
    """The state folder of a cluster of `make e2e`'s own, whose parts can be made to fail."""
    folder = os.environ.get("OPTIPATH_CLUSTER")
    if folder is None:
        pytest.skip("only a cluster of `make e2e`'s own can be made to fail (OPTIPATH_CLUSTER)")
    return Path(folder)


@pytest.fixture
def older_crd(installed: Release) -> Iterator[None]:  # noqa: ARG001  the chart brings it
    """The API server checks no policy for a while, as one would whose CRD is of an older release."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    with changed_crd("routingpolicies.optipath.io", lambda _: anything):
        yield


def _tenant(paper: str, numbers: Iterator[int]) -> Iterator[Tenant]:
    with opted_in(f"team-{next(numbers)}", paper) as found:
        yield found
