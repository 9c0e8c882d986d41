"""A router ends, as its pod goes or because it was killed."""

import json
import subprocess
import time
from typing import Any

import pytest

from e2e.stories.kubectl import get, kubectl, sh, until
from e2e.stories.tenant import Tenant, report


@pytest.mark.case("F06")
def test_a_pod_that_is_deleted_ends_its_streams_first(tenant: Tenant) -> None:
    tenant.provider("drip-200+tokens-25")
    tenant.policy("drip-200+tokens-25")
    tenant.programmed()
    # As process 1 it hears no SIGTERM: it goes on until its streams have ended, as an app does that stops properly.
    tenant.app(command=["python3", "calls.py", "load", "assistant", "--seconds=3", "--rate=1", "--streams=5"])
    time.sleep(1)
    load = tenant.logs_until_the_end()
    kubectl("delete", "pod", "app", "-n", tenant.name, "--wait=false")
    done, _ = report(load)
    assert done["failed"] == 0, done
    assert done["streamed"] >= 5


@pytest.mark.case("F07")
@pytest.mark.usefixtures("cluster")
def test_a_router_that_is_killed_comes_back_and_counts_nothing_twice(tenant: Tenant) -> None:
    tenant.provider("ok-cheap", "infinite-stream+drip-100")
    tenant.policy("infinite-stream+drip-100")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap", asking_for="ok-cheap")
    assert tenant.counted("optipath_requests_total") == 1
    words = ("kubectl", "exec", "app", "-n", tenant.name, "-c", "app", "--", "python3", "calls.py", "once", "assistant")
    stream = subprocess.Popen([*words, "--stream"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    until(lambda: tenant.counted("optipath_requests_in_flight") == 1, within=30, what="a stream without end is open")
    # From within the pod nobody can: it is process 1 there.
    sh("ctr", "tasks", "kill", "--signal=SIGKILL", _router(tenant)["containerID"].removeprefix("containerd://"))
    # An answer that did not finish: the SDK raises, and the program says so.
    assert "error" in json.loads(stream.communicate(timeout=30)[0])
    until(lambda: _router(tenant)["restartCount"] == 1 and _router(tenant)["started"], within=60, what="it is back")
    # What was before is neither counted again nor sent again; what comes after is counted once.
    for number in (1, 2):
        tenant.once("ok-cheap")
        assert tenant.counted("optipath_requests_total") == number
    assert tenant.counted("optipath_requests_in_flight") == 0


def _router(tenant: Tenant) -> dict[str, Any]:
    containers: list[dict[str, Any]] = get("pod", "app", "-n", tenant.name)["status"]["initContainerStatuses"]
    return containers[0]
