"""What those may do whom the chart makes: by its renders, word for word."""

import pytest

from deploy.rendered import SETS, Object, Right, objects, one, pods, rights
from optipath_operator.cluster import configmaps, lease
from optipath_operator.resources import GROUP
from optipath_operator.resources.crds import KINDS

WRITING = {"create", "update", "patch", "delete", "deletecollection"}
HOOKS = "admissionregistration.k8s.io"
HOOK_KINDS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
BY_OTHERS = ("cert-manager", "provided")
"""Sets in which somebody else makes the certificates."""

every_set = pytest.mark.parametrize("name", SETS)


@pytest.mark.case("X09")
@every_set
def test_no_role_holds_a_wildcard_or_a_right_to_become_more(name: str) -> None:
    for role in objects(name, "Role", "ClusterRole"):
        for group, resource, verb, _ in rights(role):
            assert "*" not in f"{group}{resource}{verb}", role["metadata"]["name"]
            assert resource not in {"nodes/proxy", "serviceaccounts/token", "pods/exec", "pods/ephemeralcontainers"}
            assert verb not in {"escalate", "bind", "impersonate"}
            assert group not in {"rbac.authorization.k8s.io", "authentication.k8s.io", "certificates.k8s.io"}


@pytest.mark.case("X09")
@every_set
def test_of_secrets_the_operator_has_two_by_name_and_nobody_else_has_any(name: str) -> None:
    found = {
        (role["kind"], role["metadata"]["name"], right)
        for role in objects(name, "Role", "ClusterRole")
        for right in rights(role)
        if right[1].partition("/")[0] == "secrets"
    }
    secrets = ["optipath-status-key"] if name in BY_OTHERS else ["optipath-status-key", "optipath-webhook-tls"]
    role = one(name, "Role", "-operator")["metadata"]["name"]
    assert found == {("Role", role, ("", "secrets", verb, each)) for each in secrets for verb in ("get", "patch")}


@pytest.mark.case("X09")
@every_set
def test_what_the_operator_may_write_in_other_namespaces_is_this_and_no_more(name: str) -> None:
    ours = {(GROUP, f"{kind.plural}/status", "patch", "") for kind in KINDS}
    config = {("", "configmaps", verb, configmaps.NAME) for verb in ("create", "patch", "delete")}
    written = {right for right in rights(one(name, "ClusterRole", "-operator")) if right[2] in WRITING}
    assert written == ours | config | {("", "pods", "patch", ""), ("", "events", "create", "")} | _hooks(name, "patch")


@pytest.mark.case("X09")
@every_set
def test_what_the_operator_may_read_is_what_it_reads(name: str) -> None:
    read = {right for right in rights(one(name, "ClusterRole", "-operator")) if right[2] not in WRITING}
    ours = {(GROUP, kind.plural, verb, "") for kind in KINDS for verb in ("get", "list", "watch")}
    watched = {("", resource, verb, "") for resource in ("namespaces", "pods") for verb in ("list", "watch")}
    config = {("", "configmaps", verb, "") for verb in ("get", "list", "watch")}
    assert read == ours | watched | config | _hooks(name, "get")


@every_set
def test_in_its_own_namespace_it_may_hold_its_lease_and_no_other(name: str) -> None:
    group = "coordination.k8s.io"
    held = {right for right in rights(one(name, "Role", "-operator")) if right[0] == group}
    assert held == {(group, "leases", verb, lease.NAME) for verb in ("get", "update")} | {
        (group, "leases", "create", "")
    }


@pytest.mark.case("X09")
@every_set
def test_only_the_operator_and_the_test_have_a_token_and_the_injector_has_no_rights(name: str) -> None:
    tokens = {pod["containers"][0]["name"] for pod in pods(name) if pod["automountServiceAccountToken"]}
    assert tokens == {"operator", "test"}
    bound = {
        subject["name"]
        for binding in objects(name, "RoleBinding", "ClusterRoleBinding")
        for subject in binding["subjects"]
    }
    accounts = {pod["containers"][0]["name"]: pod["serviceAccountName"] for pod in pods(name)}
    assert bound == {accounts["operator"], accounts["test"]}
    assert accounts["injector"] not in bound
    assert all(each["automountServiceAccountToken"] is False for each in objects(name, "ServiceAccount"))


@pytest.mark.case("X09")
@every_set
def test_the_test_may_read_the_two_webhook_configurations(name: str) -> None:
    assert {(group, verb) for group, _, verb, _ in rights(one(name, "ClusterRole", "-test"))} == {(HOOKS, "get")}
    assert all(named for *_, named in rights(one(name, "ClusterRole", "-test")))


@pytest.mark.row("A38", "D30")
@every_set
def test_tenants_roles_write_what_is_theirs_and_no_status(name: str) -> None:
    def verbs(role: Object) -> set[str]:
        assert {right[:2] for right in rights(role)} == {(GROUP, kind.plural) for kind in KINDS}
        return {right[2] for right in rights(role)}

    view, edit, admin = (one(name, "ClusterRole", f"-{role}") for role in ("view", "edit", "admin"))
    assert verbs(view) == {"get", "list", "watch"}
    assert verbs(edit) == verbs(view) | {"create", "update", "patch", "delete"}
    assert verbs(admin) == verbs(edit) | {"deletecollection"}


AGGREGATED = {"view": {"view", "edit", "admin"}, "edit": {"edit", "admin"}, "admin": {"admin"}, "tier-assigner": set()}


@pytest.mark.row("D30")
@pytest.mark.parametrize(("role", "into"), AGGREGATED.items(), ids=AGGREGATED)
def test_roles_become_part_of_the_clusters_own_unless_a_value_says_no(role: str, into: set[str]) -> None:
    def aggregated(name: str) -> set[str]:
        labels = one(name, "ClusterRole", f"-{role}")["metadata"]["labels"]
        return {key.rpartition("-")[2] for key in labels if "/aggregate-to-" in key}

    assert aggregated("default") == into
    assert aggregated("minimal") == set()


@pytest.mark.case("X11")
@every_set
def test_who_may_assign_a_tier_is_part_of_no_role_but_its_own(name: str) -> None:
    roles = [role["metadata"]["name"] for role in objects(name, "ClusterRole") if "assign" in str(rights(role))]
    assigner = one(name, "ClusterRole", "-tier-assigner")
    assert roles == [assigner["metadata"]["name"]]
    assert rights(assigner) == {(GROUP, "slatiers", "assign", "")}


def _hooks(name: str, verb: str) -> set[Right]:
    """The right to do this where the operator has to write: a CA that it makes itself, and always the secret path."""
    kinds = HOOK_KINDS[1:] if name in BY_OTHERS else HOOK_KINDS
    return {(HOOKS, f"{each['kind'].lower()}s", verb, each["metadata"]["name"]) for each in objects(name, *kinds)}
