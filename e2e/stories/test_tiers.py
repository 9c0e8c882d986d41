"""Tiers: policies of the platform, a label on a namespace, and apps that know of neither."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from e2e.stories.examples import EXAMPLES, simulated
from e2e.stories.kubectl import apply, condition, get, kubectl, until
from e2e.stories.release import Release
from e2e.stories.simulator import Simulator, fingerprint
from e2e.stories.tenant import Tenant, report

TIER = "optipath.io/sla-tier"
KEY = "sk-for-all-tiers"
IN_FORCE_SECONDS = 3
FIRST = {"gold": "gpt-5", "silver": "gpt-5-mini", "": "gpt-5-nano"}
"""What the example answers `assistant` with, in each tier; a namespace that is in none is bronze."""


class Platform:
    """Who owns the operator's namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    @contextmanager
    def says(self, *objects: dict[str, Any]) -> Iterator[None]:
        """Apply these, for as long as the block lasts."""
        apply(*objects)
        names = [f"{each['kind'].lower()}/{each['metadata']['name']}" for each in objects]
        try:
            yield
        finally:
            kubectl("delete", "-n", self.namespace, "--ignore-not-found", *names)

    def labels(self, tenant: Tenant, **labels: str) -> None:
        """Label a namespace; an empty value takes the label away."""
        words = [f"{name}={value}" if value else f"{name}-" for name, value in labels.items()]
        kubectl("label", "namespace", tenant.name, "--overwrite", *words)

    def tier(self, tenant: Tenant, name: str) -> None:
        """Give a namespace a tier, or none."""
        self.labels(tenant, **{TIER: name})


@pytest.fixture(scope="module")
def platform(installed: Release) -> Platform:
    """The platform team."""
    return Platform(installed.namespace)


@pytest.fixture
def tiers(platform: Platform, simulator: Simulator) -> Iterator[Platform]:
    """Gold, silver and bronze as the example has them."""
    with platform.says(*simulated(EXAMPLES / "tiers/tiers.yaml", simulator)):
        yield platform


@pytest.mark.row("A28", "B33")
def test_a_label_gives_an_app_another_tier_and_without_it_falls_back_to_the_default(
    tenant: Tenant, tiers: Platform, simulator: Simulator
) -> None:
    tenant.secret(openai=KEY, openai__hosts=simulator.host)
    tenant.app()
    tenant.until_answered_by(FIRST[""])
    before = get("pod", "app", "-n", tenant.name)["metadata"]["uid"]
    for tier in ("gold", "silver", ""):
        labelled = time.monotonic()
        tiers.tier(tenant, tier)
        answer = tenant.until_answered_by(FIRST[tier])
        took = time.monotonic() - labelled
        print(f"\n{tier or 'no tier'}: in force {took:.1f} s after the label")
        assert took <= 10 * IN_FORCE_SECONDS  # IN_FORCE_SECONDS is what is stated, the time of the call included
        assert answer["policy"].startswith(f"{tiers.namespace}/{tier or 'bronze'}@")
    assert get("pod", "app", "-n", tenant.name)["metadata"]["uid"] == before


@pytest.mark.row("A28", "A38")
def test_a_tier_limits_how_much_is_under_way_and_what_may_be_asked_for(
    tenant: Tenant, tiers: Platform, simulator: Simulator
) -> None:
    tenant.secret(openai=KEY, openai__hosts=simulator.host)
    tenant.provider("ok-strong", name="own")
    tenant.app()
    tenant.until_answered_by(FIRST[""])
    told = tenant.refused("ok-strong")
    assert '"status": 403' in told
    assert "policy_denied" in told
    assert f"{tiers.namespace}/bronze" in told
    simulator.behave(**{"gpt-5-nano": "slow-1s"})
    try:
        done, _ = report(tenant.load(seconds=4, rate=20, streams=0))
    finally:
        simulator.behave(**{"gpt-5-nano": None})
    # Four at once, each a second long: of eighty calls some sixteen are answered, and the others told to come back.
    assert 8 <= sum(done["good"].values()) <= 28, done
    assert done["bad"], done
    assert all("429" in each and "rate_limited" in each for each in done["bad"]), done
    tiers.tier(tenant, "gold")
    tenant.until_answered_by("ok-strong", asking_for="ok-strong")


@pytest.mark.row("A27")
@pytest.mark.case("X11")
@pytest.mark.usefixtures("older_crd")
def test_who_breaks_its_own_policy_escapes_no_tier_and_disturbs_nobody(
    tenant: Tenant, another: Tenant, platform: Platform
) -> None:
    for each in (tenant, another):
        each.provider("ok-strong", "ok-cheap")
        each.policy("ok-strong", "ok-cheap")
        each.programmed()
        each.app()
        each.until_answered_by("ok-strong")
    before = another.config_text()
    broken = tenant.policy_object("ok-strong")
    broken["spec"]["rules"][0]["strategy"] = {"ordered": {}, "weighted": {}}
    until(lambda: tenant.apply(broken), within=20, what="the looser CRD is in force")
    until(lambda: _is_false(tenant, "Accepted"), within=20, what="the operator has refused it")
    assert tenant.once()["model"] == "ok-strong"
    # What was good of it is merged with what is said since.
    with platform.says(_clamp("strict", platform, "ok-cheap")):
        platform.tier(tenant, "strict")
        tenant.until_answered_by("ok-cheap")
        assert "policy_denied" in tenant.refused("ok-strong")
        assert _is_false(tenant, "Accepted")
        assert another.once()["model"] == "ok-strong"
        assert another.config_text() == before


@pytest.mark.row("A32")
def test_the_same_app_is_answered_by_a_cheap_model_in_development_and_by_a_strong_one_in_production(
    tenant: Tenant, another: Tenant, platform: Platform, simulator: Simulator
) -> None:
    with platform.says(*simulated(EXAMPLES / "dev-and-prod/policies.yaml", simulator)):
        for each, env, model in ((tenant, "dev", "gpt-5-nano"), (another, "prod", "gpt-5")):
            platform.labels(each, env=env)
            each.secret(openai=KEY, openai__hosts=simulator.host)
            each.app()
            each.until_answered_by(model)


@pytest.mark.case("X03")
@pytest.mark.row("A27")
def test_a_shared_provider_is_used_with_the_consumer_s_own_key_and_is_gone_once_it_is_not_shared(
    tenant: Tenant, another: Tenant, simulator: Simulator
) -> None:
    keys = {each: f"sk-of-{each.name}" for each in (tenant, another)}
    provider = another.provider_object("ok-shared")
    provider["spec"] |= {"credentials": {"keys": ["house"]}, "sharing": _with({"team": "search"})}
    another.apply(provider)
    for each, key in keys.items():
        each.secret(house=key, house__hosts=simulator.host)
    policy = tenant.policy_object("ok-shared")
    policy["spec"]["rules"][0]["targets"][0]["namespace"] = another.name
    tenant.apply(policy)
    unshared = until(lambda: _is_false(tenant, "ResolvedRefs"), within=20, what="it is not shared with us yet")
    kubectl("label", "namespace", tenant.name, "team=search")
    tenant.app()
    tenant.until_answered_by("ok-shared")
    assert simulator.last_key("ok-shared") == fingerprint(keys[tenant])
    assert not any(key in (tenant.config_text() or "") for key in keys.values())

    provider["spec"]["sharing"] = _with({"team": "others"})
    before = simulator.calls("ok-shared")
    load = tenant.load(seconds=20, rate=5, streams=0)
    until(lambda: simulator.calls("ok-shared") > before, within=20, what="it is in use")
    another.apply(provider)
    assert until(lambda: _is_false(tenant, "ResolvedRefs"), within=20, what="it is gone") == unshared
    assert simulator.url not in (tenant.config_text() or "")
    until(lambda: "error" in tenant.refused(), within=20, what="and gone from the router")
    calls = simulator.calls("ok-shared")
    done, _ = report(load)
    assert sum(done["good"].values()) > 0
    assert done["failed"] > 0
    assert simulator.calls("ok-shared") == calls


@pytest.mark.row("B11")
def test_a_key_is_rotated_without_a_restart_and_the_old_one_is_used_no_more(
    tenant: Tenant, simulator: Simulator
) -> None:
    provider = tenant.provider_object("ok-keyed-1")
    provider["spec"]["credentials"] = {"keys": ["house"]}
    tenant.apply(provider)
    tenant.secret(house="sk-old", house__hosts=simulator.host)
    tenant.policy("ok-keyed-1")
    tenant.programmed()
    tenant.app()
    tenant.until_answered_by("ok-keyed-1")
    assert simulator.last_key("ok-keyed-1") == fingerprint("sk-old")
    load = tenant.load(seconds=15, rate=10, streams=1)
    tenant.secret(house="sk-new", house__hosts=simulator.host)
    tenant.hurry()
    until(lambda: simulator.last_key("ok-keyed-1") == fingerprint("sk-new"), within=30, what="the new key is used")
    done, _ = report(load)
    assert done["failed"] == 0, done
    arrivals = [each for each in simulator.told()["arrivals"] if each["model"] == "ok-keyed-1"]
    first = next(each["seconds"] for each in arrivals if each["key"] == fingerprint("sk-new"))
    # A second for what was on its way.
    assert {each["key"] for each in arrivals if each["seconds"] > first + 1} == {fingerprint("sk-new")}
    (router,) = get("pod", "app", "-n", tenant.name)["status"]["initContainerStatuses"]
    assert router["restartCount"] == 0


def _clamp(tier: str, platform: Platform, model: str) -> dict[str, Any]:
    """A policy that leaves a tier one model of whatever it has."""
    scope = {"mode": "Overrides", "tiers": [tier], "clamp": {"targets": [{"model": model}]}}
    return {
        "apiVersion": "optipath.io/v1alpha1",
        "kind": "RoutingPolicy",
        "metadata": {"name": tier, "namespace": platform.namespace},
        "spec": {"scope": scope},
    }


def _is_false(tenant: Tenant, which: str) -> str:
    """What a condition says that is false."""
    told = condition("rp", "chat", tenant.name, which)
    return str(told["message"]) if told.get("status") == "False" else ""


def _with(labels: dict[str, str]) -> dict[str, Any]:
    return {"from": "Selector", "namespaceSelector": {"matchLabels": labels}}
