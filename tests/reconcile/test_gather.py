"""What is gathered for a namespace: its own, and what of others it is made of."""

from collections.abc import Iterable
from typing import Any

import pytest

from optipath_operator.cluster.client import Json
from optipath_operator.compile import Gathered
from optipath_operator.reconcile.gather import Gatherer
from optipath_operator.reconcile.worklist import Lane
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import Egress
from support.apiserver import ApiServer, model_provider, namespace, routing_policy
from support.catalogue import PAPER_CATALOGUE
from support.operator import SYSTEM, Operator, Tenant

BUNDLE = {"url": "https://llama.example/v1", "caBundleRef": {"name": "ca", "key": "ca.pem"}}
CERTIFICATES = "/api/v1/namespaces/platform/configmaps/ca"


class View:
    """A gatherer over a store, and whom it has touched."""

    def __init__(self, api: ApiServer) -> None:
        operator = Operator(api)
        self.touched: list[tuple[str, Lane]] = []
        self.store = operator.store
        self.system, self.platform, self.alice, self.bob = (
            Tenant(api, operator, name) for name in (SYSTEM, "platform", "team-a", "team-b")
        )
        self._gather = Gatherer(
            api, self.store, lambda *touch: self.touched.append(touch), catalogue=PAPER_CATALOGUE, egress=Egress()
        )

    async def gathers(self, tenant: Tenant) -> Gathered:
        return await self._gather(tenant.name, tenant.state)


@pytest.fixture
def view(api: ApiServer) -> View:
    return View(api)


def targets(*names: str, policy: str = "chat", **spec: Any) -> Json:
    """A policy whose targets are `provider` or `provider@namespace`."""
    told = []
    for name in names:
        provider, _, of = name.partition("@")
        told.append({"provider": provider, "model": "small"} | ({"namespace": of} if of else {}))
    rule = {"name": "all", "match": {"models": ["chat"]}, "strategy": {"ordered": {}}, "targets": told}
    return routing_policy(policy, rules=[rule], **spec)


def seen(manifests: Iterable[Manifest]) -> list[str]:
    """Kind, namespace and name of each manifest."""
    return [
        "/".join(
            [manifest["kind"], *filter(None, [manifest["metadata"].get("namespace")]), manifest["metadata"]["name"]]
        )
        for manifest in manifests
    ]


async def test_what_others_have_is_not_gathered(view: View) -> None:
    view.alice.starts()
    view.bob.starts()
    view.platform.applies(namespace("platform"), model_provider("llama"))
    gathered = await view.gathers(view.alice)
    assert seen(gathered.manifests) == ["Namespace/team-a", "ModelProvider/team-a/acme", "RoutingPolicy/team-a/chat"]
    assert gathered.operator_namespace == SYSTEM


async def test_a_namespace_comes_with_its_labels(view: View) -> None:
    labels = {"optipath.io/inject": "enabled", "optipath.io/sla-tier": "gold"}
    view.alice.applies(namespace(labels=labels))
    gathered = await view.gathers(view.alice)
    assert gathered.manifests[0]["metadata"] == {"name": "team-a", "labels": labels}


async def test_a_namespace_that_nobody_has_seen_is_not_made_up(view: View) -> None:
    view.alice.applies(routing_policy())
    assert seen((await view.gathers(view.alice)).manifests) == ["RoutingPolicy/team-a/chat"]


async def test_a_provider_that_is_named_is_gathered_and_its_namesakes_are_not(view: View) -> None:
    view.platform.applies(model_provider("llama"), model_provider("other"))
    view.bob.applies(model_provider("llama"))
    view.alice.applies(targets("llama@platform", "gone@platform", "llama@nowhere"))
    gathered = await view.gathers(view.alice)
    assert seen(gathered.manifests) == ["RoutingPolicy/team-a/chat", "ModelProvider/platform/llama"]


async def test_policies_with_a_scope_are_gathered_with_the_providers_that_they_name(view: View) -> None:
    view.system.applies(
        targets("house", policy="bronze", scope={"mode": "Defaults"}),
        targets("house", policy="its-own"),
        model_provider("house"),
        model_provider("unnamed"),
    )
    view.alice.starts()
    found = seen((await view.gathers(view.alice)).manifests)
    assert found[3:] == [f"RoutingPolicy/{SYSTEM}/bronze", f"ModelProvider/{SYSTEM}/house"]
    assert len(seen((await view.gathers(view.system)).manifests)) == 4, "its own, each once"


async def test_last_good_forms_of_others_come_from_where_they_live(view: View) -> None:
    view.platform.starts()
    view.platform.applies(model_provider("llama"))
    view.system.applies(targets("llama@platform", policy="bronze", scope={"mode": "Defaults"}))
    for each in (view.platform, view.system):
        each.state.sources = tuple(stored.manifest for stored in each.state.resources.values())
    view.platform.applies(model_provider("llama", generation=2, type="Nonsense"))
    view.system.applies(routing_policy("bronze", generation=2, rules="none"))
    view.alice.starts()
    gathered = await view.gathers(view.alice)
    assert seen(gathered.manifests)[3:] == [f"RoutingPolicy/{SYSTEM}/bronze", "ModelProvider/platform/llama"]
    assert seen(gathered.last_good) == seen(gathered.manifests)[3:]
    assert [each["metadata"]["generation"] for each in gathered.last_good] == [1, 1]


async def test_nothing_is_gathered_of_what_is_deleted_however_good_it_was(view: View) -> None:
    view.platform.starts()
    view.platform.applies(model_provider("llama"))
    view.alice.applies(targets("llama@platform"))
    view.platform.state.sources = tuple(stored.manifest for stored in view.platform.state.resources.values())
    view.platform.deletes("ModelProvider", "llama")
    gathered = await view.gathers(view.alice)
    assert seen((*gathered.manifests, *gathered.last_good)) == ["RoutingPolicy/team-a/chat"]


async def test_a_last_good_form_names_whom_it_needs(view: View) -> None:
    view.platform.applies(model_provider("llama"))
    view.alice.applies(targets("llama@platform"))
    view.alice.state.sources = tuple(stored.manifest for stored in view.alice.state.resources.values())
    view.alice.applies(routing_policy(generation=2, rules="none"))
    assert "ModelProvider/platform/llama" in seen((await view.gathers(view.alice)).manifests)
    assert view.platform.applies(model_provider("llama", generation=2)) == ["platform", "team-a"]


async def test_nobody_gets_a_policy_in_by_ones_own_sources(view: View) -> None:
    view.alice.starts()
    forged = targets("acme", policy="forged", scope={"mode": "Overrides"})
    forged["metadata"] |= {"namespace": SYSTEM}
    view.alice.state.sources = (forged,)
    view.system.applies(targets("acme", policy="forged"))
    gathered = await view.gathers(view.alice)
    assert gathered.last_good == ()


@pytest.mark.parametrize("borrowers", [1, 5])
async def test_certificates_of_a_shared_provider_are_read_once_for_all(
    borrowers: int, view: View, api: ApiServer
) -> None:
    api.put(CERTIFICATES, {"data": {"ca.pem": "first"}})
    view.platform.applies(model_provider("llama", endpoint=BUNDLE))
    for number in range(borrowers):
        tenant = Tenant(api, view.alice.operator, f"team-{number}")
        tenant.applies(targets("llama@platform"))
        gathered = await view.gathers(tenant)
        assert seen(gathered.manifests)[-1] == "ConfigMap/platform/ca"
        assert not tenant.state.reads_bundles, "its owner looks after it"
    assert len([each for each in api.requests if each.path == CERTIFICATES]) == 1


@pytest.mark.parametrize("before", [None, "first"], ids=["come", "change"])
async def test_when_certificates_change_their_owner_tells_those_who_name_the_provider(
    before: str | None, view: View, api: ApiServer
) -> None:
    if before:
        api.put(CERTIFICATES, {"data": {"ca.pem": before}})
    view.platform.applies(model_provider("llama", endpoint=BUNDLE), model_provider("other"))
    view.alice.applies(targets("llama@platform"))
    view.bob.applies(targets("other@platform"))
    for tenant in (view.alice, view.bob, view.platform):
        await view.gathers(tenant)
    assert view.touched == []
    api.put(CERTIFICATES, {"data": {"ca.pem": "second"}})
    await view.gathers(view.platform)
    assert view.touched == [("team-a", Lane.FOLLOW)]
    assert (await view.gathers(view.alice)).manifests[-1]["data"] == {"ca.pem": "second"}
    await view.gathers(view.platform)
    assert len(view.touched) == 1


async def test_what_another_leader_may_have_seen_is_read_anew(view: View, api: ApiServer) -> None:
    api.put(CERTIFICATES, {"data": {"ca.pem": "first"}})
    view.platform.applies(model_provider("llama", endpoint=BUNDLE))
    view.alice.applies(targets("llama@platform"))
    await view.gathers(view.alice)
    api.put(CERTIFICATES, {"data": {"ca.pem": "second"}})
    view.store.begin_term()
    assert (await view.gathers(view.alice)).manifests[-1]["data"] == {"ca.pem": "second"}


async def test_certificates_that_are_lent_no_longer_are_not_kept(view: View, api: ApiServer) -> None:
    api.put(CERTIFICATES, {"data": {"ca.pem": "first"}})
    view.platform.applies(model_provider("llama", endpoint=BUNDLE))
    view.alice.applies(targets("llama@platform"))
    await view.gathers(view.alice)
    view.platform.applies(model_provider("llama", generation=2))
    await view.gathers(view.platform)
    assert view.platform.state.lent == {}
