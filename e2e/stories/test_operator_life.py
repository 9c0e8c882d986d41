"""The operator is restarted, killed and left alone; nobody's traffic notices."""

import math
import time

import pytest

from e2e.stories.conftest import Writes
from e2e.stories.kubectl import apply, get, kubectl, until
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant, report


@pytest.mark.case("O08")
def test_the_leader_is_killed_and_the_other_takes_over(tenant: Tenant, installed: Release) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    load = tenant.load(seconds=25, rate=20, streams=5)
    first = installed.leader()
    kubectl("delete", "pod", first, "-n", installed.namespace, "--grace-period=0", "--force")
    second = until(lambda: (now := installed.leader()) != first and now, within=30, what="another one leads")
    tenant.policy("ok-strong")
    tenant.until_answered_by("ok-strong", within=20)
    done, _ = report(load)
    assert done["failed"] == 0, done
    assert second != first


def test_a_stopping_leader_hands_over_within_seconds(installed: Release) -> None:
    first = installed.leader()
    installed.settled()
    started = time.monotonic()
    kubectl("delete", "pod", first, "-n", installed.namespace, "--wait=false")
    until(lambda: installed.leader() != first, within=30, what="another one leads")
    took = time.monotonic() - started
    print(f"\nhanded over after {took:.1f} s")
    assert took <= 10  # the figure to reach is 5; one that is killed is waited for 15


@pytest.mark.case("O02")
def test_a_config_map_changed_by_hand_is_restored_with_one_write(tenant: Tenant, writes: Writes) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    good = _content(tenant)
    name = ("configmap", "optipath-router", "-n", tenant.name)
    by_hand = {
        "edited": ("patch", *name, "--type=merge", "-p", '{"data":{"snapshot.json":"junk"}}'),
        "deleted": ("delete", *name),
        "relabelled": ("label", *name, "app.kubernetes.io/managed-by-"),
    }
    for what, words in by_hand.items():
        writes()
        kubectl(*words)
        until(lambda: _content(tenant) == good, within=60, what=f"restored after being {what}")
        labels = until(lambda: get(*name)["metadata"].get("labels", {}), within=60, what="its labels are back")
        assert labels["app.kubernetes.io/managed-by"] == "optipath-operator"
        time.sleep(2)
        assert [write["resource"] for write in writes()] == ["configmaps"], what


@pytest.mark.case("O15")
def test_a_hundred_edits_make_few_writes_and_the_last_one_holds(tenant: Tenant, writes: Writes) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    writes()
    # One kubectl for all of them, as a hundred would take half a minute; server-side, where each is one request.
    edits = [tenant.policy_object("ok-cheap") for _ in range(100)]
    for number, edit in enumerate(edits, 1):
        edit["spec"]["priority"] = number
    begun = time.monotonic()
    apply(*edits, namespace=tenant.name, how=["--server-side", "--force-conflicts"])
    took = time.monotonic() - begun
    generation = get("rp", "chat", "-n", tenant.name)["metadata"]["generation"]
    until(lambda: tenant.generation() == generation, within=20, what="the last edit is written")
    made = [write for write in writes() if write["resource"] == "configmaps"]
    print(f"\n100 edits in {took:.1f} s made {len(made)} writes of the ConfigMap")
    assert len(made) <= 5 * math.ceil(took)


def _content(tenant: Tenant) -> object:
    try:
        found = tenant.config()
    except ValueError:
        return None
    return found and found["snapshot"]
