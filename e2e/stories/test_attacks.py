"""What a tenant may try who has every right in its own namespace, and who refuses it: each attempt by the one named.

What the API server refuses by roles and policies has its own stories in `test_admission`; one of each kind stands here.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from e2e.stories.kubectl import CommandFailed, condition, get, kubectl, until
from e2e.stories.person import Person, patch
from e2e.stories.simulator import Simulator, fingerprint
from e2e.stories.tenant import Tenant, opted_in

VICTIM, MALLORY = "attacked", "mallory"
KEY = "sk-of-the-attacked"
TIER = "optipath.io/sla-tier"


@dataclass(frozen=True)
class Scene:
    """Two tenants: one with a key and a provider of its own, and one who would like to have them."""

    victim: Tenant
    mallory: Tenant
    person: Person
    """Mallory at the API server: the cluster's role `admin`, in its own namespace."""
    simulator: Simulator


@pytest.fixture(scope="module")
def scene(paper: str, simulator: Simulator) -> Iterator[Scene]:
    """Both of them at work."""
    with opted_in(VICTIM, paper) as victim, opted_in(MALLORY, paper) as mallory:
        person = Person(MALLORY)
        person.bound("admin", MALLORY)
        victim.secret(paper=KEY, paper__hosts=simulator.host)
        victim.apply(_with_keys(victim.provider_object("ok-theirs"), "paper"))
        victim.policy("ok-theirs")
        mallory.provider("ok-mine")
        mallory.policy("ok-mine")
        for tenant in (victim, mallory):
            tenant.programmed()
            tenant.app()
        victim.until_answered_by("ok-theirs")
        mallory.until_answered_by("ok-mine")
        yield Scene(victim, mallory, person, simulator)


AT_THE_API_SERVER: dict[str, tuple[tuple[str, ...], str]] = {
    "another's key": (("get", "secret", "optipath-credentials", "-n", VICTIM), "secrets"),
    "another's snapshot": (("get", "configmap", "optipath-router", "-n", VICTIM), "configmaps"),
    "another's provider": (("get", "modelprovider", "paper", "-n", VICTIM), "modelproviders"),
    "another's router, by exec": (("exec", "app", "-n", VICTIM, "--", "true"), "pods"),
    "another's router, by its loopback": (("port-forward", "pod/app", "7080", "-n", VICTIM), "pods"),
    "a change of another's policy": (("delete", "routingpolicy", "chat", "-n", VICTIM), "routingpolicies"),
    "a higher tier, by its own label": (("label", "namespace", MALLORY, f"{TIER}=gold"), "namespaces"),
    "its own snapshot, by hand": (
        ("patch", "configmap", "optipath-router", "-n", MALLORY, "-p", patch("data", "snapshot.json", value="{}")),
        "only the OptiPath operator writes it",
    ),
    "a status that says it is well": (
        ("patch", "mp", "paper", "-n", MALLORY, "--subresource=status", "--type=merge", "-p", '{"status":{}}'),
        "modelproviders",
    ),
    "the path of the webhook that warns": (
        ("get", "validatingwebhookconfiguration", "optipath-warnings"),
        "validatingwebhookconfigurations",
    ),
    "the status channel's key": (("get", "secret", "optipath-status-key", "-n", "optipath-system"), "secrets"),
}


@pytest.mark.row("A27", "A38", "D30")
@pytest.mark.parametrize("attempt", AT_THE_API_SERVER)
def test_the_api_server_refuses(attempt: str, scene: Scene) -> None:
    words, because = AT_THE_API_SERVER[attempt]
    assert because in scene.person.may_not(*words)


def test_the_api_server_refuses_a_policy_that_binds_others(scene: Scene) -> None:
    policy = scene.mallory.policy_object("ok-mine", name="for-all")
    policy["spec"]["scope"] = {"mode": "Overrides"}
    told = scene.person.may_not("create", "-n", MALLORY, "-f", "-", given=json.dumps(policy))
    assert "may have a scope" in told


POD_ANNOTATIONS = {
    "another namespace's Secret": ("optipath.io/credentials", f"{VICTIM}/optipath-credentials"),
    "a path out of its folder": ("optipath.io/credentials", "../../other"),
}


@pytest.mark.row("A27")
@pytest.mark.parametrize("attempt", POD_ANNOTATIONS)
def test_the_injector_refuses_a_pod_that_asks_for(attempt: str, scene: Scene) -> None:
    name, value = POD_ANNOTATIONS[attempt]
    pod = scene.mallory.app_object("thief", annotations={name: value})
    told = scene.person.may_not("create", "-n", MALLORY, "-f", "-", given=json.dumps(pod))
    assert "inject.optipath.io" in told
    assert name in told


def test_a_secret_of_the_same_name_elsewhere_is_not_what_a_pod_gets(scene: Scene) -> None:
    """A name means a Secret of the pod's own namespace: there is none, and the router has no key to send."""
    provider = _with_keys(scene.mallory.provider_object("ok-keyed", name="keyed"), "paper")
    scene.mallory.apply(provider)
    scene.mallory.app("borrower", annotations={"optipath.io/credentials": "optipath-credentials"})
    told = until(lambda: _told_of(scene, "ok-keyed", "borrower", "key"), within=20, what="the router says it has none")
    assert "paper" in told
    assert scene.simulator.calls("ok-keyed") == 0


@pytest.mark.row("A27")
@pytest.mark.case("X03")
def test_the_operator_refuses_another_s_provider_in_the_words_of_not_found(scene: Scene) -> None:
    policy = scene.mallory.policy_object("ok-theirs", name="thief")
    there, nowhere = (
        {"provider": name, "namespace": VICTIM, "model": "ok-theirs"} for name in ("paper", "no-such-one")
    )
    policy["spec"]["rules"][0]["targets"] = [there, nowhere]
    scene.person.may("apply", "-n", MALLORY, "-f", "-", given=json.dumps(policy))
    told = until(lambda: _condition(scene, "rp", "thief", "ResolvedRefs"), within=20, what="the condition says so")
    assert told.count("is not listed by any provider in") == 2
    assert VICTIM not in str(scene.mallory.config()).replace(f"'namespace': '{VICTIM}'", "")
    scene.person.may("delete", "rp", "thief", "-n", MALLORY)


METADATA = ("http://169.254.169.254/latest", "https://169.254.169.254/v1", "https://[fd00:ec2::254]/v1")


@pytest.mark.row("A27")
@pytest.mark.case("X01")
@pytest.mark.parametrize("url", METADATA)
def test_the_api_server_refuses_a_provider_that_is_the_cloud_s_metadata_service(url: str, scene: Scene) -> None:
    provider = scene.mallory.provider_object("ok-inside", name="inside")
    provider["spec"]["endpoint"]["url"] = url
    with pytest.raises(CommandFailed, match="must not lead to a metadata service"):
        scene.person.may("apply", "-n", MALLORY, "-f", "-", given=json.dumps(provider))


ENDPOINTS = {
    "the API server": "https://kubernetes.default.svc/v1",
    "its own router's loopback": "http://127.0.0.1:7081/v1",
    "another tenant's Service": f"http://app.{VICTIM}.svc:7080/v1",
    "a private address": "https://192.168.0.1/v1",
}


@pytest.mark.row("A27")
@pytest.mark.case("X01")
@pytest.mark.parametrize("attempt", ENDPOINTS)
def test_the_operator_refuses_a_provider_that_is(attempt: str, scene: Scene) -> None:
    provider = scene.mallory.provider_object("ok-inside", name="inside")
    provider["spec"]["endpoint"]["url"] = ENDPOINTS[attempt]
    scene.person.may("apply", "-n", MALLORY, "-f", "-", given=json.dumps(provider))
    told = until(lambda: _condition(scene, "mp", "inside", "ResolvedRefs"), within=20, what="the condition says so")
    assert "ask the administrator to allow it" in told
    assert ENDPOINTS[attempt] not in (scene.mallory.config_text() or "")
    scene.person.may("delete", "mp", "inside", "-n", MALLORY)


@pytest.mark.row("A27", "A38")
@pytest.mark.parametrize("model", ["ok-theirs", "paper/ok-theirs", f"paper@{VICTIM}/ok-theirs", f"{VICTIM}/ok-theirs"])
def test_the_router_refuses_another_s_model_by_its_name(model: str, scene: Scene) -> None:
    assert '"status": 404' in scene.mallory.refused(model)


HEADERS = (
    f"x-optipath-namespace={VICTIM}",
    f"x-optipath-tenant={VICTIM}",
    "x-optipath-tier=gold",
    f"x-optipath-policy={VICTIM}/chat@1",
    f"x-forwarded-for={VICTIM}",
)


@pytest.mark.row("A27")
def test_the_router_believes_no_header_about_who_calls(scene: Scene) -> None:
    options = [word for header in HEADERS for word in ("--header", header)]
    answer = scene.mallory.once("assistant", *options)
    assert answer["model"] == "ok-mine"
    assert answer["policy"].startswith(f"{MALLORY}/chat@")
    assert '"status": 404' in scene.mallory.refused("ok-theirs", *options)


@pytest.mark.case("X03")
def test_the_router_sends_a_key_to_no_host_that_its_secret_does_not_name(scene: Scene) -> None:
    """Whoever may write a provider, and not the Secret, gets no key by an address of their own."""
    scene.victim.apply(_with_keys(scene.victim.provider_object("ok-elsewhere", name="elsewhere"), "paper"))
    scene.victim.secret(paper=KEY, paper__hosts="llm.example.com")
    scene.victim.hurry()
    told = until(
        lambda: _told_of(scene, "ok-elsewhere", "app", f"may go to {scene.simulator.host}", scene.victim),
        within=60,
        what="the router says why the key stays",
    )
    assert KEY not in told
    assert scene.simulator.calls("ok-elsewhere") == 0
    scene.victim.secret(paper=KEY, paper__hosts=scene.simulator.host)


def test_the_router_of_another_is_not_to_be_called_and_tells_nothing(scene: Scene) -> None:
    address = kubectl("get", "pod", "app", "-n", VICTIM, "-o", "jsonpath={.status.podIP}")
    assert "refused" in _asked(scene, f"http://{address}:7080/v1/models")
    for header in ("", "Bearer ", "Bearer guessed"):
        told = _asked(scene, f"http://{address}:7081/status", header)
        assert told.startswith(("401", "404")), told
        assert "ok-theirs" not in told
    assert scene.simulator.last_key("ok-theirs") == fingerprint(KEY)


@pytest.mark.row("A27")
def test_the_webhook_that_warns_answers_nobody_who_does_not_know_its_path(scene: Scene) -> None:
    """A review that Mallory forges, in the name of a namespace that is not its own, asks what is there."""
    service = until(
        lambda: _called(get("validatingwebhookconfiguration", "optipath-warnings")),
        within=60,
        what="the operator has told the API server of its path",
    )
    policy = scene.victim.policy_object("ok-theirz")
    forged = {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "forged",
            "kind": {"group": "optipath.io", "version": "v1alpha1", "kind": "RoutingPolicy"},
            "operation": "CREATE",
            "namespace": VICTIM,
            "name": "chat",
            "object": policy,
        },
    }
    host = f"https://{service['name']}.{service['namespace']}.svc"

    def posts(path: str) -> str:
        return _asked(scene, f"{host}{path}", body=json.dumps(forged))

    nowhere = posts("/nowhere")
    assert nowhere.startswith("404")
    for path in ("/", "/warn", "/warn/", f"/warn/{'0' * 64}", service["path"][:-1], f"{service['path']}/"):
        assert posts(path) == nowhere, path
    # It is the path, and nothing else, that keeps Mallory from it.
    assert "paper/ok-theirs" in posts(service["path"])


def test_whoever_applies_a_resource_is_warned_by_the_path_that_the_operator_has_written(scene: Scene) -> None:
    policy = json.dumps(scene.mallory.policy_object("ok-mime", name="warned"))
    words = ["kubectl", f"--as={MALLORY}", "apply", "-n", MALLORY, "--dry-run=server", "-f", "-"]
    done = subprocess.run(words, input=policy, capture_output=True, text=True, timeout=60, check=True)
    assert "Warning: spec.rules[0].targets[0]: target 'paper/ok-mime' is not listed" in done.stderr


def _called(config: dict[str, Any]) -> dict[str, Any] | None:
    """Which Service the API server calls, once it is told by which path."""
    service: dict[str, Any] = config["webhooks"][0]["clientConfig"]["service"]
    return service if service.get("path") else None


def _asked(scene: Scene, url: str, authorization: str = "", body: str = "") -> str:
    """What Mallory's app is told at an address: status and body, or why there is none."""
    program = (
        "import ssl, sys, urllib.request, urllib.error\n"
        "headers = {'authorization': sys.argv[2]}\n"
        "request = urllib.request.Request(sys.argv[1], sys.argv[3].encode() or None, headers)\n"
        "anybody = ssl._create_unverified_context()\n"
        "try:\n"
        "    reply = urllib.request.urlopen(request, timeout=5, context=anybody)\n"
        "except urllib.error.HTTPError as error:\n"
        "    reply = error\n"
        "except OSError as error:\n"
        "    sys.exit(print(error))\n"
        "print(reply.status, reply.read().decode())"
    )
    return scene.mallory.run("python3", "-c", program, url, authorization, body)


def _with_keys(provider: dict[str, Any], *keys: str) -> dict[str, Any]:
    provider["spec"]["credentials"] = {"keys": list(keys)}
    return provider


def _told_of(scene: Scene, model: str, app: str, word: str, tenant: Tenant | None = None) -> str:
    """What a call for a model is refused with, once it is about this."""
    told = (tenant or scene.mallory).refused(model, app=app)
    return told if word in told else ""


def _condition(scene: Scene, kind: str, name: str, which: str) -> str:
    """What a condition that is false says."""
    told = condition(kind, name, scene.mallory.name, which)
    return str(told["message"]) if told.get("status") == "False" else ""
