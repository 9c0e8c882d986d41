"""A private deployment: nothing leaves the cluster, and everything works."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

import pytest

from e2e.cluster.network import DOMAIN, NODE_IP, PODS, SERVICES
from e2e.stories.kubectl import get, kubectl, sh
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant, report
from e2e.stories.wire import listening

ELSEWHERE = "192.0.2.1"
"""An address for documentation: nobody's."""
TRY = "import socket, sys; trying = socket.socket(); trying.settimeout(1); trying.connect_ex((sys.argv[1], 443))"
INSIDE = [ip_network(each) for each in (PODS, SERVICES, f"{NODE_IP}/32")]


@pytest.mark.row("B21", "D27")
@pytest.mark.usefixtures("cluster")
def test_a_model_in_the_cluster_serves_while_nothing_can_leave_it_and_nothing_tries(
    tenant: Tenant, installed: Release
) -> None:
    with _no_way_out() as dropped, listening() as seen:
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
        names = seen.names(ours)
        assert any(name.startswith("simulator.paper.svc") for name in names)
        assert [name for name in sorted(names) if not name.endswith(DOMAIN)] == []
        assert _outside(seen.addresses(ours)) == []
        assert dropped() == 0
        # Somebody who does try is heard, and held back: the ear hears, and the door is shut.
        tenant.run("python3", "-c", TRY, ELSEWHERE)
        assert _outside(seen.addresses(ours)) == [ELSEWHERE]
        assert dropped() > 0


@contextmanager
def _no_way_out() -> Iterator[Callable[[], int]]:
    """The node forwards nothing from a pod to an address outside the cluster; how many packets it has dropped."""
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
        yield _dropped
    finally:
        sh("nft", "delete", "table", "ip", "no_way_out")


def _dropped() -> int:
    found = re.search(r"counter packets (\d+)", sh("nft", "list", "table", "ip", "no_way_out"))
    assert found
    return int(found[1])


def _outside(connections: set[tuple[str, int]]) -> list[str]:
    """The addresses that are not the cluster's."""
    addresses = {address for address, _ in connections}
    return sorted(each for each in addresses if not any(ip_address(each) in network for network in INSIDE))


def _address(pod: str, namespace: str) -> str:
    return kubectl("get", "pod", pod, "-n", namespace, "-o", "jsonpath={.status.podIP}")


def _addresses(namespace: str) -> set[str]:
    return {pod["status"]["podIP"] for pod in get("pods", "-n", namespace)["items"]}
