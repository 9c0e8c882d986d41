"""A policy is edited while the app calls."""

import time

import pytest

from e2e.stories.tenant import Tenant, report


@pytest.mark.row("A16")
@pytest.mark.case("F01")
def test_an_edit_under_load_loses_nothing_and_is_in_force_within_seconds(tenant: Tenant) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-cheap")
    load = tenant.load(seconds=15)
    time.sleep(5)
    edited = time.time()
    tenant.policy("ok-strong")
    done, firsts = report(load)
    assert done["failed"] == 0, done
    assert done["streamed"] > 20
    assert len(done["good"]) == 2
    took = firsts[-1]["at"] - edited
    calls, streams = sum(done["good"].values()), done["streamed"]
    print(f"\nin force in the pod {took:.2f} s after the edit; {calls} calls and {streams} streams, none lost")
    assert firsts[-1]["model"] == "ok-strong"
    assert took <= 10  # the figure to reach is 3; a busy machine may take longer, kubelet by itself takes 60 to 90
