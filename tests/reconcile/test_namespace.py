"""One namespace, made as it should be."""

import json

import pytest

from optipath_operator.cluster.client import ApiError, Unreachable
from optipath_operator.reconcile.namespace import NotLeading
from support.apiserver import (
    config_path,
    model_provider,
    namespace,
    path_of,
    refused,
    routing_policy,
)
from support.operator import Tenant

BROKEN = [{"name": "all", "match": {"models": ["broken"]}, "strategy": {"ordered": {}}, "targets": []}]


def broken(name: str = "chat", generation: int = 2) -> dict[str, object]:
    return routing_policy(name, generation=generation, rules=BROKEN)


async def test_what_a_tenant_wrote_is_published_and_said_in_status(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    assert tenant.asked == ["chat"]
    assert tenant.file.generation == 1
    for of in ("Accepted", "ResolvedRefs", "Programmed"):
        assert tenant.condition("RoutingPolicy", "chat", of)["status"] == "True"
    assert tenant.condition("ModelProvider", "acme", "Accepted")["observedGeneration"] == 1
    assert tenant.events() == []


async def test_an_opted_in_namespace_without_resources_has_a_configuration(tenant: Tenant) -> None:
    tenant.applies(namespace())
    await tenant.works()
    assert tenant.file.snapshot.routes == ()


@pytest.mark.case("O01")
async def test_at_rest_nothing_is_written(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.sees_config()
    before = len(tenant.api.writes)
    for _ in range(10):
        await tenant.works()
    assert len(tenant.api.writes) == before


@pytest.mark.case("O01")
async def test_a_restart_with_nothing_changed_writes_nothing(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    before = len(tenant.api.writes)
    await tenant.restarted().works()
    assert len(tenant.api.writes) == before


async def test_the_generation_counts_changes_of_content_and_nothing_else(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(routing_policy(asked="other", generation=2))
    await tenant.works()
    assert tenant.file.generation == 2
    again = tenant.restarted()
    await again.works()
    again.applies(routing_policy(asked="third", generation=3))
    await again.works()
    assert again.file.generation == 3


@pytest.mark.case("O02")
@pytest.mark.parametrize(
    "spoilt",
    [
        {"snapshot.json": "junk", "sources.json": "[]"},
        {},
        {"snapshot.json": '{"format": 1}', "sources.json": '{"no": "list"}'},
    ],
    ids=["junk", "emptied", "half"],
)
async def test_a_configuration_edited_by_hand_is_restored_by_one_write(tenant: Tenant, spoilt: object) -> None:
    tenant.starts()
    await tenant.works()
    good = tenant.api.objects[config_path()]["data"]
    tenant.api.put(config_path(), tenant.api.objects[config_path()] | {"data": spoilt})
    assert tenant.sees_config() == "team-a"
    before = len(tenant.api.writes)
    await tenant.works()
    assert tenant.api.objects[config_path()]["data"] == good
    assert len(tenant.api.writes) == before + 1
    assert tenant.counted("optipath_operator_drift_repaired_total") == 1
    assert len(tenant.rollout) == 0


@pytest.mark.case("O02")
async def test_a_configuration_deleted_by_hand_comes_back_with_its_generation(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(routing_policy(asked="other", generation=2))
    await tenant.works()
    tenant.api.remove(config_path())
    assert tenant.sees_no_config() == "team-a"
    await tenant.works()
    assert tenant.file.generation == 2
    assert tenant.counted("optipath_operator_drift_repaired_total") == 1


@pytest.mark.case("O02", "O04")
async def test_a_relabelled_configuration_gets_its_labels_back_and_keeps_those_of_others(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    found = tenant.api.objects[config_path()]
    found["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "somebody", "team": "theirs"}
    tenant.api.put(config_path(), found)
    assert tenant.sees_no_config() == "team-a"
    await tenant.works()
    labels = tenant.api.objects[config_path()]["metadata"]["labels"]
    assert labels["app.kubernetes.io/managed-by"] == "optipath-operator"
    assert labels["team"] == "theirs"


async def test_what_we_wrote_ourselves_is_no_drift_when_the_watch_tells_of_it(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    first = dict(tenant.api.objects[config_path()])
    tenant.applies(routing_policy(asked="other", generation=2))
    await tenant.works()
    assert tenant.store.take_config(first) is None, "an older version of our own"
    assert tenant.sees_config() is None


async def test_the_watch_may_tell_of_a_write_before_it_has_returned(tenant: Tenant) -> None:
    tenant.starts()
    touched: list[str | None] = []
    apply = tenant.api.apply

    async def told_first(path: str, body: dict[str, object]) -> dict[str, object]:
        written = await apply(path, body)
        if path == config_path():
            touched.append(tenant.sees_config())
        return written

    tenant.api.apply = told_first  # type: ignore[method-assign]  # the order of two answers is what is tested
    await tenant.works()
    assert touched == [None]


@pytest.mark.case("O03")
async def test_a_broken_policy_keeps_its_last_good_form_and_stops_no_other(tenant: Tenant) -> None:
    tenant.applies(namespace(), model_provider(), *(routing_policy(f"p{n:02}", asked=f"m{n}") for n in range(100)))
    await tenant.works()
    tenant.applies(broken("p07"), routing_policy("p08", asked="new", generation=2))
    await tenant.works()
    assert "m7" in tenant.asked
    assert "new" in tenant.asked
    accepted = tenant.condition("RoutingPolicy", "p07", "Accepted")
    assert (accepted["status"], accepted["reason"]) == ("False", "Invalid")
    assert "targets" in accepted["message"]
    assert tenant.condition("RoutingPolicy", "p07", "Programmed")["status"] == "False"
    assert tenant.condition("RoutingPolicy", "p08", "Programmed")["observedGeneration"] == 2


@pytest.mark.case("O03")
async def test_the_last_good_form_outlives_a_restart(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(broken())
    await tenant.works()
    other = tenant.restarted()
    before = len(other.api.writes)
    await other.works()
    assert other.asked == ["chat"]
    assert len(other.api.writes) == before
    other.applies(model_provider(generation=2, models=[{"name": "tiny"}]))
    await other.works()
    assert other.file.snapshot.routes[0].targets == (), "it is compiled afresh with what surrounds it"


async def test_a_leader_that_comes_back_takes_the_last_good_form_of_the_one_between(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    other = tenant.restarted()
    other.applies(routing_policy(asked="newer", generation=2))
    await other.works()
    tenant.applies(broken(generation=3))
    tenant.sees_config()
    tenant.store.begin_term()
    await tenant.works()
    assert tenant.asked == ["newer"]


async def test_sources_that_somebody_has_tampered_with_do_no_harm(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(broken())
    bundle = {"name": "../../other/configmaps/theirs", "key": "ca"}
    endpoint = {"url": "https://a.example", "caBundleRef": bundle}
    junk = [1, None, {"kind": "ModelProvider", "metadata": 3, "spec": {"endpoint": endpoint}}]
    found = tenant.api.objects[config_path()]
    found["data"]["sources.json"] = json.dumps(junk)
    tenant.api.put(config_path(), found)
    other = tenant.restarted()
    await other.works()
    assert other.asked == []
    assert not [each for each in other.api.requests if "theirs" in each.path]


async def test_what_is_deleted_is_gone_at_once(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.deletes("ModelProvider", "acme")
    await tenant.works()
    assert tenant.file.snapshot.providers == ()
    resolved = tenant.condition("RoutingPolicy", "chat", "ResolvedRefs")
    assert (resolved["status"], resolved["reason"]) == ("False", "RefNotFound")


async def test_a_namespace_that_needs_no_configuration_any_more_loses_it(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(namespace(inject=False))
    tenant.deletes("RoutingPolicy", "chat")
    tenant.deletes("ModelProvider", "acme")
    await tenant.works()
    assert config_path() not in tenant.api.objects


async def test_nothing_is_written_into_a_namespace_that_ends(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(namespace(deletionTimestamp="2026-11-21T10:00:00Z"), routing_policy(asked="late", generation=2))
    before = len(tenant.api.writes)
    await tenant.works()
    assert len(tenant.api.writes) == before


async def test_a_namespace_that_ends_meanwhile_is_left_alone_the_next_time(tenant: Tenant) -> None:
    tenant.starts()
    tenant.api.fail("apply", "configmaps", refused(403, "it is being terminated"))
    with pytest.raises(ApiError):
        await tenant.works()
    tenant.applies(namespace(deletionTimestamp="2026-11-21T10:00:00Z"))
    before = len(tenant.api.requests)
    await tenant.works()
    assert len(tenant.api.requests) == before


@pytest.mark.case("O03")
@pytest.mark.parametrize("told_of_its_end", [True, False])
async def test_a_resource_of_the_same_name_inherits_nothing_from_the_one_before(
    tenant: Tenant, *, told_of_its_end: bool
) -> None:
    tenant.starts()
    await tenant.works()
    end = tenant.api.remove(path_of("RoutingPolicy", "chat"))
    if told_of_its_end:
        tenant.store.take(end, gone=True)
    tenant.applies(broken(generation=1))
    await tenant.works()
    assert tenant.asked == []


@pytest.mark.case("O03")
@pytest.mark.parametrize("told_of_its_end", [True, False])
async def test_one_of_the_same_name_inherits_nothing_from_who_had_it_before(
    tenant: Tenant, *, told_of_its_end: bool
) -> None:
    tenant.starts()
    await tenant.works()
    tenant.sees_config()
    tenant.deletes("RoutingPolicy", "chat")
    tenant.deletes("ModelProvider", "acme")
    end = tenant.api.remove("/api/v1/namespaces/team-a")
    if told_of_its_end:
        tenant.store.take(end, gone=True)
    tenant.api.remove(config_path())
    tenant.applies(namespace(), model_provider(), broken(generation=1))
    tenant.sees_no_config()
    await tenant.works()
    assert tenant.asked == []
    assert "nothing of it is in force" in tenant.condition("RoutingPolicy", "chat", "Accepted")["message"]


async def test_a_namespace_of_which_nothing_is_known_costs_nothing(tenant: Tenant) -> None:
    await tenant.reconcile("nobody")
    assert tenant.store.state("nobody") is None
    assert tenant.api.requests == []


@pytest.mark.case("O12")
async def test_too_much_for_a_configmap_is_said_and_the_last_good_one_stays(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.starts()
    await tenant.works()
    good = tenant.api.objects[config_path()]["data"]
    monkeypatch.setattr("optipath_operator.reconcile.wanted.MAX_BYTES", 1500)
    tenant.applies(*(routing_policy(f"more-{n}", asked=f"much-{n}") for n in range(20)))
    await tenant.works()
    assert tenant.api.objects[config_path()]["data"] == good
    programmed = tenant.condition("RoutingPolicy", "more-3", "Programmed")
    assert (programmed["status"], programmed["reason"]) == ("False", "TooLarge")
    assert tenant.condition("RoutingPolicy", "more-3", "Accepted")["status"] == "True"
    tenant.api.remove(config_path())
    tenant.sees_no_config()
    await tenant.works()
    assert tenant.api.objects[config_path()]["data"] == good, "also when somebody deletes it"


@pytest.mark.case("O12")
async def test_pods_are_not_told_of_what_was_too_large_to_be_written(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.starts()
    await tenant.works()
    annotations = {"optipath.io/config-hash": tenant.file.digest}
    tenant.rollout.took(tenant.api.put("/api/v1/namespaces/team-a/pods/a", {"metadata": {"annotations": annotations}}))
    monkeypatch.setattr("optipath_operator.reconcile.wanted.MAX_BYTES", 10)
    tenant.applies(routing_policy(asked="other", generation=2))
    await tenant.works()
    assert len(tenant.rollout) == 0


async def test_conditions_of_others_stay_and_do_not_count(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    path = path_of("RoutingPolicy", "chat")
    found = tenant.api.objects[path]
    foreign = {"type": "example.com/Reviewed", "status": "True"}
    found["status"]["conditions"].append(foreign)
    tenant.store.take(tenant.api.put(path, found), gone=False)
    before = len(tenant.api.writes)
    await tenant.works()
    assert len(tenant.api.writes) == before
    tenant.applies(routing_policy(asked="other", generation=2))
    await tenant.works()
    assert foreign in tenant.api.objects[path]["status"]["conditions"]


async def test_the_time_of_a_transition_is_that_of_the_change_of_status(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    path = path_of("RoutingPolicy", "chat")
    found = tenant.api.objects[path]
    for each in found["status"]["conditions"]:
        each["lastTransitionTime"] = "2020-01-01T00:00:00Z"
    tenant.store.take(tenant.api.put(path, found), gone=False)
    tenant.applies(broken())
    await tenant.works()
    times = {
        of: tenant.condition("RoutingPolicy", "chat", of)["lastTransitionTime"] for of in ("Accepted", "Programmed")
    }
    assert all(time > "2026" for time in times.values())
    tenant.applies(routing_policy(asked="x", generation=3), model_provider(generation=2))
    await tenant.works()
    provider_since = tenant.condition("ModelProvider", "acme", "Accepted")["lastTransitionTime"]
    tenant.applies(model_provider(generation=3))
    await tenant.works()
    assert tenant.condition("ModelProvider", "acme", "Accepted")["lastTransitionTime"] == provider_since


async def test_an_event_is_posted_once_for_each_turn_also_over_a_restart(tenant: Tenant) -> None:
    tenant.starts()
    await tenant.works()
    tenant.applies(broken())
    await tenant.works()
    await tenant.works()
    assert tenant.events() == [("chat", "NotAccepted"), ("chat", "NotProgrammed")]
    other = tenant.restarted()
    await other.works()
    assert len(other.events()) == 2
    other.applies(routing_policy(generation=3))
    await other.works()
    assert other.events()[2:] == [("chat", "Accepted"), ("chat", "Programmed")]


async def test_an_event_that_cannot_be_posted_is_no_reason_to_stop(tenant: Tenant) -> None:
    tenant.starts()
    tenant.applies(broken("other"))
    tenant.api.fail("create", "events", refused(403), Unreachable("gone"))
    await tenant.works()
    assert tenant.condition("RoutingPolicy", "other", "Programmed")["status"] == "False"
    assert tenant.counted("optipath_operator_writes_total", what="event") == 0


async def test_a_status_that_is_refused_keeps_no_other_from_being_written(tenant: Tenant) -> None:
    tenant.starts()
    tenant.api.fail("apply", "modelproviders/acme/status", refused(422))
    with pytest.raises(ApiError, match="422"):
        await tenant.works()
    assert tenant.condition("RoutingPolicy", "chat", "Programmed")["status"] == "True"
    await tenant.works()
    assert tenant.condition("ModelProvider", "acme", "Accepted")["status"] == "True"


async def test_a_resource_that_is_gone_by_now_needs_no_status(tenant: Tenant) -> None:
    tenant.starts()
    tenant.api.remove(path_of("RoutingPolicy", "chat"))
    await tenant.works()
    assert tenant.condition("ModelProvider", "acme", "Accepted")["status"] == "True"


async def test_one_that_leads_no_longer_writes_nothing_more(tenant: Tenant) -> None:
    tenant.starts()

    def lose() -> None:
        tenant.operator.leads = False

    tenant.api.meanwhile("configmaps", lose)
    with pytest.raises(NotLeading):
        await tenant.works()
    assert [each.path for each in tenant.api.writes] == [config_path()]


@pytest.mark.case("O08")
async def test_two_operators_for_a_moment_agree_and_write_little(tenant: Tenant) -> None:
    tenant.starts()
    other = tenant.restarted()
    for generation in range(2, 12):
        path = path_of("RoutingPolicy", "chat")
        edited = routing_policy(asked=f"m{generation}", generation=generation)
        found = tenant.api.put(path, {"status": tenant.api.objects[path].get("status", {}), **edited})
        for each in (tenant, other):
            each.store.take(found, gone=False)
        for each in (tenant, other):
            await each.works()
        for each in (tenant, other):
            each.sees_config()
            each.store.take(tenant.api.objects[path], gone=False)
    assert tenant.asked == ["m11"]
    assert len(tenant.api.written("configmaps")) <= 20
    settled = len(tenant.api.writes)
    for each in (tenant, other):
        await each.works()
    assert len(tenant.api.writes) == settled


@pytest.mark.case("O04")
async def test_a_conflict_is_tried_again_and_ends_well(tenant: Tenant) -> None:
    tenant.starts()
    tenant.api.fail("apply", "configmaps", *(refused(409) for _ in range(5)))
    for _ in range(5):
        with pytest.raises(ApiError, match="409"):
            await tenant.works()
    await tenant.works()
    assert tenant.asked == ["chat"]
    assert tenant.counted("optipath_operator_drift_repaired_total") == 0


@pytest.mark.case("O13")
async def test_stored_fields_of_a_newer_release_are_passed_over_and_going_back_gives_the_same_content(
    tenant: Tenant,
) -> None:
    tenant.starts()
    await tenant.works()
    before = tenant.file.digest
    newer = routing_policy(generation=2, asked="chat", fromTomorrow={"a": 1})
    tenant.applies(newer)
    await tenant.works()
    accepted = tenant.condition("RoutingPolicy", "chat", "Accepted")
    assert accepted["status"] == "True"
    assert "fromTomorrow" in accepted["message"]
    tenant.applies(routing_policy(generation=1))
    await tenant.works()
    assert tenant.file.digest == before


async def test_certificates_are_read_where_a_provider_names_them(tenant: Tenant) -> None:
    endpoint = {"url": "https://acme.example/v1", "caBundleRef": {"name": "corporate-ca", "key": "ca.pem"}}
    tenant.applies(namespace(), model_provider(endpoint=endpoint), routing_policy())
    await tenant.works()
    assert tenant.state.reads_bundles
    assert "corporate-ca" in tenant.condition("ModelProvider", "acme", "ResolvedRefs")["message"]


async def test_problems_are_counted_as_long_as_they_last(tenant: Tenant) -> None:
    tenant.starts()
    tenant.applies(broken())
    await tenant.works()
    assert sum(tenant.state.problems.values()) >= 1
    tenant.applies(namespace(inject=False))
    tenant.deletes("RoutingPolicy", "chat")
    tenant.deletes("ModelProvider", "acme")
    await tenant.works()
    assert not tenant.state.problems
