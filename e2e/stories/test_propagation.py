"""An edit's way into every router, as its author sees it: who has it, who is behind, and who cannot be asked."""

import json
import statistics
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from e2e.stories.conftest import Writes
from e2e.stories.faults import held
from e2e.stories.fleet import Fleet, fleet
from e2e.stories.kubectl import condition, get, kubectl, until
from e2e.stories.simulator import Simulator
from e2e.stories.tenant import Tenant

MANY, EDITS = 20, 4
REACH_SECONDS = 3
PROVIDERS = {"acme": "far-1", "globex": "far-2", "local": "near"}


@pytest.mark.row("A28", "E19")
def test_an_edit_is_in_force_in_twenty_pods_within_seconds_and_the_status_says_so(
    tenant: Tenant, writes: Writes
) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    with fleet(tenant, "assistant", replicas=MANY, rate=1, streams=0) as pods:
        until(lambda: _routers(tenant) == f"{MANY}/{MANY}", within=90, what="all routers are counted")
        took: list[float] = []
        writes()
        for model in ("ok-strong", "ok-cheap") * (EDITS // 2):
            edited = time.time()
            tenant.policy(model)
            tenant.until_written(model)
            took += until(partial(_loaded, pods, since=edited), within=60, what="every router has it")
            until(lambda: _propagated(tenant)["status"] == "True", within=60, what="Propagated says so")
        middle, most = statistics.median(took), sorted(took)[int(len(took) * 0.95)]
        print(f"\nan edit in force in {MANY} pods, {len(took)} figures: median {middle:.2f} s, p95 {most:.2f} s")
        made = Counter(f"{each['verb']} {each['resource']}" for each in writes())
        print(f"what the operator wrote for {EDITS} edits: {dict(made)}")
        # A pod is told of an edit by one write; nothing else grows with the number of pods.
        assert made["patch pods"] <= EDITS * MANY
        assert sum(made.values()) - made["patch pods"] <= 10 * EDITS
        assert most <= 10 * REACH_SECONDS  # REACH_SECONDS is what is stated
        memory, cpu = zip(*(_process(tenant, pod) for pod in pods.pods()), strict=True)
        print(f"a router: {statistics.median(memory):.0f} MiB, {statistics.median(cpu):.2f} s of processor so far")
        assert max(memory) <= 200
        assert pods.complaints() == []


def test_a_router_that_cannot_be_asked_is_told_from_one_that_is_behind(tenant: Tenant, cluster: Path) -> None:
    tenant.provider("ok-cheap", "ok-strong")
    tenant.policy("ok-cheap")
    tenant.programmed()
    tenant.app()
    until(lambda: _propagated(tenant)["status"] == "True", within=60, what="the only router has it")
    # Nobody brings the change to the pod.
    with held(cluster, "kubelet"):
        tenant.policy("ok-strong")
        told = until(lambda: _with_reason(tenant, "Stale"), within=60, what="Propagated says who is behind")
    assert told["status"] == "False"
    assert "'app'" in told["message"]
    until(lambda: _propagated(tenant)["status"] == "True", within=90, what="it has been brought")

    # As behind a NetworkPolicy: the operator counts on a router there, and cannot connect to it.
    mute = tenant.app_object("mute", labels={"optipath.io/inject": "disabled", "optipath.io/router": "enabled"})
    tenant.apply(mute)
    tenant.ready("mute")
    until(lambda: _routers(tenant) == "1/2", within=120, what="one of two is counted")
    told = _propagated(tenant)
    assert told["status"] == "True"
    assert "1 of 2 routers could not be asked, such as pod 'mute'" in told["message"]
    kubectl("delete", "pod", "app", "-n", tenant.name, "--grace-period=1")
    told = until(lambda: _with_reason(tenant, "OutOfReach"), within=120, what="nobody is left who can be asked")
    assert told["status"] == "Unknown"


@pytest.mark.row("C07", "C24", "E19")
def test_when_all_external_providers_fail_a_local_one_answers_and_kubectl_shows_it(
    tenant: Tenant, simulator: Simulator
) -> None:
    for name, model in PROVIDERS.items():
        tenant.provider(model, name=name)
    policy = tenant.policy_object("far-1")
    policy["spec"]["rules"][0]["targets"] = [{"provider": name, "model": model} for name, model in PROVIDERS.items()]
    tenant.apply(policy)
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("far-1")
    try:
        simulator.behave(**{"far-1": "e503", "far-2": "e500"})
        with tenant.load(seconds=10, rate=5, streams=1) as load:
            until(lambda: _health(tenant, "acme") == "Down", within=120, what="kubectl get mp shows the first one down")
            until(lambda: _health(tenant, "globex") == "Down", within=120, what="and the second one")
            assert _health(tenant, "local") != "Down"
            shown = kubectl("get", "mp", "-n", tenant.name)
            assert shown.count("Down") == 2, shown
            assert tenant.once()["model"] == "near"
            assert load.wait(timeout=60) == 0
    finally:
        simulator.behave(**{"far-1": None, "far-2": None})
    tenant.until_answered_by("far-1", within=150)  # a breaker waits 30 s and longer before it asks again
    # It is called on, for who is not tried is not known to be well.
    until(
        lambda: tenant.once() and _health(tenant, "acme") == "Healthy", within=240, what="kubectl get mp shows it well"
    )


def _propagated(tenant: Tenant) -> dict[str, Any]:
    found = condition("rp", "chat", tenant.name, "Propagated")
    generation = get("rp", "chat", "-n", tenant.name)["metadata"]["generation"]
    return found if found.get("observedGeneration") == generation else {"status": "not yet"}


def _with_reason(tenant: Tenant, reason: str) -> dict[str, Any]:
    found = _propagated(tenant)
    return found if found.get("reason") == reason else {}


def _routers(tenant: Tenant) -> str:
    """How many routers have a policy, of all there are."""
    return _shown(tenant, "rp", "chat", "ROUTERS")


def _health(tenant: Tenant, provider: str) -> str:
    """How a provider does."""
    return _shown(tenant, "mp", provider, "HEALTH")


def _shown(tenant: Tenant, kind: str, name: str, column: str) -> str:
    """What `kubectl get` shows in a column, which may be empty."""
    head, row = kubectl("get", kind, name, "-n", tenant.name).splitlines()
    at = head.index(column)
    return row[at:].split(" ", 1)[0]


def _loaded(pods: Fleet, since: float) -> list[float]:
    """Seconds from a moment until each router had what the ConfigMap says now; none until all have it."""
    wanted, found = (pods.tenant.config() or {})["digest"], []
    for pod in pods.pods():
        told = json.loads(pods.tenant.admin("snapshot", pod["metadata"]["name"]))
        if told["digest"] != wanted:
            return []
        found.append(time.time() - told["age_seconds"] - since)
    return found


def _process(tenant: Tenant, pod: dict[str, Any]) -> tuple[float, float]:
    """MiB of memory and seconds of processor of a pod's router."""
    lines = tenant.metrics(pod["metadata"]["name"]).splitlines()
    told = dict(line.split() for line in lines if line.startswith("process_"))
    return float(told["process_resident_memory_bytes"]) / 2**20, float(told["process_cpu_seconds_total"])
