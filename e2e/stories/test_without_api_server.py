"""The API server is gone for a minute, and who calls a model does not notice.

The last story by its name: the cluster's own controllers take a minute to recover, and others would wait for them.
"""

import time
from pathlib import Path

import pytest

from e2e.stories.faults import held
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
    with held(cluster, "kube-apiserver"):
        time.sleep(AWAY_SECONDS)
    until(lambda: kubectl("get", "--raw", "/readyz"), within=60, what="the API server is back")
    back = time.monotonic()
    tenant.policy("ok-strong")
    tenant.until_written("ok-strong", within=30)
    print(f"\nthe operator was at work {time.monotonic() - back:.1f} s after an outage of {back - begun:.0f} s")
    done = until(tenant.finished_load, within=60, what="the load is through")
    assert done["failed"] == 0, done
    assert done["streamed"] > 100
