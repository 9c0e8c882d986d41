"""What nobody may do who has every right that a role can give: the policies that the chart installs refuse it."""

import json
from typing import Any

import pytest

from e2e.stories.kubectl import apply, get, kubectl, until
from e2e.stories.person import Person, Rule, patch
from e2e.stories.release import Release
from e2e.stories.tenant import Tenant

CONFIG = ("configmap", "optipath-router")
TIER = "optipath.io/sla-tier"
NAMESPACES: Rule = {
    "apiGroups": [""],
    "resources": ["namespaces", "namespaces/status", "namespaces/finalize"],
    "verbs": ["get", "create", "update", "patch"],
}
EVERYTHING: Rule = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}


@pytest.fixture
def owner(tenant: Tenant) -> Person:
    """Who may do anything in a tenant's namespace, by a role that says `*`."""
    person = Person(f"owner-of-{tenant.name}")
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "story-everything"},
        "rules": [EVERYTHING],
    }
    apply(role)
    person.bound("story-everything", tenant.name)
    return person


@pytest.fixture
def operator(installed: Release, tenant: Tenant) -> Person:
    """The operator as somebody who has taken it over would have it, and with more rights in a namespace than it has."""
    person = Person(installed.user)
    person.bound("admin", tenant.name)
    return person


@pytest.mark.row("A38", "D30")
def test_policies_are_written_by_who_may_edit_and_read_by_who_may_view(tenant: Tenant) -> None:
    stranger, viewer, editor = (Person(f"{name}-of-{tenant.name}") for name in ("stranger", "viewer", "editor"))
    viewer.bound("view", tenant.name)
    editor.bound("edit", tenant.name)
    policy, where = json.dumps(tenant.policy_object("ok-cheap")), ("-n", tenant.name)
    for person in (stranger, viewer):
        assert "routingpolicies" in person.may_not("apply", *where, "-f", "-", given=policy)
    assert "created" in editor.may("apply", *where, "-f", "-", given=policy)
    assert "chat" in viewer.may("get", "rp", *where, "-o", "name")
    stranger.may_not("get", "rp", *where)
    viewer.may_not("delete", "rp", "chat", *where)
    editor.may_not("patch", "rp", "chat", *where, "--subresource=status", "--type=merge", "-p", '{"status":{}}')
    assert "deleted" in editor.may("delete", "rp", "chat", *where)


@pytest.mark.case("X11")
@pytest.mark.row("D30")
def test_a_tenant_that_may_label_its_namespace_cannot_pick_its_tier(tenant: Tenant) -> None:
    owner, platform, helper = (Person(f"{name}-of-{tenant.name}") for name in ("owner", "platform", "helper"))
    owner.granted("story-namespaces", NAMESPACES)
    platform.granted("story-namespaces", NAMESPACES)
    platform.bound_everywhere("optipath-tier-assigner")
    bronze: Rule = {
        "apiGroups": ["optipath.io"],
        "resources": ["slatiers"],
        "resourceNames": ["bronze"],
        "verbs": ["assign"],
    }
    helper.granted("story-bronze", NAMESPACES, bronze)
    label = ("label", "namespace", tenant.name, "--overwrite")

    owner.may(*label, "team=search")
    assert "may not give it the tier gold" in owner.may_not(*label, f"{TIER}=gold")
    assert "assign on slatiers.optipath.io" in helper.may_not(*label, f"{TIER}=gold")
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "story-born-gold", "labels": {TIER: "gold"}},
    }
    assert "the tier gold" in owner.may_not("create", "-f", "-", given=json.dumps(namespace))
    # An empty label is there for a selector that asks whether it is; and labels can be reached by other ways.
    assert "may not give it the tier" in owner.may_not(*label, f"{TIER}=")
    assert "may not give it the tier" in helper.may_not(*label, f"{TIER}=")
    gold = patch("metadata", "labels", TIER, value="gold")
    by_status = ("patch", "namespace", tenant.name, "--subresource=status", "--type=merge", "-p", gold)
    assert "may not give it the tier gold" in owner.may_not(*by_status)
    found = get("namespace", tenant.name)
    found["metadata"]["labels"][TIER] = "gold"
    by_finalize = ("replace", "--raw", f"/api/v1/namespaces/{tenant.name}/finalize", "-f", "-")
    assert "may not give it the tier gold" in owner.may_not(*by_finalize, given=json.dumps(found))

    helper.may(*label, f"{TIER}=bronze")
    for escape in (f"{TIER}=gold", f"{TIER}-"):
        assert "may not take it away" in owner.may_not(*label, escape)
    owner.may(*label, "team=ads")
    assert _tier(tenant) == "bronze"
    platform.may(*label, f"{TIER}=gold")
    assert "has the tier gold" in helper.may_not(*label, f"{TIER}=bronze")
    platform.may(*label, f"{TIER}-")
    assert _tier(tenant) is None


def test_what_routers_run_by_is_written_by_the_operator_alone(tenant: Tenant, owner: Person) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("ok-cheap")
    tenant.programmed()
    where, before = ("-n", tenant.name), tenant.config_text()
    attempts: dict[str, tuple[str, ...]] = {
        "edited": ("patch", *CONFIG, "--type=merge", "-p", patch("data", "snapshot.json", value="{}")),
        "labelled": ("label", *CONFIG, "app.kubernetes.io/managed-by-"),
        "deleted": ("delete", *CONFIG),
        "deleted with all others": ("delete", "--raw", f"/api/v1/namespaces/{tenant.name}/configmaps"),
        "replaced by another": ("create", *CONFIG, "--from-literal=snapshot.json={}"),
    }
    for how, words in attempts.items():
        told = owner.may_not(*words, *(() if "--raw" in words else where))
        assert "only the OptiPath operator writes it" in told or "already exists" in told, how
    assert tenant.config_text() == before
    # Its own, of any other name, are its own.
    owner.may("create", "configmap", "mine", *where, "--from-literal=a=b")
    owner.may("delete", "configmap", "mine", *where)


def test_a_config_map_cannot_be_there_before_the_operator_s(another: Tenant) -> None:
    squatter = Person(f"owner-of-{another.name}")
    squatter.bound("admin", another.name)
    words = ("create", *CONFIG, "-n", another.name, "--from-literal=snapshot.json={}")
    assert "change a RoutingPolicy or a ModelProvider instead" in squatter.may_not(*words)


def test_a_status_is_forged_by_nobody(tenant: Tenant, owner: Person) -> None:
    tenant.provider("ok-cheap")
    tenant.policy("nowhere")
    until(lambda: get("rp", "chat", "-n", tenant.name).get("status"), within=20, what="the operator has said something")
    words = (
        "patch",
        "-n",
        tenant.name,
        "--subresource=status",
        "--type=merge",
        "-p",
        patch("status", "conditions", value=[]),
    )
    for kind, name in {"rp": "chat", "mp": "paper"}.items():
        assert "only the OptiPath operator writes it" in owner.may_not(*words, kind, name)
    assert get("rp", "chat", "-n", tenant.name)["status"]["conditions"]


@pytest.mark.case("X11")
def test_a_policy_that_binds_others_is_written_where_the_operator_lives(
    tenant: Tenant, owner: Person, installed: Release
) -> None:
    policy = tenant.policy_object("ok-cheap", name="story-for-all")
    policy["spec"]["scope"] = {"mode": "Overrides", "tiers": ["story"]}
    words, given = ("create", "--dry-run=server", "-f", "-", "-n"), json.dumps(policy)
    told = owner.may_not(*words, tenant.name, given=given)
    assert f"only policies in the namespace {installed.namespace} may have a scope" in told
    assert "created" in kubectl(*words, installed.namespace, given=given)


def test_of_a_pod_the_operator_can_change_its_one_annotation_and_nothing_else(tenant: Tenant, operator: Person) -> None:
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "app", "labels": {"app": "chat"}, "annotations": {"example.com/a": "b"}},
        "spec": {"containers": [{"name": "app", "image": "optipath:e2e", "command": ["sleep", "60"]}]},
    }
    apply(pod, namespace=tenant.name)
    ours = ("patch", "pod", "app", "-n", tenant.name, "-p")
    taken_over: dict[str, tuple[str, ...]] = {
        "another image": ("spec", "containers"),
        "another label": ("metadata", "labels", "optipath.io/router"),
        "another annotation": ("metadata", "annotations", "example.com/c"),
        "an annotation changed": ("metadata", "annotations", "example.com/a"),
        "an annotation taken away": ("metadata", "annotations", "example.com/a"),
        "an end put off": ("metadata", "finalizers"),
    }
    values: dict[str, Any] = {
        "another image": [{"name": "app", "image": "evil"}],
        "an annotation taken away": None,
        "an end put off": ["example.com/never"],
    }
    for how, path in taken_over.items():
        told = operator.may_not(*ours, patch(*path, value=values.get(how, "evil")))
        assert "the OptiPath operator changes no" in told, how
    operator.may(*ours, patch("metadata", "annotations", "optipath.io/config-hash", value="abc"))
    operator.may(*ours, patch("metadata", "annotations", "optipath.io/config-hash", value="def"))
    pod["metadata"]["name"] = "miner"
    assert "makes no pods" in operator.may_not("create", "-n", tenant.name, "-f", "-", given=json.dumps(pod))


def test_the_operator_writes_no_other_config_map(tenant: Tenant, operator: Person) -> None:
    told = operator.may_not("create", "configmap", "mine", "-n", tenant.name, "--from-literal=a=b")
    assert "writes no ConfigMap but optipath-router" in told


@pytest.mark.case("W01")
def test_of_a_webhook_the_operator_can_change_its_ca_and_nothing_else(installed: Release) -> None:
    """Of the one that injects; of the one that warns it can change the path, too."""
    operator = Person(installed.user)
    name = f"{installed.operator.removesuffix('-operator')}-injector"
    (hook,) = get("mutatingwebhookconfiguration", name)["webhooks"]
    ca = hook["clientConfig"].get("caBundle")
    ours = ("patch", "mutatingwebhookconfiguration", name, "--type=json", "-p")
    changed: dict[str, Any] = {
        "namespaceSelector": {},
        "failurePolicy": "Ignore",
        "rules/0/resources": ["*"],
        "clientConfig/service/namespace": "evil",
        "clientConfig/service/name": "evil",
        "clientConfig/service/port": 1,
        "clientConfig/service/path": "/evil",
        "timeoutSeconds": 1,
    }
    for path, value in changed.items():
        told = operator.may_not(*ours, json.dumps([{"op": "replace", "path": f"/webhooks/0/{path}", "value": value}]))
        assert "changes nothing of a webhook configuration but caBundle" in told, path
    warnings = f"{name.removesuffix('-injector')}-warnings"
    warns = ("patch", "validatingwebhookconfiguration", warnings, "--type=json", "-p")
    changed |= {"namespaceSelector": {"matchLabels": {"a": "b"}}, "failurePolicy": "Fail"}
    del changed["clientConfig/service/path"]
    for path, value in changed.items():
        told = operator.may_not(*warns, json.dumps([{"op": "replace", "path": f"/webhooks/0/{path}", "value": value}]))
        assert "but caBundle and the path of warn.optipath.io" in told, path
    for value in ("/warn/another", ""):
        led = [{"op": "add", "path": "/webhooks/0/clientConfig/service/path", "value": value}]
        operator.may(*warns, json.dumps(led), "--dry-run=server")
    url = [
        {"op": "remove", "path": "/webhooks/0/clientConfig/service"},
        {"op": "add", "path": "/webhooks/0/clientConfig/url", "value": "https://evil.example/warn"},
    ]
    assert "but caBundle" in operator.may_not(*warns, json.dumps(url))
    told = operator.may_not(*ours, json.dumps([{"op": "remove", "path": "/webhooks/0"}]))
    assert "but caBundle" in told
    same = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": ca}]
    operator.may(*ours, json.dumps(same), "--dry-run=server")
    elsewhere = ("patch", "validatingwebhookconfiguration", name, "--type=merge", "-p", "{}")
    assert "validatingwebhookconfigurations" in operator.may_not(*elsewhere)


@pytest.mark.case("X09")
def test_of_secrets_the_operator_reads_two(installed: Release, tenant: Tenant) -> None:
    operator = Person(installed.user)
    for name in ("optipath-webhook-tls", "optipath-status-key"):
        operator.may("get", "secret", name, "-n", installed.namespace)
    for words in (("optipath-credentials", "-n", tenant.name), ("other", "-n", installed.namespace), ("-A",)):
        assert "secrets" in operator.may_not("get", "secret", *words)


def _tier(tenant: Tenant) -> str | None:
    tier: str | None = get("namespace", tenant.name)["metadata"].get("labels", {}).get(TIER)
    return tier
