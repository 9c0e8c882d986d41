"""Every kind of pod gets its router from a real API server, or is told why not, and runs with it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.stories.kubectl import apply, get, kubectl, until
from e2e.stories.release import IMAGE
from e2e.stories.tenant import APP_IMAGE, ENV, Tenant, opted_in
from optipath_operator.inject.quantity import quantity

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "tests/inject/cases").glob("*/pod.yaml"))
OF_THE_USUAL_CHART = [folder for folder in FOLDERS if not (folder / "options.yaml").exists()]
LEVEL = "pod-security.kubernetes.io"
ROUTER = "optipath-router"
MADE_WITH = "registry.example/optipath:0.1.0"
"""The router's image in the table, in whose place stands here what the chart was told."""


@pytest.fixture(scope="module")
def table(paper: str) -> Iterator[Tenant]:
    """A namespace that warns of every container that Pod Security `restricted` would not admit."""
    with opted_in("table", paper, **{f"{LEVEL}/warn": "restricted"}) as found:
        accounts = {_account(folder) for folder in OF_THE_USUAL_CHART} - {"default"}
        for name in accounts:
            kubectl("create", "serviceaccount", name, "-n", found.name)
        until(lambda: get("serviceaccount", "default", "-n", found.name), within=20, what="its own account is there")
        yield found


def test_there_are_enough_of_them() -> None:
    assert len(OF_THE_USUAL_CHART) >= 25


@pytest.mark.row("A01", "A28", "D25")
@pytest.mark.case("W02")
@pytest.mark.parametrize("folder", OF_THE_USUAL_CHART, ids=lambda folder: folder.name)
def test_a_pod_of_the_table_becomes_what_the_table_says(folder: Path, table: Tenant) -> None:
    created, told = _created((folder / "pod.yaml").read_text(), table)
    refused = folder / "refused.txt"
    if refused.exists():
        assert created is None
        assert f'admission webhook "inject.optipath.io" denied the request: {refused.read_text().strip()}' in told
        return
    assert created is not None, told
    _holds(yaml.safe_load((folder / "out.yaml").read_text()), created, "")
    warnings = folder / "warnings.txt"
    for line in warnings.read_text().splitlines() if warnings.exists() else ():
        assert f"Warning: {line}" in told
    # What is said of Pod Security is said of the pod's own containers; what is injected fits the strictest level.
    if f'"{ROUTER}"' not in (folder / "pod.yaml").read_text():
        assert ROUTER not in "".join(re.findall("Warning: would violate PodSecurity.*", told))


@pytest.mark.case("W02")
def test_a_second_review_of_what_came_of_the_first_changes_nothing(table: Tenant) -> None:
    first, told = _created(json.dumps(table.app_object("twice")), table)
    assert first, told
    again = {
        **{name: first[name] for name in ("apiVersion", "kind", "spec")},
        "metadata": {name: first["metadata"][name] for name in ("name", "labels", "annotations")},
    }
    second, told = _created(json.dumps(again), table)
    assert second, told
    assert second["spec"] == first["spec"]
    assert again["metadata"].items() <= second["metadata"].items()


@pytest.mark.row("A28", "B19")
def test_a_namespace_that_enforces_restricted_takes_a_pod_with_its_router_and_runs_it(paper: str) -> None:
    with opted_in("restricted", paper, **{f"{LEVEL}/enforce": "restricted"}) as tenant:
        tenant.provider("ok-cheap")
        pod = tenant.app_object()
        pod["spec"] |= {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}
        pod["spec"]["containers"][0]["securityContext"] = {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        tenant.apply(pod)
        tenant.ready()
        tenant.until_answered_by("ok-cheap", asking_for="ok-cheap")


CALL = ["python3", "calls.py", "once", "assistant"]
CALL_AND_STAY = ["sh", "-c", f"{' '.join(CALL)}; exec sleep 3600"]


@pytest.fixture(scope="module")
def kinds(paper: str) -> Iterator[Tenant]:
    """A namespace with a model, and one workload of every kind, each of which calls it as it starts."""
    with opted_in("kinds", paper) as tenant:
        tenant.provider("ok-cheap")
        tenant.policy("ok-cheap")
        tenant.programmed()
        given = {"OPENAI_BASE_URL": "http://127.0.0.1:7080/v1", "OPENAI_API_KEY": "of-its-own"}
        variables = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "variables"}, "data": given}
        cron = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": _template(CALL, restart="Never")}}}
        apply(
            variables,
            _workload("apps/v1", "Deployment", "deployment", template=_template(CALL_AND_STAY)),
            _workload("apps/v1", "StatefulSet", "set", template=_template(CALL_AND_STAY), serviceName="set"),
            _workload("apps/v1", "DaemonSet", "everywhere", template=_template(CALL_AND_STAY)),
            {**_object("batch/v1", "CronJob", "nightly"), "spec": cron},
            {**_object("batch/v1", "Job", "once"), "spec": {"template": _template(CALL, restart="OnFailure")}},
            {**_object("v1", "Pod", "bare"), **_template(CALL_AND_STAY, name="bare")},
            {**_object("v1", "Pod", "begins"), **_template(["sleep", "infinity"], first=CALL, name="begins")},
            {**_object("v1", "Pod", "from-map"), **_template(CALL_AND_STAY, env_from="variables", name="from-map")},
            namespace=tenant.name,
        )
        kubectl("create", "job", "tonight", "--from=cronjob/nightly", "-n", tenant.name)
        yield tenant


CALLERS = {
    "a Deployment's pod": ("app=app,pod-template-hash", "app"),
    "a StatefulSet's pod": ("apps.kubernetes.io/pod-index=0", "app"),
    "a DaemonSet's pod": ("app=app,pod-template-generation", "app"),
    "a CronJob's job": ("batch.kubernetes.io/job-name=tonight", "app"),
    "a Job": ("batch.kubernetes.io/job-name=once", "app"),
    "a bare pod": ("name=bare", "app"),
    "an init container": ("name=begins", "first"),
    "a container with envFrom": ("name=from-map", "app"),
}


@pytest.mark.row("A01", "A28")
@pytest.mark.parametrize("caller", CALLERS)
def test_a_model_answers(caller: str, kinds: Tenant) -> None:
    selector, container = CALLERS[caller]
    words = ("logs", "-n", kinds.name, "-l", selector, "-c", container, "--tail=-1")
    answer = until(lambda: kubectl(*words), within=90, what=f"{caller} has called")
    assert json.loads(answer.splitlines()[-1])["model"] == "ok-cheap"


@pytest.mark.parametrize("job", ["once", "tonight"])
def test_a_job_ends_though_its_router_would_not(job: str, kinds: Tenant) -> None:
    kubectl("wait", f"job/{job}", "-n", kinds.name, "--for=condition=Complete", "--timeout=90s")
    (pod,) = get("pods", "-n", kinds.name, "-l", f"batch.kubernetes.io/job-name={job}")["items"]
    (router,) = pod["status"]["initContainerStatuses"]
    assert router["state"]["terminated"]["exitCode"] == 0


@pytest.mark.case("W05")
def test_the_injector_answers_nonsense_with_an_error_and_goes_on(kinds: Tenant) -> None:
    service = "/api/v1/namespaces/optipath-system/services/https:optipath-injector:443/proxy/mutate"
    for nonsense in ("{}", "[" * 100_000, '{"kind":"AdmissionReview"}', "x" * 4 * 2**20):
        done = _kubectl("create", "--raw", service, "-f", "-", given=nonsense)
        assert done.returncode, nonsense[:20]
    assert _created(json.dumps(kinds.app_object("after")), kinds)[0]


def _created(pod: str, tenant: Tenant) -> tuple[dict[str, Any] | None, str]:
    """The pod that the API server would make, and what it says of it; none where it makes none."""
    done = _kubectl("create", "--dry-run=server", "-o", "json", "-n", tenant.name, "-f", "-", given=pod)
    return (None if done.returncode else json.loads(done.stdout)), done.stderr


def _kubectl(*words: str, given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["kubectl", *words], input=given, capture_output=True, text=True, check=False, timeout=60)


def _holds(expected: Any, found: Any, path: str) -> None:
    """All that is expected is there. The API server adds to it what Kubernetes has for defaults."""
    match expected:
        case dict():
            for name, value in expected.items():
                assert name in found, f"{path}.{name} is missing"
                if path.endswith((".requests", ".limits")):
                    assert quantity(str(found[name])) == quantity(str(value)), f"{path}.{name}"
                else:
                    _holds(value, found[name], f"{path}.{name}")
        case list() if expected and isinstance(expected[0], dict) and "name" in expected[0]:
            names = [each["name"] for each in expected]
            assert [each["name"] for each in found if each["name"] in names] == names, path
            by_name = {each["name"]: each for each in found}
            for each in expected:
                _holds(each, by_name[each["name"]], f"{path}.{each['name']}")
        case list():
            assert len(found) == len(expected), path
            for number, each in enumerate(expected):
                _holds(each, found[number], f"{path}[{number}]")
        case str() if expected == MADE_WITH:
            assert found == IMAGE, path
        case _:
            assert found == expected, path


def _account(folder: Path) -> str:
    spec = yaml.safe_load((folder / "pod.yaml").read_text())["spec"]
    return str(spec.get("serviceAccountName", "default"))


def _object(version: str, kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}


def _workload(version: str, kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {**_object(version, kind, name), "spec": {"selector": {"matchLabels": {"app": "app"}}, **spec}}


def _template(
    command: list[str],
    *,
    name: str = "",
    restart: str = "Always",
    first: list[str] | None = None,
    env_from: str = "",
) -> dict[str, Any]:
    """A pod as its author writes it, whose app runs a command; `first` is what runs before it."""
    container: dict[str, Any] = {
        "name": "app",
        "image": APP_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": command,
    }
    if env_from:
        container["envFrom"] = [{"configMapRef": {"name": env_from}}]
    spec: dict[str, Any] = {"restartPolicy": restart, "containers": [container], "terminationGracePeriodSeconds": 1}
    if first:
        spec["initContainers"] = [{**container, "name": "first", "command": first}]
    labels = {"name": name} if name else {"app": "app"}
    return {
        "metadata": {"labels": labels, "annotations": {ENV: "openai"}, **({"name": name} if name else {})},
        "spec": spec,
    }
