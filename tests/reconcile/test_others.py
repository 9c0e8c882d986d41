"""What others share with a namespace, and say to it: it takes effect like its own edits, and touches nobody else."""

from typing import Any

import pytest
import pytest_asyncio

from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.handlers import Sighting
from optipath_operator.reconcile.worklist import Lane
from optipath_operator.resources import ResourceRef
from support.apiserver import ApiServer, config_path, model_provider, namespace, path_of, routing_policy
from support.operator import SYSTEM, Operator, Tenant

SHARED: Json = {"sharing": {"from": "All"}}
GOLD: Json = {"mode": "Overrides", "tiers": ["gold"]}


class Town:
    """The operator's namespace, one that shares a provider, and three tenants, of which one uses it."""

    def __init__(self, api: ApiServer, operator: Operator | None = None) -> None:
        self.api, self.operator = api, operator or Operator(api)
        self.system, self.platform, self.alice, self.bob, self.carol = (
            Tenant(api, self.operator, name) for name in (SYSTEM, "platform", "alice", "bob", "carol")
        )

    async def opens(self) -> None:
        self.system.edits(namespace(SYSTEM, inject=False))
        for each in (self.platform, self.alice, self.bob, self.carol):
            each.edits(namespace(each.name), model_provider())
        self.platform.edits(llama())
        self.alice.edits(policy("llama@platform"))
        for each in (self.bob, self.carol):
            each.edits(policy("acme"))
        await self.operator.settles()

    async def restarts(self) -> "Town":
        """The same before another operator, that has looked at everything once."""
        other = Operator(self.api)
        other.sees_all()
        await other.works_everywhere()
        return Town(self.api, other)

    def configs(self) -> dict[str, Json]:
        """What routers of each namespace read."""
        names = (SYSTEM, "platform", "alice", "bob", "carol")
        return {
            name: self.api.objects[path]["data"] for name in names if (path := config_path(name)) in self.api.objects
        }


@pytest_asyncio.fixture
async def town(api: ApiServer) -> Town:
    found = Town(api)
    await found.opens()
    return found


def llama(generation: int = 1, **spec: Any) -> Json:
    return model_provider("llama", generation=generation, **(SHARED | spec))


def policy(provider: str, *, name: str = "chat", asked: str = "chat", generation: int = 1, **spec: Any) -> Json:
    """A policy of one target, at `provider` or `provider@namespace`."""
    own, _, of = provider.partition("@")
    target = {"provider": own, "model": "small"} | ({"namespace": of} if of else {})
    rule = {"name": "all", "match": {"models": [asked]}, "strategy": {"ordered": {}}, "targets": [target]}
    return routing_policy(name, generation=generation, **({"rules": [rule]} | spec))


def clamp(attempts: int, *, generation: int = 1, scope: Json = GOLD) -> Json:
    """A policy of the operator's namespace that bounds the attempts of a tier."""
    return policy(
        "house", name="gold", asked="house", generation=generation, scope={"clamp": {"attempts": attempts}} | scope
    )


def labelled(tenant: Tenant, tier: str | None) -> Json:
    labels = {"optipath.io/inject": "enabled"} | ({"optipath.io/sla-tier": tier} if tier else {})
    return namespace(tenant.name, labels=labels)


def attempts(tenant: Tenant) -> set[int]:
    return {route.resilience.attempts for route in tenant.file.snapshot.routes if route.policy.namespace == tenant.name}


@pytest.mark.case("X03")
async def test_a_shared_provider_is_used_with_keys_of_ones_own_and_gone_as_soon_as_it_is_shared_no_more(
    town: Town,
) -> None:
    assert town.alice.reached == ["llama@platform/small"]
    assert town.alice.condition("RoutingPolicy", "chat", "ResolvedRefs")["status"] == "True"
    town.platform.edits(llama(2, sharing={"from": "Same"}))
    assert (await town.operator.settles()).keys() == {"platform", "alice"}
    assert town.alice.reached == []
    assert "llama" not in str([each.name for each in town.alice.file.snapshot.targets])
    resolved = town.alice.condition("RoutingPolicy", "chat", "ResolvedRefs")
    assert (resolved["status"], resolved["reason"]) == ("False", "RefNotFound")


@pytest.mark.case("X03")
async def test_one_that_was_never_there_reads_the_same_as_one_that_is_not_shared(town: Town) -> None:
    town.platform.edits(llama(2, sharing={"from": "Same"}))
    await town.operator.settles()
    not_shared = town.alice.condition("RoutingPolicy", "chat", "ResolvedRefs")["message"]
    town.platform.deletes("ModelProvider", "llama")
    await town.operator.settles()
    assert town.alice.condition("RoutingPolicy", "chat", "ResolvedRefs")["message"] == not_shared


@pytest.mark.case("X03")
async def test_what_its_owner_deletes_is_gone_at_once_and_comes_back_with_it(town: Town) -> None:
    town.platform.deletes("ModelProvider", "llama")
    await town.operator.settles()
    assert town.alice.reached == []
    town.platform.edits(llama())
    await town.operator.settles()
    assert town.alice.reached == ["llama@platform/small"]


@pytest.mark.case("X03")
async def test_a_selector_follows_the_labels_of_those_who_use_it(town: Town) -> None:
    selector = {"matchLabels": {"env": "prod"}}
    town.platform.edits(llama(2, sharing={"from": "Selector", "namespaceSelector": selector}))
    await town.operator.settles()
    assert town.alice.reached == []
    town.alice.edits(namespace("alice", labels={"optipath.io/inject": "enabled", "env": "prod"}))
    assert await town.operator.settles() == {"alice": Lane.EDIT}
    assert town.alice.reached == ["llama@platform/small"]
    town.alice.edits(namespace("alice"))
    await town.operator.settles()
    assert town.alice.reached == []


async def test_a_change_of_a_shared_provider_is_looked_at_by_those_who_use_it_and_nobody_else(town: Town) -> None:
    before = town.configs()
    town.platform.edits(llama(2, endpoint={"url": "https://elsewhere.example/v1"}))
    assert await town.operator.settles() == {"platform": Lane.EDIT, "alice": Lane.FOLLOW}
    after = town.configs()
    assert {name for name in after if after[name] != before[name]} == {"platform", "alice"}
    assert "elsewhere.example" in after["alice"]["snapshot.json"]


async def test_what_a_new_list_tells_of_is_no_more_urgent_than_a_sweep(town: Town) -> None:
    town.operator.intake.seen(Sighting(town.platform.puts(llama(2, type="VLLM")), gone=False, listed=True))
    assert town.operator.waiting == {"platform": Lane.SWEEP, "alice": Lane.SWEEP}


@pytest.mark.case("O04")
async def test_a_shared_provider_that_vanished_without_a_word_is_gone_where_it_is_used(town: Town) -> None:
    gone = town.api.remove(path_of("ModelProvider", "llama", "platform"))
    town.operator.intake.vanished(ResourceRef("ModelProvider", "platform", "llama"), gone["metadata"]["uid"])
    assert await town.operator.settles() == {"platform": Lane.EDIT, "alice": Lane.FOLLOW}
    assert town.alice.reached == []


@pytest.mark.case("O03")
async def test_a_shared_provider_that_its_owner_breaks_stays_as_it_was_last_good_also_over_a_restart(
    town: Town,
) -> None:
    before = town.configs()
    town.platform.edits(llama(2, type="Nonsense"))
    await town.operator.settles()
    assert town.alice.reached == ["llama@platform/small"]
    writes = len(town.api.writes)
    after = await town.restarts()
    assert len(town.api.writes) == writes
    assert after.configs() == before


@pytest.mark.row("A27")
async def test_an_edit_however_wrong_touches_nobody_elses_configuration(town: Town) -> None:
    town.alice.edits(labelled(town.alice, "gold"))
    town.bob.edits(labelled(town.bob, "free"))
    await town.operator.settles()
    before = town.configs()
    town.bob.edits(routing_policy(generation=2, rules="broken"), model_provider(generation=2, type="Nonsense"))
    town.bob.edits(policy("acme@alice", name="greedy"), policy("llama@platform", name="polite"))
    assert await town.operator.settles() == {"bob": Lane.EDIT}
    after = town.configs()
    assert {name for name in after if after[name] != before[name]} == {"bob"}
    assert "acme@alice" not in after["bob"]["snapshot.json"], "what is not shared is not there"


@pytest.mark.row("A28")
async def test_a_tier_is_a_label_and_takes_effect_like_any_edit(town: Town) -> None:
    town.system.edits(clamp(1))
    await town.operator.settles()
    assert attempts(town.bob) == {3}
    town.bob.edits(labelled(town.bob, "gold"))
    assert await town.operator.settles() == {"bob": Lane.EDIT}
    assert attempts(town.bob) == {1}
    assert town.bob.file.snapshot.tier == "gold"
    assert town.bob.status("RoutingPolicy", "chat")["tier"] == "gold"
    inherited = [{"policy": f"{SYSTEM}/gold", "field": "resilience.attempts"}]
    assert town.bob.status("RoutingPolicy", "chat")["inherited"] == inherited
    town.bob.edits(labelled(town.bob, None))
    await town.operator.settles()
    assert attempts(town.bob) == {3}
    assert not {"tier", "inherited"} & town.bob.status("RoutingPolicy", "chat").keys()


@pytest.mark.row("A28")
async def test_a_change_of_a_tier_is_looked_at_by_all_and_written_where_it_makes_a_difference(town: Town) -> None:
    town.bob.edits(labelled(town.bob, "gold"))
    town.system.edits(clamp(2))
    await town.operator.settles()
    before = len(town.api.writes)
    town.system.edits(clamp(1, generation=2))
    everybody = dict.fromkeys(("platform", "alice", "bob", "carol"), Lane.FOLLOW) | {SYSTEM: Lane.EDIT}
    assert await town.operator.settles() == everybody
    assert attempts(town.bob) == {1}
    written = {each.path for each in town.api.writes[before:] if "configmaps" in each.path}
    assert written == {config_path("bob"), config_path(SYSTEM)}
    told = [each.path for each in town.api.writes[before:] if each.path.endswith("/status")]
    assert told == [f"{path_of('RoutingPolicy', 'gold', SYSTEM)}/status"], "the same fields are inherited as before"


@pytest.mark.case("O03")
@pytest.mark.row("A28")
async def test_a_tier_that_somebody_breaks_holds_as_it_was_last_good_also_over_a_restart(town: Town) -> None:
    town.bob.edits(labelled(town.bob, "gold"))
    town.system.edits(clamp(1))
    await town.operator.settles()
    broken = clamp(1, generation=2)
    broken["spec"]["rules"] = "broken"
    town.system.edits(broken)
    await town.operator.settles()
    assert attempts(town.bob) == {1}
    assert town.system.condition("RoutingPolicy", "gold", "Accepted")["status"] == "False"
    writes = len(town.api.writes)
    after = await town.restarts()
    assert len(town.api.writes) == writes
    after.bob.edits(labelled(after.bob, None))
    after.carol.edits(labelled(after.carol, "gold"))
    await after.operator.settles()
    assert (attempts(after.bob), attempts(after.carol)) == ({3}, {1})
    after.system.deletes("RoutingPolicy", "gold")
    await after.operator.settles()
    assert attempts(after.carol) == {3}


async def test_nothing_is_published_for_a_namespace_whose_tier_is_not_known_yet(town: Town) -> None:
    town.system.edits(clamp(1))
    dave = Tenant(town.api, town.operator, "dave")
    dave.edits(model_provider(), policy("acme"))
    await town.operator.settles()
    assert config_path("dave") not in town.api.objects
    dave.edits(labelled(dave, "gold"))
    await town.operator.settles()
    assert attempts(dave) == {1}
    assert dave.file.generation == 1


async def test_what_a_tier_does_not_allow_is_told_from_what_is_not_there(town: Town) -> None:
    town.system.edits(clamp(1, scope=GOLD | {"clamp": {"targets": [{"model": "large"}]}}))
    town.bob.edits(labelled(town.bob, "gold"))
    await town.operator.settles()
    resolved = town.bob.condition("RoutingPolicy", "chat", "ResolvedRefs")
    assert (resolved["status"], resolved["reason"]) == ("False", "RefNotPermitted")
    assert f"{SYSTEM}/gold" in resolved["message"]
    denier = {each.name: each.denied_by for each in town.bob.file.snapshot.targets}["acme/small"]
    assert denier is not None
    assert denier.full_name == f"{SYSTEM}/gold"


@pytest.mark.case("O03")
async def test_nobody_escapes_a_newer_tier_by_breaking_ones_own_policy(town: Town) -> None:
    town.bob.edits(labelled(town.bob, "gold"), routing_policy(generation=2, rules="broken"))
    await town.operator.settles()
    town.system.edits(clamp(1))
    await town.operator.settles()
    assert town.bob.asked[-1] == "chat"
    assert attempts(town.bob) == {1}


@pytest.mark.case("O12")
async def test_nobody_escapes_a_newer_tier_or_keeps_what_is_shared_no_more_by_writing_too_much(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.alice.edits(labelled(town.alice, "gold"))
    await town.operator.settles()
    monkeypatch.setattr("optipath_operator.reconcile.wanted.MAX_BYTES", 5_000)
    town.alice.edits(*(policy("acme", name=f"more-{number}") for number in range(20)))
    await town.operator.settles()
    assert town.alice.condition("RoutingPolicy", "chat", "Programmed")["reason"] == "TooLarge"
    town.system.edits(clamp(1))
    await town.operator.settles()
    assert attempts(town.alice) == {1}
    assert town.alice.reached == ["llama@platform/small"], "of its own, what was last good holds"
    town.platform.edits(llama(2, sharing={"from": "Same"}))
    await town.operator.settles()
    assert town.alice.reached == []
    writes = len(town.api.writes)
    after = await town.restarts()
    assert len(town.api.writes) == writes
    after.alice.deletes("RoutingPolicy", "chat")
    await after.operator.settles()
    assert after.alice.asked == ["house"], "what is deleted is gone at once"


@pytest.mark.case("O12")
async def test_a_tier_takes_effect_also_where_there_is_no_room_to_say_what_comes_from_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.bob.edits(labelled(town.bob, "gold"))
    await town.operator.settles()
    assert town.bob.state.published is not None
    monkeypatch.setattr("optipath_operator.reconcile.wanted.MAX_BYTES", town.bob.state.published.size)
    town.system.edits(routing_policy("gold", scope=GOLD | {"clamp": {"attempts": 1}}, rules=[]))
    await town.operator.settles()
    assert attempts(town.bob) == {1}
    assert [route.provenance for route in town.bob.file.snapshot.routes] == [{}]
    assert town.bob.condition("RoutingPolicy", "chat", "Programmed")["status"] == "True"
    assert town.bob.status("RoutingPolicy", "chat")["inherited"] == [
        {"policy": f"{SYSTEM}/gold", "field": "resilience.attempts"}
    ]


async def test_a_provider_that_a_tier_names_follows_its_owner_everywhere(town: Town) -> None:
    town.system.edits(namespace(SYSTEM), model_provider("house", **SHARED), clamp(1))
    town.bob.edits(labelled(town.bob, "gold"))
    await town.operator.settles()
    assert town.bob.reached == [f"house@{SYSTEM}/small", "acme/small"]
    town.system.edits(model_provider("house", generation=2, sharing={"from": "Same"}))
    assert (await town.operator.settles())["bob"] is Lane.FOLLOW
    assert town.bob.reached == ["acme/small"]


async def test_a_tenant_speaks_to_nobody_but_itself(town: Town) -> None:
    before = town.configs()
    town.bob.edits(clamp(1, scope={"mode": "Overrides"}))
    assert await town.operator.settles() == {"bob": Lane.EDIT}
    assert town.bob.condition("RoutingPolicy", "gold", "Accepted")["status"] == "False"
    assert town.configs() == before


@pytest.mark.case("O01")
async def test_a_restart_with_tiers_and_shared_providers_writes_nothing(town: Town) -> None:
    town.system.edits(namespace(SYSTEM), model_provider("house", **SHARED), clamp(1))
    for each in (town.alice, town.bob):
        each.edits(labelled(each, "gold"))
    await town.operator.settles()
    writes, before = len(town.api.writes), town.configs()
    after = await town.restarts()
    await after.operator.works_everywhere()
    assert len(town.api.writes) == writes
    assert after.configs() == before


async def test_a_namespace_that_a_tier_selects_and_that_needs_no_configuration_gets_none(town: Town) -> None:
    dave = Tenant(town.api, town.operator, "dave")
    dave.edits(namespace("dave", labels={"optipath.io/sla-tier": "gold"}))
    town.system.edits(clamp(1))
    assert "dave" not in await town.operator.settles()
    assert config_path("dave") not in town.api.objects
