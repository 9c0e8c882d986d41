"""The store: whose configuration may have changed, and what is forgotten."""

import json
from typing import Any

import pytest

from optipath_operator.cluster.client import Json
from optipath_operator.reconcile.store import Store
from optipath_operator.resources import ResourceRef

CHAT = ResourceRef("RoutingPolicy", "team-a", "chat")


def policy(version: int, *, uid: str = "one", generation: int = 1, of: str = "team-a", **metadata: Any) -> Json:
    return {
        "kind": "RoutingPolicy",
        "metadata": {
            "name": "chat",
            "namespace": of,
            "uid": uid,
            "generation": generation,
            "resourceVersion": str(version),
            **metadata,
        },
        "spec": {"rules": [generation]},
    }


def scoped(version: int, *, generation: int = 1, scope: Json | None = None) -> Json:
    whole = policy(version, generation=generation, of="optipath-system")
    return whole | {"spec": {"scope": {"mode": "Defaults"} if scope is None else scope, "rules": []}}


def provider(version: int, *, generation: int = 1, of: str = "platform", **metadata: Any) -> Json:
    named = {"name": "llama", "namespace": of, "uid": "one", "generation": generation, **metadata}
    return {
        "kind": "ModelProvider",
        "metadata": {"resourceVersion": str(version), **named},
        "spec": {"generation": generation},
    }


def namespace(
    version: int, *, uid: str = "ns", inject: bool = True, name: str = "team-a", tier: str = "", **metadata: Any
) -> Json:
    labels = {"optipath.io/inject": "enabled"} if inject else {}
    labels |= {"optipath.io/sla-tier": tier} if tier else {}
    named = {"name": name, "uid": uid, "resourceVersion": str(version), "labels": labels}
    return {"kind": "Namespace", "metadata": named | metadata}


def config(version: int, text: str = "{}", name: str = "optipath-router") -> Json:
    metadata = {"name": name, "namespace": "team-a", "resourceVersion": str(version)}
    return {"metadata": metadata, "data": {"snapshot.json": text, "sources.json": "[]"}}


@pytest.fixture
def store() -> Store:
    return Store("optipath-system")


def test_a_new_resource_touches_its_namespace(store: Store) -> None:
    assert store.take(policy(1), gone=False) == {"team-a"}


def test_a_status_that_comes_back_touches_nobody_and_is_remembered(store: Store) -> None:
    store.take(policy(1), gone=False)
    written = policy(2) | {"status": {"conditions": [{"type": "Accepted", "status": "True"}]}}
    assert not store.take(written, gone=False)
    state = store.state("team-a")
    assert state is not None
    assert state.resources[CHAT].status.conditions["Accepted"]["status"] == "True"


def test_an_edit_touches_and_so_does_a_namesake(store: Store) -> None:
    store.take(policy(1), gone=False)
    assert store.take(policy(2, generation=2), gone=False) == {"team-a"}
    assert store.take(policy(3, generation=2, uid="two"), gone=False) == {"team-a"}


def test_the_end_of_a_former_namesake_does_not_end_the_one_that_is_there(store: Store) -> None:
    store.take(policy(1, uid="one"), gone=False)
    store.take(policy(5, uid="two"), gone=False)
    assert not store.take(policy(4, uid="one"), gone=True)
    assert store.versions().keys() == {(CHAT, "two")}


def test_what_is_older_than_what_is_known_is_passed_over(store: Store) -> None:
    store.take(policy(5, generation=2), gone=False)
    assert not store.take(policy(4, generation=1), gone=False)
    state = store.state("team-a")
    assert state is not None
    assert state.resources[CHAT].manifest["metadata"]["generation"] == 2


def test_one_that_is_being_deleted_is_gone_already(store: Store) -> None:
    store.take(policy(1), gone=False)
    assert store.take(policy(2, deletionTimestamp="2026-11-21T10:00:00Z"), gone=False) == {"team-a"}
    assert not store.take(policy(3), gone=True)


def test_nothing_is_left_of_a_namespace_whose_last_part_is_gone(store: Store) -> None:
    store.take(namespace(1), gone=False)
    store.take(policy(2), gone=False)
    store.take_config(config(3))
    store.take(namespace(4), gone=True)
    assert store.state("team-a") is not None, "what is in it goes by events of its own"
    store.take(policy(5), gone=True)
    store.lose_config("team-a", "optipath-router", 6)
    assert store.state("team-a") is None


def test_late_news_of_what_is_gone_bring_nothing_back(store: Store) -> None:
    assert not store.take(policy(1), gone=True)
    assert not store.take(namespace(2), gone=True)
    assert store.lose_config("team-a", "optipath-router", 3) is None
    assert not store.lose(CHAT, "one")
    assert list(store.states()) == []


def test_asking_for_a_namespace_does_not_make_it_known(store: Store) -> None:
    assert store.state("team-a") is None
    assert list(store.states()) == []


def test_a_namespace_that_comes_back_gets_its_configuration_again(store: Store) -> None:
    store.take(namespace(1, uid="old"), gone=False)
    store.take(policy(2, uid="old"), gone=False)
    store.take(policy(9, uid="new"), gone=False)
    store.take(namespace(5, uid="old"), gone=True)
    state = store.state("team-a")
    assert state is not None
    assert not state.needs_config
    assert store.take(namespace(8, uid="new"), gone=False) == {"team-a"}
    assert state.needs_config


def test_a_namespace_that_changes_nothing_for_us_touches_nobody(store: Store) -> None:
    assert not store.take(namespace(1, inject=False), gone=False)
    assert store.take(namespace(2, inject=True), gone=False) == {"team-a"}
    assert not store.take(namespace(3, inject=True, annotations={"a": "b"}), gone=False)
    assert store.take(namespace(4, inject=False), gone=False) == {"team-a"}


def test_a_namespace_that_ends_needs_no_configuration(store: Store) -> None:
    store.take(namespace(1), gone=False)
    assert store.take(namespace(2, deletionTimestamp="2026-11-21T10:00:00Z"), gone=False) == {"team-a"}
    state = store.state("team-a")
    assert state is not None
    assert not state.needs_config


def test_a_configuration_seen_again_is_no_news(store: Store) -> None:
    assert store.take_config(config(1)) == "team-a"
    assert store.take_config(config(1)) is None
    assert store.take_config(config(2, "other")) == "team-a"
    assert store.take_config(config(1)) is None


def test_config_maps_of_others_with_our_label_are_not_ours(store: Store) -> None:
    assert store.take_config(config(1, name="something-else")) is None
    store.take_config(config(2))
    assert store.lose_config("team-a", "something-else", 3) is None


def test_a_loss_that_a_write_of_ours_has_overtaken_is_none(store: Store) -> None:
    store.take_config(config(5))
    assert store.lose_config("team-a", "optipath-router", 4) is None
    assert store.lose_config("team-a", "optipath-router", 6) == "team-a"


def test_what_vanished_without_a_word_is_let_go_only_if_it_is_still_the_same(store: Store) -> None:
    store.take(namespace(1), gone=False)
    store.take(policy(2, uid="two"), gone=False)
    assert not store.lose(CHAT, "one")
    assert store.lose(CHAT, "two") == {"team-a"}
    assert not store.lose(ResourceRef("Namespace", "", "team-a"), "other")
    assert store.state("team-a") is not None
    assert not store.lose(ResourceRef("Namespace", "", "team-a"), "ns")
    assert store.state("team-a") is None


LLAMA = ResourceRef("ModelProvider", "platform", "llama")


def test_another_tier_touches_the_namespace_like_any_edit(store: Store) -> None:
    store.take(namespace(1, tier="gold"), gone=False)
    assert store.take(namespace(2, tier="bronze"), gone=False) == {"team-a"}
    assert store.take(namespace(3), gone=False) == {"team-a"}
    assert not store.take(namespace(4), gone=False)


def test_labels_of_a_namespace_without_configuration_touch_nobody(store: Store) -> None:
    store.take(namespace(1, inject=False), gone=False)
    assert not store.take(namespace(2, inject=False, tier="gold"), gone=False)


def test_a_provider_touches_its_owner_and_those_who_name_it_and_nobody_else(store: Store) -> None:
    for name in ("platform", "team-a", "team-b"):
        store.take(namespace(1, name=name), gone=False)
    assert store.take(provider(2), gone=False) == {"platform"}
    store.borrowers.note("team-a", frozenset({LLAMA}))
    assert store.take(provider(3, generation=2), gone=False) == {"platform", "team-a"}
    assert not store.take(provider(4, generation=2) | {"status": {"conditions": []}}, gone=False)
    assert store.take(provider(5, generation=2), gone=True) == {"platform", "team-a"}


def test_a_provider_that_comes_or_vanishes_without_a_word_touches_those_who_name_it(store: Store) -> None:
    store.take(namespace(1, name="platform"), gone=False)
    store.borrowers.note("team-a", frozenset({LLAMA}))
    assert store.take(provider(2), gone=False) == {"platform", "team-a"}
    assert store.lose(LLAMA, "one") == {"platform", "team-a"}


def test_one_who_names_it_no_longer_is_left_alone(store: Store) -> None:
    store.take(provider(1), gone=False)
    store.borrowers.note("team-a", frozenset({LLAMA}))
    store.borrowers.note("team-a", frozenset())
    assert store.take(provider(2, generation=2), gone=False) == {"platform"}


def test_who_is_gone_borrows_nothing(store: Store) -> None:
    store.take(provider(1), gone=False)
    store.take(namespace(1), gone=False)
    store.borrowers.note("team-a", frozenset({LLAMA}))
    store.take(namespace(2), gone=True)
    assert store.take(provider(2, generation=2), gone=False) == {"platform"}


def test_a_policy_with_a_scope_touches_all_that_need_a_configuration(store: Store) -> None:
    store.take(namespace(1), gone=False)
    store.take(namespace(1, name="team-b"), gone=False)
    store.take(namespace(1, name="bystander", inject=False), gone=False)
    everybody = {"optipath-system", "team-a", "team-b"}
    assert store.take(scoped(2), gone=False) == everybody
    assert not store.take(scoped(3), gone=False)
    assert store.take(scoped(4, generation=2, scope={"mode": "Overrides"}), gone=False) == everybody
    assert store.take(scoped(5), gone=True) == everybody


def test_a_scope_that_is_taken_away_touches_all_also_if_only_its_last_good_form_had_one(store: Store) -> None:
    store.take(namespace(1), gone=False)
    store.take(scoped(2), gone=False)
    assert "team-a" in store.take(policy(3, generation=2, of="optipath-system"), gone=False)
    sources = json.dumps([scoped(2)])
    metadata = {"name": "optipath-router", "namespace": "optipath-system", "resourceVersion": "4"}
    store.take_config({"metadata": metadata, "data": {"snapshot.json": "{}", "sources.json": sources}})
    assert "team-a" in store.take(policy(5, generation=3, of="optipath-system"), gone=False)


def test_a_scope_elsewhere_speaks_to_nobody(store: Store) -> None:
    store.take(namespace(1, name="team-b"), gone=False)
    pretends = policy(2) | {"spec": {"scope": {"mode": "Overrides"}}}
    assert store.take(pretends, gone=False) == {"team-a"}
    assert store.scope_policies() == ()


def test_a_policy_of_the_operators_namespace_without_a_scope_is_its_own_affair(store: Store) -> None:
    store.take(namespace(1), gone=False)
    assert store.take(policy(2, of="optipath-system"), gone=False) == {"optipath-system"}
    assert store.scope_policies() == ()
