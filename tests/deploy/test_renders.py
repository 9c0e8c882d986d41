"""What Helm makes of the chart: restricted pods, webhooks that harm nobody, policies that bind, and what was chosen."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from e2e.chart import DIGEST, RENDERS, made_of

from deploy.rendered import SETS, Object, environment, objects, one, pods, values
from optipath_operator.catalogue.read import built_in
from optipath_operator.compile import Gathered, compile_namespace
from optipath_operator.inject.settings import settings as injector_settings
from optipath_operator.reconcile.warnpath import HOOK
from optipath_operator.settings import settings as operator_settings
from optipath_router.settings import settings as router_settings

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

every_set = pytest.mark.parametrize("name", SETS)


def test_the_renders_are_of_the_chart_as_it_is() -> None:
    assert DIGEST.read_text().strip() == made_of(), "run `make chart`, and review what it changes"
    assert {path.name for path in RENDERS.iterdir() if path.is_dir()} == set(SETS)


@pytest.mark.case("X09")
@pytest.mark.row("B19")
@every_set
def test_every_pod_is_restricted_and_its_containers_may_do_nothing(name: str) -> None:
    own_ids = name == "openshift"
    for pod in pods(name):
        of_pod = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        numbers = {} if own_ids else {"runAsUser": 65534, "runAsGroup": 65534}
        assert pod["securityContext"] == of_pod | numbers
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert {"cpu", "memory"} == set(container["resources"]["requests"])
        assert all(set(volume) == {"name", "secret"} for volume in pod.get("volumes", ()))


@every_set
def test_the_image_is_one_and_the_programs_are_those_of_the_project(name: str) -> None:
    assert len({pod["containers"][0]["image"] for pod in pods(name)}) == 1
    started = {pod["containers"][0]["name"]: pod["containers"][0]["command"] for pod in pods(name)}
    assert (started["operator"], started["injector"]) == (["optipath-operator"], ["optipath-injector"])
    assert {"optipath-operator", "optipath-injector"} <= set(PROJECT["scripts"])


@pytest.mark.case("X09")
@every_set
def test_nobody_is_shown_the_ca_s_key(name: str) -> None:
    for pod in pods(name):
        for volume in pod.get("volumes", ()):
            assert [item["key"] for item in volume["secret"]["items"]] == ["tls.crt", "tls.key"]


@pytest.mark.row("A37")
@every_set
def test_secrets_are_made_empty_so_that_no_upgrade_takes_away_what_is_in_them(name: str) -> None:
    made = {each["metadata"]["name"]: each for each in objects(name, "Secret")}
    others = name in ("cert-manager", "provided")
    assert set(made) == {"optipath-status-key"} | (set() if others else {"optipath-webhook-tls"})
    for each in made.values():
        assert set(each) == {"apiVersion", "kind", "metadata", "type"}


@pytest.mark.case("W01")
@pytest.mark.row("B19")
@every_set
def test_the_webhook_is_called_for_new_pods_of_namespaces_that_ask_and_of_no_other(name: str) -> None:
    config = one(name, "MutatingWebhookConfiguration", "-injector")
    (hook,) = config["webhooks"]
    assert hook["rules"] == [
        {
            "apiGroups": [""],
            "apiVersions": ["v1"],
            "operations": ["CREATE"],
            "resources": ["pods"],
            "scope": "Namespaced",
        }
    ]
    assert _expressions(hook["namespaceSelector"]) == {
        ("optipath.io/inject", "In", ("enabled",)),
        ("kubernetes.io/metadata.name", "NotIn", ("kube-system", "kube-node-lease", "optipath-system")),
    }
    assert _expressions(hook["objectSelector"]) == {("optipath.io/inject", "NotIn", ("disabled",))}
    assert hook["failurePolicy"] == ("Ignore" if name == "provided" else "Fail")
    assert hook["timeoutSeconds"] <= 5
    assert (hook["sideEffects"], hook["reinvocationPolicy"]) == ("None", "IfNeeded")
    assert "matchConditions" not in hook


@pytest.mark.case("W01")
@every_set
def test_the_warning_webhook_stands_in_nobody_s_way(name: str) -> None:
    (hook,) = one(name, "ValidatingWebhookConfiguration", "-warnings")["webhooks"]
    assert (hook["failurePolicy"], hook["sideEffects"]) == ("Ignore", "None")
    assert hook["timeoutSeconds"] <= 5
    assert {group for rule in hook["rules"] for group in rule["apiGroups"]} == {"optipath.io"}


@pytest.mark.case("W01")
@every_set
def test_each_webhook_leads_to_a_part_s_port(name: str) -> None:
    deployments = {_selected(each["spec"]["selector"]["matchLabels"]): each for each in objects(name, "Deployment")}
    services = {each["metadata"]["name"]: each for each in objects(name, "Service")}
    leads = {}
    for config in objects(name, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
        (hook,) = config["webhooks"]
        called = hook["clientConfig"]["service"]
        service = services[called["name"]]
        (port,) = service["spec"]["ports"]
        assert port["port"] == called["port"]
        (container,) = deployments[_selected(service["spec"]["selector"])]["spec"]["template"]["spec"]["containers"]
        leads[hook["name"], called.get("path")] = container["name"]
        assert {"name": port["targetPort"], "containerPort": 9443} in container["ports"]
    assert leads == {("inject.optipath.io", "/mutate"): "injector", (HOOK, None): "operator"}


@every_set
def test_the_ca_is_mentioned_only_where_it_is_provided(name: str) -> None:
    for config in objects(name, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
        (hook,) = config["webhooks"]
        assert ("caBundle" in hook["clientConfig"]) == (name == "provided")
        injected = (config["metadata"].get("annotations") or {}).get("cert-manager.io/inject-ca-from")
        assert injected == ("optipath-system/optipath-webhook" if name == "cert-manager" else None)


@every_set
def test_the_operator_is_told_of_the_webhooks_that_are_there(name: str) -> None:
    told = environment(one(name, "Deployment", "-operator")["spec"]["template"]["spec"]["containers"][0])
    configs = [
        f"{each['kind'].removesuffix('WebhookConfiguration').lower()}/{each['metadata']['name']}"
        for each in objects(name, "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
    ]
    assert told["OPTIPATH_WEBHOOKS"].split(",") == configs
    services = [
        each["metadata"]["name"] for each in objects(name, "Service") if each["spec"]["ports"][0]["name"] == "webhook"
    ]
    assert sorted(told["OPTIPATH_WEBHOOK_SERVICES"].split(",")) == sorted(services)
    understood = operator_settings(told)
    assert understood.webhook_port == 9443
    assert f"{understood.warnings.kind}/{understood.warnings.name}" == configs[1]
    if name in ("cert-manager", "provided"):
        assert understood.certificates is None
        return
    assert understood.certificates is not None
    assert understood.certificates.secret == "optipath-webhook-tls"
    assert [f"{each.kind}/{each.name}" for each in understood.certificates.webhooks] == configs
    assert sorted(understood.certificates.services) == sorted(services)


@every_set
def test_the_operator_may_change_what_it_writes_of_a_webhook_and_no_more(name: str) -> None:
    for policy in objects(name, "ValidatingAdmissionPolicy"):
        if policy["metadata"]["name"].endswith("-webhooks"):
            (validation,) = policy["spec"]["validations"]
            warnings = one(name, "ValidatingWebhookConfiguration", "-warnings")["metadata"]["name"]
            assert f"object.metadata.name == '{warnings}' && new.name == '{HOOK}'" in validation["expression"]
            by_others = name in ("cert-manager", "provided")
            assert ("caBundle" in validation["expression"]) == by_others, (
                "a bundle that others write is not to be changed"
            )
            assert ("caBundle" in validation["message"]) != by_others


def test_cert_manager_makes_the_names_by_which_the_webhooks_are_called() -> None:
    made = one("cert-manager", "Certificate", "-webhook")
    for config in objects("cert-manager", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
        service = config["webhooks"][0]["clientConfig"]["service"]
        assert f"{service['name']}.{service['namespace']}.svc" in made["spec"]["dnsNames"]


def test_cert_manager_s_secret_is_mounted_and_is_not_the_operator_s() -> None:
    """Helm takes over no Secret that cert-manager has left behind, and deletes its own when the mode changes."""
    made = one("cert-manager", "Certificate", "-webhook")["spec"]["secretName"]
    assert made not in {each["metadata"]["name"] for name in SETS for each in objects(name, "Secret")}
    mounted = {volume["secret"]["secretName"] for pod in pods("cert-manager") for volume in pod.get("volumes", ())}
    assert mounted == {made}


@every_set
def test_the_injector_is_told_what_a_router_is_made_of(name: str) -> None:
    pod = one(name, "Deployment", "-injector")["spec"]["template"]["spec"]
    told = json.loads(environment(pod["containers"][0])["OPTIPATH_INJECTION"])
    assert set(told) == {"image", "imagePullPolicy", "resources", "runAsUser", "runAsGroup", "env", "logLevel"}
    assert told["image"] == pod["containers"][0]["image"]
    assert told["runAsUser"] == told["runAsGroup"] == (None if name == "openshift" else 65534)
    usual = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": None, "memory": "320Mi"}}
    none = {"requests": {"cpu": None, "memory": "64Mi"}, "limits": {"cpu": None, "memory": None}}
    assert told["resources"] == (none if name == "minimal" else usual)
    assert told["env"] == (["openai", "anthropic"] if name == "minimal" else [])
    understood = injector_settings(environment(pod["containers"][0]))
    assert understood.injection.image == told["image"]
    assert understood.injection.run_as_user == told["runAsUser"]
    for side in ("requests", "limits"):
        amounts = getattr(understood.injection, side)
        assert {"cpu": amounts.cpu, "memory": amounts.memory} == told["resources"][side]
    assert understood.linger_seconds < pod["terminationGracePeriodSeconds"]


@pytest.mark.row("B33")
@every_set
def test_policies_bind_unless_a_value_says_no(name: str) -> None:
    policies = objects(name, "ValidatingAdmissionPolicy")
    bound = {each["spec"]["policyName"] for each in objects(name, "ValidatingAdmissionPolicyBinding")}
    assert {each["metadata"]["name"] for each in policies} == bound
    assert len(bound) == (0 if name == "provided" else 6)
    assert all(each["spec"]["failurePolicy"] == "Fail" for each in policies)
    assert all(
        each["spec"]["validationActions"] == ["Deny"] for each in objects(name, "ValidatingAdmissionPolicyBinding")
    )


@pytest.mark.case("X11")
def test_a_tier_is_guarded_on_every_way_to_a_namespace_s_labels() -> None:
    (rule,) = one("default", "ValidatingAdmissionPolicy", "-tiers")["spec"]["matchConstraints"]["resourceRules"]
    assert rule["resources"] == ["namespaces", "namespaces/*"]
    assert rule["operations"] == ["CREATE", "UPDATE"]


@pytest.mark.row("B33")
def test_tiers_are_policies_that_compile_and_one_s_own_takes_a_preset_s_place() -> None:
    policies = tuple(objects("monitored", "RoutingPolicy"))
    named = {each["metadata"]["name"]: each["spec"] for each in policies}
    assert set(named) == {"gold", "silver", "silver-at-most", "bronze", "eu"}
    assert named["bronze"] == values("monitored")["tiers"]["policies"]["bronze"]
    told = compile_namespace(
        Gathered("optipath-system", policies, built_in(), operator_namespace="optipath-system", strict=True)
    )
    assert told.problems == ()
    tenant = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "a", "labels": {"optipath.io/sla-tier": "lab"}},
    }
    found = compile_namespace(Gathered("a", (*policies, tenant), built_in(), operator_namespace="optipath-system"))
    assert found.snapshot.resilience.attempts == 2
    assert not objects("default", "RoutingPolicy")


def test_break_glass_frees_its_groups_of_two_policies_and_of_no_other() -> None:
    freed = {
        each["metadata"]["name"]
        for each in objects("monitored", "ValidatingAdmissionPolicy")
        if "'platform:on-call', 'system:serviceaccounts:velero'" in str(each["spec"].get("matchConditions"))
    }
    assert freed == {"optipath-configmaps", "optipath-status"}


@every_set
def test_one_of_several_is_spared_while_nodes_are_drained(name: str) -> None:
    spared = {_selected(each["spec"]["selector"]["matchLabels"]) for each in objects(name, "PodDisruptionBudget")}
    several = {
        _selected(each["spec"]["selector"]["matchLabels"])
        for each in objects(name, "Deployment")
        if each["spec"]["replicas"] > 1
    }
    assert spared == (set() if name == "provided" else several)


def test_prometheus_finds_the_ports_that_there_are() -> None:
    (monitor,) = objects("monitored", "ServiceMonitor")
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    services = [each for each in objects("monitored", "Service") if wanted <= each["metadata"]["labels"].items()]
    ports = [port["name"] for each in services for port in each["spec"]["ports"]]
    assert ports.count(monitor["spec"]["endpoints"][0]["port"]) == 2
    (routers,) = objects("monitored", "PodMonitor")
    pod = yaml.safe_load((ROOT / "deploy/examples/pod-with-router.yaml").read_text())
    assert routers["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    (port,) = pod["spec"]["initContainers"][0]["ports"]
    assert routers["spec"]["podMetricsEndpoints"][0]["port"] == port["name"]
    assert port["containerPort"] == router_settings({}).admin[0].port


def test_an_alert_is_raised_over_a_metric_that_there_is() -> None:
    (rule,) = objects("monitored", "PrometheusRule")
    source = "".join(
        path.read_text()
        for folder in ("operator/optipath_operator", "router_sidecar/optipath_router")
        for path in (ROOT / folder).rglob("*.py")
    )
    there = set(re.findall(r'"(optipath_[a-z_]+)"', source))
    alerts = [each for group in rule["spec"]["groups"] for each in group["rules"]]
    for alert in alerts:
        named = {each.removesuffix("_total") for each in re.findall(r"optipath_[a-z_]+", alert["expr"])}
        assert named, alert["alert"]
        assert named <= there, alert["alert"]
        assert {"summary", "description"} == set(alert["annotations"])


@pytest.mark.row("B33")
def test_more_of_it_comes_by_values_and_an_app_sees_none_of_it() -> None:
    """What routers are told, and what apps find, is the same with everything on as with nothing."""

    def told(name: str) -> Any:
        pod = one(name, "Deployment", "-injector")["spec"]["template"]["spec"]
        injection = json.loads(environment(pod["containers"][0])["OPTIPATH_INJECTION"])
        return {key: value for key, value in injection.items() if key != "image"}

    assert told("monitored") == told("default")
    more = {each["kind"] for each in objects("monitored")} - {each["kind"] for each in objects("default")}
    assert more == {"NetworkPolicy", "ServiceMonitor", "PodMonitor", "PrometheusRule", "ConfigMap", "RoutingPolicy"}


def test_networks_let_the_injector_call_nobody_and_both_be_called_by_the_api_server() -> None:
    found = {each["metadata"]["name"]: each["spec"] for each in objects("monitored", "NetworkPolicy")}
    assert found["optipath-injector"]["egress"] == []
    for spec in found.values():
        (webhook,) = (each for each in spec["ingress"] if each["ports"] == [{"port": "webhook", "protocol": "TCP"}])
        *api_servers, test = webhook["from"]
        assert api_servers == values("monitored")["networkPolicy"]["webhookFrom"]
        labels = one("monitored", "Pod", "-test")["metadata"]["labels"]
        assert test["podSelector"]["matchLabels"].items() <= labels.items()
    for each in objects("cert-manager", "NetworkPolicy"):
        assert {"ports": [{"port": "webhook", "protocol": "TCP"}]} in each["spec"]["ingress"]
    asked = {(port["port"], "to" in rule) for rule in found["optipath-operator"]["egress"] for port in rule["ports"]}
    assert asked == {(53, False), (443, True), (6443, True), (7081, True)}


@every_set
def test_everything_that_is_in_a_namespace_is_in_the_release_s_and_carries_its_name(name: str) -> None:
    extra = {"dashboards", "optipath-note"}
    for each in objects(name):
        metadata = each["metadata"]
        if metadata["name"] in extra:
            continue
        assert metadata.get("namespace", "optipath-system") == "optipath-system"
        assert metadata["labels"]["app.kubernetes.io/instance"] == "optipath"


def test_every_set_says_what_it_is_for() -> None:
    assert all((RENDERS / name / "values.yaml").read_text().startswith("# ") for name in SETS)
    assert all(values(name) for name in SETS)


def _selected(labels: dict[str, str]) -> str:
    return labels["app.kubernetes.io/component"]


def _expressions(selector: Object) -> set[tuple[str, str, tuple[str, ...]]]:
    assert set(selector) == {"matchExpressions"}
    return {(each["key"], each["operator"], tuple(each["values"])) for each in selector["matchExpressions"]}
