"""The API server is away, or the operator is; who calls a model does not notice."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.stories.kubectl import get, kubectl, until
from e2e.stories.tenant import Tenant, report

AWAY_SECONDS = 60


@pytest.fixture
def api_server() -> Iterator[Callable[[bool], None]]:
    """Stops the API server as hard as a machine stops, and starts it again."""
    cluster = os.environ.get("OPTIPATH_CLUSTER")
    if cluster is None:
        pytest.skip("only a cluster of `make e2e`'s own can lose its API server (OPTIPATH_CLUSTER)")
    hold = Path(cluster, "hold", "kube-apiserver")

    def away(is_away: bool) -> None:  # noqa: FBT001  reads as what it says
        if is_away:
            hold.touch()
        else:
            hold.unlink(missing_ok=True)

    yield away
    away(False)  # noqa: FBT003  as above
    until(lambda: kubectl("get", "--raw", "/readyz"), within=60, what="the API server is back")


@pytest.mark.case("O06")
def test_the_api_server_is_away_for_a_minute(tenant: Tenant, api_server: Callable[[bool], None]) -> None:
    # By its address, for a Service goes with its only node, which nobody has heard of for a minute.
    pod = get("pods", "-n", "paper", "-l", "app=simulator")["items"][0]
    tenant = Tenant(tenant.name, f"http://{pod['status']['podIP']}:7090/v1")
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    # It calls by itself: kubectl exec goes through the API server.
    tenant.app(command=["sh", "-c", f"python3 calls.py load assistant --seconds {AWAY_SECONDS + 30}; sleep 600"])
    begun = time.monotonic()
    api_server(True)  # noqa: FBT003  reads as what it says
    time.sleep(AWAY_SECONDS)
    api_server(False)  # noqa: FBT003  as above
    until(lambda: kubectl("get", "--raw", "/readyz"), within=60, what="the API server is back")
    tenant.policy("ok-strong")
    back = time.monotonic()
    until(lambda: tenant.first_target() == "paper/ok-strong", within=60, what="an edit is written again")
    print(f"\nthe operator was at work {time.monotonic() - back:.1f} s after an outage of {back - begun:.0f} s")
    done = until(tenant.finished_load, within=120, what="the load is through")
    assert done["failed"] == 0, done
    assert done["streamed"] > 100


@pytest.mark.case("O10")
def test_a_namespace_is_deleted_while_no_operator_runs(tenant: Tenant, installed: str) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    deployment = ("deployment/optipath-operator", "-n", installed)
    kubectl("scale", *deployment, "--replicas=0")
    kubectl("wait", "pod", "-n", installed, "-l", "app.kubernetes.io/name=optipath", "--for=delete", "--timeout=60s")
    try:
        kubectl("delete", "namespace", tenant.name, "--timeout=60s")
    finally:
        kubectl("scale", *deployment, "--replicas=2")
        kubectl("rollout", "status", *deployment, "--timeout=120s")
    kubectl("create", "namespace", tenant.name)


@pytest.mark.case("F06")
def test_a_pod_that_is_deleted_ends_its_streams_first(tenant: Tenant) -> None:
    tenant.provider("drip-200+tokens-40")
    tenant.policy("drip-200+tokens-40")
    tenant.programmed()
    # As process 1 it hears no SIGTERM: it goes on until its streams have ended, as an app does that stops properly.
    tenant.app(command=["python3", "calls.py", "load", "assistant", "--seconds=4", "--rate=1", "--streams=5"])
    time.sleep(2)
    load = tenant.logs_until_the_end()
    kubectl("delete", "pod", "app", "-n", tenant.name, "--wait=false")
    done, _ = report(load)
    assert done["failed"] == 0, done
    assert done["streamed"] >= 5
