"""Where nothing changes nothing is written, however much there is."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.stories.conftest import Writes
from e2e.stories.kubectl import get, kubectl, until
from e2e.stories.release import Release
from e2e.stories.soak import lasting
from e2e.stories.tenant import Tenant

NAMESPACES, PROVIDERS, POLICIES = 10, 10, 40


@pytest.fixture(scope="module")
def crowd(paper: str) -> Iterator[None]:
    """500 resources in ten namespaces, and all that had to be said of them has been said."""
    tenants = [Tenant(f"crowd-{number}", paper) for number in range(NAMESPACES)]
    items = [_namespace(each) for each in tenants] + [resource for each in tenants for resource in _resources(each)]
    try:
        kubectl("create", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        until(lambda: _programmed() == NAMESPACES * POLICIES, within=120, what="every policy is in its ConfigMap")
        yield
    finally:
        kubectl("delete", "namespace", *(each.name for each in tenants), "--ignore-not-found", "--wait=false")


@pytest.mark.case("O01")
@pytest.mark.usefixtures("crowd")
def test_five_hundred_resources_at_rest_make_no_writes(writes: Writes) -> None:
    until(lambda: _nothing_for_seconds(writes), within=60, what="the last conditions are written")
    time.sleep(lasting(600))
    assert writes() == []


@pytest.mark.case("O01")
@pytest.mark.usefixtures("crowd")
def test_a_restart_with_nothing_changed_writes_nothing(installed: Release, writes: Writes) -> None:
    first = installed.leader()
    installed.restart()
    until(lambda: installed.leader() != first, within=30, what="one of the new ones leads")
    time.sleep(5)  # whatever a new leader would write, it would have written by now
    assert writes() == []


def _namespace(tenant: Tenant) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": tenant.name}}


def _resources(tenant: Tenant) -> list[dict[str, Any]]:
    providers = [tenant.provider_object("ok-cheap", "ok-strong", name=f"paper-{each}") for each in range(PROVIDERS)]
    policies = [
        tenant.policy_object("ok-cheap", "ok-strong", name=f"chat-{each}", provider=f"paper-{each % PROVIDERS}")
        for each in range(POLICIES)
    ]
    return [{**each, "metadata": {**each["metadata"], "namespace": tenant.name}} for each in (*providers, *policies)]


def _programmed() -> int:
    conditions = (
        condition
        for policy in get("rp", "--all-namespaces")["items"]
        if policy["metadata"]["namespace"].startswith("crowd-")
        for condition in policy.get("status", {}).get("conditions", ())
    )
    return sum(each["type"] == "Programmed" and each["status"] == "True" for each in conditions)


def _nothing_for_seconds(writes: Writes) -> bool:
    writes()
    time.sleep(3)
    return not writes()
