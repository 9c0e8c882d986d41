"""The API server is unwell, or there is no operator; who calls a model does not notice."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.cluster.network import NODE_IP
from e2e.stories.gate import SILENT, TOO_MANY, UNAUTHORIZED, UNAVAILABLE, WELL, gate
from e2e.stories.kubectl import kubectl
from e2e.stories.release import Release
from e2e.stories.soak import lasting
from e2e.stories.tenant import Tenant, report

UNWELL_SECONDS = lasting(300)
AT_FIRST = 15
"""What is asked in the first seconds of an outage, before everybody has learned of it and takes longer pauses."""


@pytest.fixture
def behave(installed: Release, cluster: Path) -> Iterator[Callable[[str], int]]:
    """Tells a gate, which the only operator has to go through, how to behave."""
    with gate(cluster, 443) as told, installed.one_that_asks(NODE_IP):
        yield told


@pytest.mark.case("O06")
def test_an_api_server_that_hangs_or_refuses_is_seldom_asked_and_soon_believed_again(
    tenant: Tenant, behave: Callable[[str], int]
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    moods = {SILENT: "ok-strong", UNAVAILABLE: "ok-cheap", TOO_MANY: "ok-strong", UNAUTHORIZED: "ok-cheap"}
    load = tenant.load(seconds=len(moods) * UNWELL_SECONDS, rate=10, streams=2)
    for mood, edited in moods.items():
        before = behave(mood)
        tenant.policy(edited)
        time.sleep(UNWELL_SECONDS)
        assert tenant.first_target() != f"paper/{edited}", f"{mood}: the operator has gone another way"
        asked = behave(WELL) - before
        back = time.monotonic()
        tenant.until_written(edited, within=30)
        print(f"\n{mood}: asked {asked} times in {UNWELL_SECONDS:g} s, at work after {time.monotonic() - back:.1f} s")
        assert asked <= UNWELL_SECONDS + AT_FIRST
    done, _ = report(load)
    assert done["failed"] == 0, done


@pytest.mark.case("O10")
def test_a_namespace_is_deleted_while_no_operator_runs(tenant: Tenant, installed: Release) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    installed.scale(0)
    try:
        kubectl("delete", "namespace", tenant.name, "--timeout=60s")
    finally:
        installed.scale(2)
    kubectl("create", "namespace", tenant.name)
