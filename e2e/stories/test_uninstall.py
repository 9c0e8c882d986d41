"""OptiPath is uninstalled, and installed again: no caller of a model notices, and nothing waits for what is gone."""

import json

import pytest

from e2e.stories.kubectl import get, kubectl, sh
from e2e.stories.release import Release, install
from e2e.stories.tenant import Tenant

CLUSTER_WIDE = (
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "clusterroles",
    "clusterrolebindings",
)
OURS = "app.kubernetes.io/name=optipath"


@pytest.mark.row("B19")
def test_running_pods_stay_served_and_nothing_hangs_when_the_release_is_gone(
    tenant: Tenant, another: Tenant, installed: Release
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    kubectl("label", "namespace", another.name, "optipath.io/inject=enabled")
    sh("helm", "uninstall", "optipath", "-n", installed.namespace, "--wait")
    try:
        for kind in CLUSTER_WIDE:
            assert kubectl("get", kind, "-l", OURS, "-o", "name") == "", kind
        tenant.until_answered_by("ok-cheap")
        assert tenant.config() is not None
        # Pods of a namespace that asked for routers start without: nobody is asked any more.
        pod = {"containers": [{"name": "app", "image": "optipath:e2e", "command": ["sleep", "60"]}]}
        overrides = json.dumps({"spec": pod})
        kubectl("run", "app", "-n", another.name, "--image=optipath:e2e", f"--overrides={overrides}")
        kubectl("wait", "pod/app", "-n", another.name, "--for=condition=Ready", "--timeout=60s")
        assert "initContainers" not in get("pod", "app", "-n", another.name)["spec"]
        kubectl("delete", "namespace", another.name, "--timeout=60s")
    finally:
        install("optipath", installed.namespace)
    kubectl("create", "namespace", another.name)
    tenant.policy("ok-strong")
    tenant.until_written("ok-strong")
    tenant.until_answered_by("ok-strong")
