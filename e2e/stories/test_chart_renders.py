"""The chart under the real Helm and the real API server: linted, refused, rendered as committed, and taken."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.chart import CHART, NAMESPACE, helm, render, sets, told
from e2e.stories.kubectl import CommandFailed, kubectl, sh
from e2e.stories.release import Release

NOT_SERVED = {"cert-manager.io/v1", "monitoring.coreos.com/v1"}
"""Whose CRDs come with other software than ours."""

every_set = pytest.mark.parametrize("values", sets(), ids=lambda path: path.name)

REFUSED = {
    "a value that is not there": (["replicas=2"], "replicas"),
    "a value that is not there, further inside": (["injector.replica=2"], "replica"),
    "a switch as text": (["crds.keep=maybe"], "keep"),
    "a webhook that is waited for too long": (["webhook.timeoutSeconds=30"], "timeoutSeconds"),
    "no Secret where certificates are provided": (
        ["webhook.certs.mode=provided", "webhook.certs.caBundle=-----BEGIN CERTIFICATE-----A-----END CERTIFICATE-----"],
        "webhook.certs.secretName is needed",
    ),
    "no CA where certificates are provided": (
        ["webhook.certs.mode=provided", "webhook.certs.secretName=tls"],
        "webhook.certs.caBundle is needed",
    ),
    "no account where none is made": (
        ["operator.serviceAccount.create=false"],
        "operator.serviceAccount.name is needed",
    ),
}


def test_helm_finds_nothing_to_say() -> None:
    assert "0 chart(s) failed" in sh(str(helm()), "lint", "--strict", str(CHART))


@pytest.mark.parametrize(("settings", "complaint"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_value_is_refused_before_anything_is_installed(settings: list[str], complaint: str) -> None:
    chosen = [f"--set={setting}" for setting in settings]
    with pytest.raises(CommandFailed, match=complaint):
        sh(str(helm()), "template", "optipath", str(CHART), *chosen)


@pytest.mark.case("X09")
@every_set
def test_helm_makes_of_a_set_what_is_committed(values: Path) -> None:
    assert told(render(values / "values.yaml", helm())) == (values / "rendered.yaml").read_text(), "run `make chart`"


@pytest.mark.row("B19", "B33", "D26")
@every_set
def test_the_api_server_takes_every_object_of_a_set(values: Path, installed: Release) -> None:
    assert installed.namespace == NAMESPACE
    rendered = yaml.safe_load_all(render(values / "values.yaml", helm()))
    # What `helm test` makes comes later, and is seen where it runs.
    objects = [each for each in rendered if "helm.sh/hook" not in each["metadata"].get("annotations", {})]
    taken = [each for each in objects if each["apiVersion"] not in NOT_SERVED]
    left_out = {each["kind"] for each in objects} - {each["kind"] for each in taken}
    expected = {
        "cert-manager": {"Certificate", "Issuer"},
        "monitored": {"ServiceMonitor", "PodMonitor", "PrometheusRule"},
    }
    assert left_out == expected.get(values.name, set())
    words = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-")
    said = kubectl(*words, given=yaml.safe_dump_all(taken))
    assert said.count("serverside-applied") == len(taken)


@pytest.mark.usefixtures("installed")
def test_the_api_server_finds_no_fault_with_what_the_policies_say() -> None:
    found: dict[str, Any] = json.loads(kubectl("get", "validatingadmissionpolicies", "-o", "json"))
    ours = [each for each in found["items"] if each["metadata"]["name"].startswith("optipath-")]
    assert len(ours) == 6
    for policy in ours:
        checked = policy["status"].get("typeChecking", {})
        assert not checked.get("expressionWarnings"), (policy["metadata"]["name"], checked)


@pytest.mark.row("B19")
def test_helm_test_passes(installed: Release) -> None:
    done = subprocess.run(
        [str(helm()), "test", "optipath", "-n", installed.namespace, "--timeout", "4m"],
        capture_output=True,
        text=True,
        timeout=260,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + kubectl("logs", "optipath-test", "-n", installed.namespace)
