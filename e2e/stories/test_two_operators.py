"""Two operators write at once, as they do where OptiPath was installed twice."""

import json
import time
from collections.abc import Callable

import pytest

from e2e.stories.conftest import Writes
from e2e.stories.kubectl import condition, get, kubectl, until
from e2e.stories.release import Release, release
from e2e.stories.soak import lasting
from e2e.stories.tenant import Tenant

EDITS = int(lasting(300))


@pytest.mark.case("O08")
def test_they_agree_and_write_little_more_than_one_does(
    tenant: Tenant, installed: Release, written_by: Callable[[str], Writes]
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-strong")
    tenant.programmed()
    first = written_by(installed.user)
    _edit(tenant, range(EDITS))
    alone = len(first())
    # Its Lease is in its own namespace, so that it leads, too.
    # As far as policies go it is a stranger, whom the first release admits by name.
    settings = ("crds.enabled=false", "operator.replicas=1", "injector.replicas=1", "admission.policies.enabled=false")
    with release("second", "optipath-second", *settings) as other:
        _share_the_key(installed, other)
        assert other.leader()
        second = written_by(other.user)
        first()
        _edit(tenant, range(EDITS, 2 * EDITS))
        together = len(first()) + len(second())
        print(f"\n{EDITS} edits: one operator made {alone} writes, two made {together}")
        assert together <= 2 * alone
        time.sleep(3)  # what one of them would take back from the other, it would have taken back by now
        assert (first(), second()) == ([], [])
        assert tenant.first_target() == f"paper/{_target(2 * EDITS - 1)}"
        assert condition("rp", "chat", tenant.name, "Programmed")["observedGeneration"] == tenant.generation()


def _share_the_key(one: Release, other: Release) -> None:
    """Have both derive the same tokens, as deploy/README.md says: they are part of what each writes."""
    secret = ("secret", "optipath-status-key", "-n")
    until(lambda: "key" in (get(*secret, one.namespace).get("data") or {}), within=30, what="a status key is made")
    data = {"key": get(*secret, one.namespace)["data"]["key"]}
    kubectl("patch", *secret, other.namespace, "--type=merge", "-p", json.dumps({"data": data}))
    other.restart()


def _edit(tenant: Tenant, numbers: range) -> None:
    """One edit after the other, each when the last one is in the ConfigMap."""
    for number in numbers:
        tenant.policy(_target(number))
        tenant.until_written(_target(number))
    time.sleep(3)  # for the conditions, and for whoever is slower


def _target(number: int) -> str:
    return "ok-strong" if number % 2 else "ok-cheap"
