"""The CustomResourceDefinitions of a newer release come, and go again."""

import copy
import itertools
from typing import Any

import pytest

from e2e.stories.conftest import Writes
from e2e.stories.crd import Schema, changed_crd
from e2e.stories.kubectl import CommandFailed, apply, condition, get, until
from e2e.stories.tenant import Tenant

NEW = "fromTomorrow"


@pytest.mark.case("O13")
def test_what_is_stored_stays_in_force_while_the_schemas_gain_a_field_and_lose_it_again(
    tenant: Tenant, writes: Writes
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    stored, before = _stored(tenant), tenant.config_text()
    writes()
    with changed_crd("routingpolicies.optipath.io", _newer), changed_crd("modelproviders.optipath.io", _newer):
        until(lambda: _takes_the_new_field(tenant), within=20, what="the newer schema is in force")
        assert _stored(tenant) == stored
    until(lambda: not _takes_the_new_field(tenant), within=20, what="the older schema is in force again")
    assert _stored(tenant) == stored
    assert tenant.config_text() == before
    assert writes() == []
    # Changed schemas end every watch.
    tenant.policy("ok-strong")
    tenant.until_written("ok-strong")


@pytest.mark.case("O13")
def test_a_field_of_a_newer_release_is_passed_over_and_the_way_back_changes_nothing(tenant: Tenant) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    before = _content(tenant)
    with changed_crd("routingpolicies.optipath.io", _newer):
        # A watch begun under the older schema leaves the field out, and lives on for a moment: edit again.
        edits = (_of_tomorrow(tenant, str(number)) for number in itertools.count())

        def told_after_an_edit() -> dict[str, Any]:
            apply(next(edits), namespace=tenant.name)
            return _told_of_the_new_field(tenant)

        accepted = until(told_after_an_edit, within=40, what="the new field is taken, and the condition names it")
        assert accepted["status"] == "True"
        assert _content(tenant) == before
    until(lambda: NEW not in _stored(tenant)["chat"], within=20, what="the older schema leaves it out")
    tenant.policy("ok-cheap")
    until(lambda: not _told_of_the_new_field(tenant), within=20, what="nothing is left to say")
    assert _content(tenant) == before


def _newer(schema: Schema) -> Schema:
    newer = copy.deepcopy(schema)
    newer["properties"]["spec"]["properties"][NEW] = {"type": "string"}
    return newer


def _of_tomorrow(tenant: Tenant, value: str = "yes") -> dict[str, Any]:
    policy = tenant.policy_object("ok-cheap")
    return {**policy, "spec": {**policy["spec"], NEW: value}}


def _takes_the_new_field(tenant: Tenant) -> bool:
    try:
        apply(_of_tomorrow(tenant), namespace=tenant.name, how=["--dry-run=server"])
    except CommandFailed as error:
        if NEW not in str(error):
            raise
        return False
    return True


def _told_of_the_new_field(tenant: Tenant) -> dict[str, Any]:
    accepted = condition("rp", "chat", tenant.name, "Accepted")
    return accepted if NEW in accepted.get("message", "") else {}


def _stored(tenant: Tenant) -> dict[str, Any]:
    return {each["metadata"]["name"]: each["spec"] for each in get("mp,rp", "-n", tenant.name)["items"]}


def _content(tenant: Tenant) -> Any:
    """What is in force, but for how often the policy was edited."""
    found = tenant.config()
    assert found is not None
    for route in found["snapshot"]["routes"]:
        del route["policy"]["generation"]
    return found["snapshot"]
