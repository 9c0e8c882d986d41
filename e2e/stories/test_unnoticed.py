"""What an administrator does to a running installation, and what the apps notice of it: nothing."""

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from e2e.stories.fleet import Fleet, fleet
from e2e.stories.kubectl import CommandFailed, get, kubectl, sh, until
from e2e.stories.release import Release
from e2e.stories.simulator import Simulator
from e2e.stories.tenant import Tenant, opted_in

MODEL = "ok-lived"


@pytest.fixture(scope="module")
def tenant(paper: str) -> Iterator[Tenant]:
    """One tenant for all of it."""
    with opted_in("lived-in", paper) as found:
        found.provider(MODEL, "ok-next")
        found.policy(MODEL)
        found.programmed()
        yield found


@pytest.fixture(scope="module")
def pods(tenant: Tenant) -> Iterator[Fleet]:
    """Its app, which calls all the time; what all of its pods have to say in the end is heard here, too."""
    with fleet(tenant, "assistant") as found:
        yield found
        reports = found.end()
        calls = sum(sum(report["good"].values()) + report["streamed"] for report in reports.values())
        print(f"\n{len(reports)} pods made {calls} calls through all of it")
        assert [report["bad"] for report in reports.values() if report["bad"]] == []


@pytest.fixture(autouse=True)
def unnoticed(pods: Fleet, simulator: Simulator) -> Iterator[None]:
    """Whatever happens, calls go on, and none fails."""
    simulator.forget()
    yield
    assert pods.complaints() == []
    assert simulator.told()["count"] > 0


@pytest.mark.row("B19", "B33", "D26")
def test_an_upgrade_and_its_rollback(installed: Release, pods: Fleet) -> None:
    certificate = installed.certificate()
    before = _images(pods)
    installed.install("logLevel=DEBUG", "injection.resources.requests.cpu=20m")
    installed.alone()
    pods.roll()
    assert _requests(pods) == {"20m"}
    sh("helm", "rollback", installed.name, "-n", installed.namespace, "--wait", "--timeout=3m", seconds=200)
    installed.alone()
    pods.roll()
    assert _requests(pods) == {"50m"}
    assert _images(pods) == before
    # Made by the operator, in a Secret and configurations that the chart brings.
    assert installed.certificate() == certificate


@pytest.mark.row("A28")
def test_restarts_of_the_app_the_operator_and_the_injector_all_at_once(installed: Release, pods: Fleet) -> None:
    for deployment in (installed.operator, installed.injector):
        kubectl("rollout", "restart", f"deployment/{deployment}", "-n", installed.namespace)
    old = {pod["metadata"]["uid"] for pod in pods.pods()}
    pods.roll()
    installed.settled()
    assert not old & {pod["metadata"]["uid"] for pod in pods.pods()}
    assert _routers(pods) == {"optipath-router"}


def test_evictions_one_by_one_as_when_nodes_are_drained(installed: Release, pods: Fleet) -> None:
    ours = [("lived-in", pod) for pod in pods.pods()] + [(installed.namespace, pod) for pod in installed.pods_now()]
    assert len(ours) >= 6
    for namespace, pod in ours:
        until(partial(_evicted, namespace, pod), within=90, what=f"{pod['metadata']['name']} may go")
    installed.settled()
    pods.settled()
    assert _routers(pods) == {"optipath-router"}


@pytest.mark.case("W01")
def test_another_authority_signs_and_no_pod_is_refused_meanwhile(installed: Release, tenant: Tenant) -> None:
    before, reviews = installed.certificate(), list[str]()
    kubectl("annotate", "secret", "optipath-webhook-tls", "-n", installed.namespace, "optipath.io/rotate=now")
    pod = json.dumps(tenant.app_object("asked"))

    def renewed() -> bool:
        time.sleep(0.5)
        reviews.append(_reviewed(pod, tenant))
        return installed.certificate() != before and installed.served_certificates() == {installed.certificate()}

    begun = time.monotonic()
    until(renewed, within=300, what="every injector shows another authority's certificate")
    print(f"\nserved after {time.monotonic() - begun:.0f} s; {len(reviews)} pods were reviewed meanwhile")
    # The API server keeps connections; what it opens anew it must trust, too.
    reviews += [_reviewed(pod, tenant) for _ in range(10)]
    assert set(reviews) == {"pod/asked created (server dry run)"}


@pytest.mark.usefixtures("cluster")
def test_an_uninstall_leaves_everybody_served_and_another_installation_takes_over(
    installed: Release, tenant: Tenant
) -> None:
    tenant.app("survivor")
    installed.uninstall()
    try:
        kept = kubectl("get", "crd", "-o", "name").split()
        assert set(kept) >= CRDS
        gone = "mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies,clusterroles"
        assert "optipath" not in kubectl("get", gone, "-o", "name")
        # Its configuration is all that a router needs: one that begins again serves as before.
        sh("ctr", "tasks", "kill", "--signal=SIGKILL", _router(tenant)["containerID"].removeprefix("containerd://"))
        until(lambda: _is_back(tenant), within=60, what="it is back")
        assert tenant.once(app="survivor")["model"] == MODEL
    finally:
        installed.install()
    tenant.policy("ok-next")
    until(lambda: tenant.once(app="survivor")["model"] == "ok-next", within=30, what="an edit is in force again")
    tenant.app("newborn")
    assert tenant.once(app="newborn")["model"] == "ok-next"


CRDS = {
    f"customresourcedefinition.apiextensions.k8s.io/{name}.optipath.io"
    for name in ("modelproviders", "routingpolicies")
}


def _reviewed(pod: str, tenant: Tenant) -> str:
    """What the API server says of a pod that it asks the injector about."""
    try:
        return kubectl("create", "--dry-run=server", "-n", tenant.name, "-f", "-", given=pod).strip()
    except CommandFailed as error:
        return str(error)


def _evicted(namespace: str, pod: dict[str, Any]) -> bool:
    """Ask for a pod's eviction; the API server refuses as long as a budget does."""
    name = pod["metadata"]["name"]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    path = f"/api/v1/namespaces/{namespace}/pods/{name}/eviction"
    kubectl("create", "--raw", path, "-f", "-", given=json.dumps(eviction))
    return True


def _routers(pods: Fleet) -> set[str]:
    return {each["name"] for pod in pods.pods() for each in pod["spec"]["initContainers"]}


def _images(pods: Fleet) -> set[str]:
    return {each["image"] for pod in pods.pods() for each in pod["spec"]["initContainers"]}


def _requests(pods: Fleet) -> set[str]:
    return {each["resources"]["requests"]["cpu"] for pod in pods.pods() for each in pod["spec"]["initContainers"]}


def _is_back(tenant: Tenant) -> bool:
    router = _router(tenant)
    return bool(router["restartCount"] == 1 and router["ready"])


def _router(tenant: Tenant) -> dict[str, Any]:
    statuses: list[dict[str, Any]] = get("pod", "survivor", "-n", tenant.name)["status"]["initContainerStatuses"]
    return statuses[0]
