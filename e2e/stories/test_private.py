"""A private deployment: nothing leaves the cluster, and everything works."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

import pytest

from e2e.cluster.network import DOMAIN, NODE_IP, PODS, SERVICES
from e2e.stories.kubectl import get, kubectl, sh
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant, report
from e2e.stories.wire import listening

INSIDE = [ip_network(each) for each in (PODS, SERVICES, f"{NODE_IP}/32")]


@pytest.mark.row("B21", "D27")
@pytest.mark.usefixtures("cluster")
def test_a_model_in_the_cluster_serves_while_nothing_can_leave_it_and_nothing_tries(
    tenant: Tenant, installed: Release
) -> None:
    with _no_way_out(), listening() as seen:
        tenant.provider("ok-local", "ok-other")
        tenant.policy("ok-local")
        tenant.programmed()
        tenant.app()
        load = tenant.load(seconds=8, rate=20, streams=5)
        tenant.policy("ok-other")
        tenant.until_written("ok-other")
        done, _ = report(load)
        assert done["failed"] == 0, done
        assert tenant.until_answered_by("ok-other")["text"]
    ours = {_address("app", tenant.name), *_addresses(installed.namespace)}
    names, addresses = seen.names(ours), seen.addresses(ours)
    # The router asks where its model is, and the operator calls the API server: the ear did listen.
    assert any(name.startswith("simulator.paper.svc") for name in names)
    assert addresses
    assert [name for name in sorted(names) if not name.endswith(DOMAIN)] == []
    assert [each for each in sorted(addresses) if not _is_inside(each[0])] == []


@contextmanager
def _no_way_out() -> Iterator[None]:
    """The node forwards nothing from a pod to an address outside the cluster."""
    inside = ", ".join(map(str, INSIDE))
    rules = f"""
    table ip no_way_out {{
      chain out {{
        type filter hook forward priority -100;
        ip saddr {PODS} ip daddr != {{ {inside} }} counter drop
      }}
    }}"""
    sh("nft", "-f", "-", given=rules)
    try:
        yield
        counted = sh("nft", "list", "table", "ip", "no_way_out")
        assert "counter packets 0 " in counted, counted
    finally:
        subprocess.run(["nft", "delete", "table", "ip", "no_way_out"], check=True)


def _is_inside(address: str) -> bool:
    return any(ip_address(address) in network for network in INSIDE)


def _address(pod: str, namespace: str) -> str:
    return kubectl("get", "pod", pod, "-n", namespace, "-o", "jsonpath={.status.podIP}")


def _addresses(namespace: str) -> set[str]:
    return {pod["status"]["podIP"] for pod in get("pods", "-n", namespace)["items"]}
