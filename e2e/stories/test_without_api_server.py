"""The API server is gone for a minute, and who calls a model does not notice.

The last story by its name: the cluster's own controllers take a minute to recover, and others would wait for them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.stories.kubectl import get, kubectl, until
from e2e.stories.tenant import Tenant

AWAY_SECONDS = 60


@pytest.mark.case("O06")
def test_the_api_server_is_away_for_a_minute(tenant: Tenant, cluster: Path) -> None:
    # By its address, for a Service goes with its only node, which nobody has heard of for a minute.
    pod = get("pods", "-n", "paper", "-l", "app=simulator")["items"][0]
    tenant = Tenant(tenant.name, f"http://{pod['status']['podIP']}:7090/v1")
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    calls = f"python3 calls.py load assistant --seconds={AWAY_SECONDS + 10} --rate=20 --streams=5"
    # It calls by itself: kubectl exec goes through the API server.
    tenant.app(command=["sh", "-c", f"{calls}; sleep 600"])
    begun = time.monotonic()
    with _no_api_server(cluster):
        time.sleep(AWAY_SECONDS)
    back = time.monotonic()
    tenant.policy("ok-strong")
    tenant.until_written("ok-strong", within=30)
    print(f"\nthe operator was at work {time.monotonic() - back:.1f} s after an outage of {back - begun:.0f} s")
    done = until(tenant.finished_load, within=60, what="the load is through")
    assert done["failed"] == 0, done
    assert done["streamed"] > 100


@contextmanager
def _no_api_server(cluster: Path) -> Iterator[None]:
    """None for as long as the block lasts: it is stopped as hard as a machine stops, and started again."""
    hold = cluster / "hold" / "kube-apiserver"
    hold.touch()
    try:
        yield
    finally:
        hold.unlink()
        until(lambda: kubectl("get", "--raw", "/readyz"), within=60, what="the API server is back")
